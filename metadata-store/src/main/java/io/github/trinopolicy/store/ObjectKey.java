package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Kind;

/// What identifies one layer of an object.
public record ObjectKey(Kind kind, String name, Origin origin) {
    public ObjectKey {
        requireNonNull(kind, "kind is null");
        requireNonNull(name, "name is null");
        requireNonNull(origin, "origin is null");
    }
}
