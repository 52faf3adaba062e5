package io.github.trinopolicy.monitoring;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What came of looking after one thing.
///
/// @param object empty where it is about all of them
/// @param why what is wrong, or why it cannot be told, and what to do
public record HealthCheck(String name, Optional<String> object, Status status, Optional<String> why) {
    public enum Status {
        PASSED,
        FAILED,
        /// it cannot be told
        SKIPPED,
    }

    public HealthCheck {
        requireNonNull(name, "name is null");
        requireNonNull(object, "object is null");
        requireNonNull(status, "status is null");
        requireNonNull(why, "why is null");
    }

    /// @param problem empty when all is well
    public static HealthCheck of(String name, Optional<String> object, Optional<String> problem) {
        return new HealthCheck(name, object, problem.isPresent() ? Status.FAILED : Status.PASSED, problem);
    }

    public static HealthCheck skipped(String name, String object, String why) {
        return new HealthCheck(name, Optional.of(object), Status.SKIPPED, Optional.of(why));
    }
}
