package io.github.trinopolicy.model;

import java.time.Instant;
import java.util.Optional;

/// Membership of a group, until `expires`.
public record Membership(String group, Optional<Instant> expires) {
    public boolean holdsAt(Instant now) {
        return expires.map(now::isBefore).orElse(true);
    }
}
