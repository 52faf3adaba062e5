package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/// The outcome of a change.
///
/// @param version the version that now holds it; the version before when nothing was written
public record Changed<T extends @Nullable Object>(T value, StoreVersion version) {
    public Changed {
        requireNonNull(version, "version is null");
    }
}
