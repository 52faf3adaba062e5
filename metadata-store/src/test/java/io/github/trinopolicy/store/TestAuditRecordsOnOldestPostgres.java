package io.github.trinopolicy.store;

class TestAuditRecordsOnOldestPostgres extends BaseTestAuditRecords {
    TestAuditRecordsOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
