package io.github.trinopolicy.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TestMigrationDocs {
    @Test
    void testExampleIsWhatComesOut() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "migration.md"));
        Migrated migrated = Migration.of(Format.FILE_RULES).migrate(block(page, "json"));
        assertThat(block(page, "yaml")).isEqualTo(migrated.bundle());
    }

    private static String block(String page, String language) {
        Matcher matcher = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(matcher.find()).as("the page has a block of %s", language).isTrue();
        return matcher.group(1);
    }
}
