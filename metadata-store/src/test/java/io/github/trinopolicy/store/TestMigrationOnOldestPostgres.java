package io.github.trinopolicy.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

public class TestMigrationOnOldestPostgres extends BaseTestMigration {
    TestMigrationOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }

    @Test
    public void testServerVersion() {
        try (TestingDatabase database = TestingPostgres.oldest().createDatabase()) {
            assertThat(database.query("SHOW server_version").getFirst()).startsWith("14.");
        }
    }
}
