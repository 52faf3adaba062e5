package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/// One state of the store.
///
/// @param version the number of changes committed so far
/// @param token random per version: where histories diverged because a dump was restored, equal versions have different tokens
public record StoreVersion(long version, UUID token) {
    public StoreVersion {
        requireNonNull(token, "token is null");
    }
}
