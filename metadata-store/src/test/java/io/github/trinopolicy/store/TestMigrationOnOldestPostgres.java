package io.github.trinopolicy.store;

public class TestMigrationOnOldestPostgres extends BaseTestMigration {
    TestMigrationOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
