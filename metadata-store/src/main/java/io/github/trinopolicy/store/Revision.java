package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/// One entry of the history.
///
/// @param createdAt by the clock of the database
public record Revision(StoreVersion version, Act act, Instant createdAt) {
    public Revision {
        requireNonNull(version, "version is null");
        requireNonNull(act, "act is null");
        requireNonNull(createdAt, "createdAt is null");
    }
}
