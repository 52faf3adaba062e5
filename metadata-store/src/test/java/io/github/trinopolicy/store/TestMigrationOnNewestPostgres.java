package io.github.trinopolicy.store;

public class TestMigrationOnNewestPostgres extends BaseTestMigration {
    TestMigrationOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
