package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// The statistics of a table at one time.
///
/// @param table identity of the known table
/// @param pin identifies what the table held then; empty where that is not known
/// @param document of the columns; opaque here
/// @param job the run that took it
/// @param baseline whether later ones are compared with it
public record StoredFingerprint(UUID id, UUID table, Instant takenAt, Optional<String> pin, long rowCount, String document,
        OptionalLong job,
        boolean baseline) {
    public StoredFingerprint {
        requireNonNull(id, "id is null");
        requireNonNull(table, "table is null");
        requireNonNull(takenAt, "takenAt is null");
        requireNonNull(pin, "pin is null");
        checkArgument(rowCount >= 0, "rowCount is negative");
        requireNonNull(document, "document is null");
        requireNonNull(job, "job is null");
    }

    /// Leaves the statistics out.
    @Override
    public String toString() {
        return "StoredFingerprint[%s of %s]".formatted(id, table);
    }
}
