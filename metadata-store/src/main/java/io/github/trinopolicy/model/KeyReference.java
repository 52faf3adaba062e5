package io.github.trinopolicy.model;

import java.util.UUID;

/// The public facts of a data key; the key itself is only in the store, wrapped.
///
/// @param scope the table or project whose values the key masks
/// @param version counts from 1 within scope and family
public record KeyReference(UUID id, UUID scope, KeyFamily family, int version, KeyState state) {
    public enum KeyState {
        /// encrypts and decrypts
        PRIMARY,
        /// decrypts only
        RETIRED,
        /// the wrapped material is gone
        DESTROYED,
    }
}
