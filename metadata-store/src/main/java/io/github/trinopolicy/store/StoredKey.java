package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyReference;
import java.util.UUID;

/// A data key as it is stored, with everything that unwrapping it needs.
public record StoredKey(UUID storeId, KeyReference reference, WrappedKey wrapped) {
    public StoredKey {
        requireNonNull(storeId, "storeId is null");
        requireNonNull(reference, "reference is null");
        requireNonNull(wrapped, "wrapped is null");
    }
}
