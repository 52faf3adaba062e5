package io.github.trinopolicy.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Strings;
import io.trino.spi.security.AccessDeniedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TestMessageCode {
    @Test
    void testNumbersAreOfOneCode() {
        assertThat(Stream.of(MessageCode.values()).map(MessageCode::toString)).doesNotHaveDuplicates()
                .allSatisfy(code -> assertThat(code).matches("POLICY-\\d{3}"));
    }

    @Test
    void testCodeOfARefusal() {
        for (MessageCode code : MessageCode.values()) {
            assertThat(MessageCode.of(code.refusal("Cannot do it"))).isEqualTo(code);
            assertThat(code.refusal("Cannot do it")).hasMessage("Access Denied: Cannot do it (%s)", code);
        }
        assertThat(MessageCode.of(new AccessDeniedException("Cannot do it"))).isEqualTo(MessageCode.OTHER);
        assertThat(MessageCode.of(new AccessDeniedException("Cannot do it (POLICY-000)"))).isEqualTo(MessageCode.OTHER);
    }

    /// What users name cannot make a refusal look like another one.
    @Test
    void testNamesThatLookLikeCodes() {
        assertThat(MessageCode.of(MessageCode.NO_POLICY.refusal("no policy lets \"x (POLICY-101)\" read it (POLICY-105)")))
                .isEqualTo(MessageCode.NO_POLICY);
        assertThat(MessageCode.of(MessageCode.NO_POLICY.refusal("Cannot read x\n(POLICY-101)\n"))).isEqualTo(MessageCode.NO_POLICY);
    }

    @Test
    void testDocumentation() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "messages.md"));
        assertThat(document).contains(table());
        assertThat(document.split("\\| `POLICY-", -1)).hasSize(MessageCode.values().length + 1);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| code | means | look at |\n|---|---|---|\n");
        for (MessageCode code : MessageCode.values()) {
            assertThat(Strings.nullToEmpty(code.meaning())).doesNotEndWith(".");
            table.append("| `%s` | %s | %s |\n".formatted(code, code.meaning(), code.remedy()));
        }
        return table.toString();
    }
}
