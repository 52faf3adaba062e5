package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// The last report of a node.
///
/// @param age how long ago it came, by the clock of the database
public record NodeStatus(NodeReport report, Duration age) {
    public NodeStatus {
        requireNonNull(report, "report is null");
        requireNonNull(age, "age is null");
    }
}
