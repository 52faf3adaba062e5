package io.github.trinopolicy.store;

public class TestCurrentProjectsOnOldestPostgres extends BaseTestCurrentProjects {
    TestCurrentProjectsOnOldestPostgres() {
        super(TestingPostgres.oldest());
    }
}
