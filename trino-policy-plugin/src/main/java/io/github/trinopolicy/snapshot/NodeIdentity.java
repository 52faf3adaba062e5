package io.github.trinopolicy.snapshot;

import static java.util.Objects.requireNonNull;

/// The Trino node that this runs on.
public record NodeIdentity(String id, boolean coordinator) {
    public NodeIdentity {
        requireNonNull(id, "id is null");
    }
}
