package io.github.trinopolicy.model;

import static java.util.Comparator.comparing;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// One value that a user or group has, until `expires`. Ordered by value.
public record AttributeValue(String value, Optional<Instant> expires) implements Comparable<AttributeValue> {
    private static final Comparator<AttributeValue> ORDER = comparing(AttributeValue::value)
            .thenComparing(it -> it.expires().orElse(Instant.MAX));

    public boolean holdsAt(Instant now) {
        return expires.map(now::isBefore).orElse(true);
    }

    @Override
    public int compareTo(AttributeValue other) {
        return ORDER.compare(this, other);
    }
}
