package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/// A difference, with the identity of the table that it is of.
public record TableDrift(UUID table, FingerprintDrift drift) {
    public TableDrift {
        requireNonNull(table, "table is null");
        requireNonNull(drift, "drift is null");
    }
}
