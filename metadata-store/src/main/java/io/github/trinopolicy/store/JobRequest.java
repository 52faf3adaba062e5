package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

/// Work that somebody wants done before it is due.
public record JobRequest(JobKind kind, String object) {
    public JobRequest {
        requireNonNull(kind, "kind is null");
        requireNonNull(object, "object is null");
    }
}
