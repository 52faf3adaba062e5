package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One thing in which a fingerprint differs from the baseline of its table.
///
/// @param fingerprint the later one
/// @param column empty for the table as a whole
/// @param threshold from where on the value counts
public record FingerprintDrift(UUID fingerprint, Optional<String> column, String metric, double value, double threshold, Level level,
        Instant foundAt) {
    public enum Level {
        /// worth a look
        WARNING,
        /// the data are other ones than before
        DRIFT,
    }

    public FingerprintDrift {
        requireNonNull(fingerprint, "fingerprint is null");
        requireNonNull(column, "column is null");
        requireNonNull(metric, "metric is null");
        requireNonNull(level, "level is null");
        requireNonNull(foundAt, "foundAt is null");
    }
}
