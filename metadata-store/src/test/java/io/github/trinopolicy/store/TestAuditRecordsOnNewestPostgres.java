package io.github.trinopolicy.store;

class TestAuditRecordsOnNewestPostgres extends BaseTestAuditRecords {
    TestAuditRecordsOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
