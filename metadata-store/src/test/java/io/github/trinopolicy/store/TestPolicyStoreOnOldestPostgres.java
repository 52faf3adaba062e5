package io.github.trinopolicy.store;

public class TestPolicyStoreOnOldestPostgres extends BaseTestPolicyStore {
    TestPolicyStoreOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
