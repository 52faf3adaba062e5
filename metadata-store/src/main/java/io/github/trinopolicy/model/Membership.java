package io.github.trinopolicy.model;

import static java.util.Comparator.comparing;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// Membership of a group, until `expires`. Ordered by group.
public record Membership(String group, Optional<Instant> expires) implements Comparable<Membership> {
    private static final Comparator<Membership> ORDER = comparing(Membership::group)
            .thenComparing(it -> it.expires().orElse(Instant.MAX));

    public boolean holdsAt(Instant now) {
        return expires.map(now::isBefore).orElse(true);
    }

    @Override
    public int compareTo(Membership other) {
        return ORDER.compare(this, other);
    }
}
