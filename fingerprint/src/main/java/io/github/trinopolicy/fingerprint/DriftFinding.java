package io.github.trinopolicy.fingerprint;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.UUID;

/// A difference between two fingerprints that is too large to be chance. It tells no value of the table.
///
/// @param column empty where it is of the table as a whole
/// @param value of the metric
/// @param threshold that it is above
public record DriftFinding(DriftMetric metric, Optional<UUID> column, double value, double threshold, Level level) {
    public DriftFinding {
        requireNonNull(metric, "metric is null");
        requireNonNull(column, "column is null");
        requireNonNull(level, "level is null");
    }

    /// How much it matters.
    public enum Level {
        WARNING,
        DRIFT,
    }
}
