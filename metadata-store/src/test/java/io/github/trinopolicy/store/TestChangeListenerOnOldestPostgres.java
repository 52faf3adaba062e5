package io.github.trinopolicy.store;

public class TestChangeListenerOnOldestPostgres extends BaseTestChangeListener {
    TestChangeListenerOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
