package io.github.trinopolicy.model;

import java.time.Instant;
import java.util.Optional;

/// One value that a user or group has, until `expires`.
public record AttributeValue(String value, Optional<Instant> expires) {
    public boolean holdsAt(Instant now) {
        return expires.map(now::isBefore).orElse(true);
    }
}
