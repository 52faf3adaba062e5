package io.github.trinopolicy.store;

public class TestChangeListenerOnNewestPostgres extends BaseTestChangeListener {
    TestChangeListenerOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
