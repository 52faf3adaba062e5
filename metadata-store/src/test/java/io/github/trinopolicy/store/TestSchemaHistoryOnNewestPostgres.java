package io.github.trinopolicy.store;

class TestSchemaHistoryOnNewestPostgres extends BaseTestSchemaHistory {
    TestSchemaHistoryOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
