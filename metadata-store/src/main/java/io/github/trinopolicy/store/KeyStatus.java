package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.KeyReference;
import java.time.Instant;
import java.util.Optional;

/// What may be told of a data key: when it was made and who wrapped it, nothing of its material.
///
/// @param provider the [io.github.trinopolicy.keys.KeyProvider#id] of whoever wrapped it; of a destroyed key the last one
/// @param retired when another key took its place
/// @param destroyed when its material was erased
public record KeyStatus(KeyReference key, String provider, Instant created, Optional<Instant> retired, Optional<Instant> destroyed) {
    public KeyStatus {
        requireNonNull(key, "key is null");
        requireNonNull(provider, "provider is null");
        requireNonNull(created, "created is null");
        requireNonNull(retired, "retired is null");
        requireNonNull(destroyed, "destroyed is null");
    }
}
