package io.github.trinopolicy.store;

public class TestPolicyStoreOnNewestPostgres extends BaseTestPolicyStore {
    TestPolicyStoreOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
