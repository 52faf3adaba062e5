package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/// Which events are asked for.
///
/// @param from the earliest; empty: from the beginning
/// @param to the latest; empty: until now
/// @param user whose; empty: everybody's
public record AuditRange(Optional<Instant> from, Optional<Instant> to, Optional<String> user) {
    public static final AuditRange EVERYTHING = new AuditRange(Optional.empty(), Optional.empty(), Optional.empty());

    public AuditRange {
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
        requireNonNull(user, "user is null");
    }
}
