package io.github.trinopolicy.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

public class TestMigrationOnNewestPostgres extends BaseTestMigration {
    TestMigrationOnNewestPostgres() {
        super(TestingPostgres.newest());
    }

    @Test
    public void testServerVersion() {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            assertThat(database.query("SHOW server_version").getFirst()).startsWith("18.");
        }
    }
}
