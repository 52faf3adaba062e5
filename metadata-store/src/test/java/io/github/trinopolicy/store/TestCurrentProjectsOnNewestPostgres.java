package io.github.trinopolicy.store;

public class TestCurrentProjectsOnNewestPostgres extends BaseTestCurrentProjects {
    TestCurrentProjectsOnNewestPostgres() {
        super(TestingPostgres.newest());
    }
}
