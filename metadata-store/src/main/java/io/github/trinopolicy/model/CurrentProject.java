package io.github.trinopolicy.model;

import static java.util.Objects.requireNonNull;

/// The project that a user chose to work in. It may have been removed since, or the user may be no member any more.
public record CurrentProject(String user, String project) {
    public CurrentProject {
        requireNonNull(user, "user is null");
        requireNonNull(project, "project is null");
    }
}
