package io.github.trinopolicy.store;

class TestSchemaHistoryOnOldestPostgres extends BaseTestSchemaHistory {
    TestSchemaHistoryOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
