package io.github.trinopolicy.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Resources;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestFingerprintFormat {
    /// What `version-1.json` says.
    private static final Fingerprint FIRST = new Fingerprint(UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11"), 6_001_215, List.of(
            new ColumnFingerprint(id(1), "decimal(12,2)", 1_215, OptionalLong.of(900_000), 99_980,
                    Optional.of(new NumberSummary(-500, 95_000, List.of(7_500.5, 16_000.0, 1e12), List.of(10_000L, 0L, 45_000L, 44_980L))),
                    Optional.empty(), FrequentCounts.NONE, FrequentCounts.NONE),
            new ColumnFingerprint(id(2), "varchar(25)", 0, OptionalLong.of(4), 100_000, Optional.empty(),
                    Optional.of(new TextSummary(12.4, 25)),
                    new FrequentCounts(ImmutableMap.of("A A A", 50_000L, "A", 50_000L)),
                    new FrequentCounts(ImmutableMap.of("mzuw4zdpn5rgc4ra", 75_000L, "ifaucqkbifaucqkb", 25_000L))),
            new ColumnFingerprint(id(3), "map(varchar, row(\"a b\" bigint))", 7, OptionalLong.empty(), 0, Optional.empty(),
                    Optional.empty(),
                    FrequentCounts.NONE, FrequentCounts.NONE)));

    @Test
    void testGoldenFileOfVersionOne() throws IOException {
        String golden = Resources.toString(Resources.getResource("fingerprint/version-1.json"), UTF_8).strip();
        assertThat(FingerprintFormat.read(golden)).isEqualTo(FIRST);
        assertThat(FingerprintFormat.VERSION).isEqualTo(1);
        assertThat(FingerprintFormat.write(FIRST)).isEqualTo(golden);
    }

    @Test
    void testUnknownVersion() {
        assertThatThrownBy(() -> FingerprintFormat.read("{\"version\":2,\"anything\":\"canary\"}"))
                .isInstanceOf(InvalidFingerprintException.class)
                .hasMessage(
                        "The fingerprint has version 2, of which this version of the plugin knows nothing; upgrade the plugin or take the fingerprint anew")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "canary", "{", "[]", "null", "{}", "{\"version\":\"1\"}", "{\"version\":1.0}",
            "{\"version\":1,\"key\":\"x\",\"rows\":1,\"columns\":[]}",
            "{\"version\":1,\"key\":null,\"rows\":1,\"columns\":[]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":-1,\"columns\":[]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1,\"columns\":[null]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1,\"columns\":[{}]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1,\"columns\":[],\"canary\":1}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1,\"rows\":2,\"columns\":[]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":1,\"columns\":[]} {}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":9,\"columns\":[{\"id\":\"00000000-0000-4000-8000-000000000001\",\"type\":\"varchar\",\"nulls\":0,\"sampled\":9,\"values\":{\"canary\":9}}]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":9,\"columns\":[{\"id\":\"00000000-0000-4000-8000-000000000001\",\"type\":\"double\",\"nulls\":0,\"sampled\":9,\"numbers\":{\"low\":1,\"high\":2,\"edges\":[2,1],\"counts\":[20,20,20]}}]}",
            "{\"version\":1,\"key\":\"8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11\",\"rows\":9,\"columns\":[{\"id\":\"00000000-0000-4000-8000-000000000001\",\"type\":\"double\",\"nulls\":0,\"sampled\":9,\"numbers\":{\"low\":1,\"high\":2,\"edges\":null,\"counts\":[20]}}]}"})
    void testReaderIsStrict(String json) {
        assertThatThrownBy(() -> FingerprintFormat.read(json)).isInstanceOf(InvalidFingerprintException.class)
                .hasMessageEndingWith("take it anew").hasMessageNotContaining("canary").hasNoCause();
    }

    @Test
    void testColumnTakesTwoKilobytesAtMost() {
        FrequentCounts most = new FrequentCounts(IntStream.range(0, 2 * FrequentCounts.MOST).boxed()
                .collect(Collectors.toMap(i -> "mzuw4zdpn5rgc4%02d".formatted(i), i -> 90_000L + 5 * i)));
        ColumnFingerprint largest = new ColumnFingerprint(id(1), "timestamp(12) with time zone", 1_000_000_000_000L,
                OptionalLong.of(1_000_000_000_000L), 100_000,
                Optional.of(new NumberSummary(-12345.678, 12345.678,
                        IntStream.range(0, 9).mapToObj(i -> 12345.678 + i).toList(), ImmutableList.of(
                                10_000L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L, 10_000L))),
                Optional.of(new TextSummary(1234.5, 90_000)), FrequentCounts.NONE, most);
        int base = FingerprintFormat.write(new Fingerprint(id(9), 1, List.of())).length();
        assertThat(FingerprintFormat.write(new Fingerprint(id(9), 1, List.of(largest))).length() - base).isLessThan(2_048);
    }

    private static UUID id(int number) {
        return new UUID(0x4000L, 0x8000000000000000L | number);
    }
}
