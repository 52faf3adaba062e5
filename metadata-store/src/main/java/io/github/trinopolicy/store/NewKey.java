package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;

/// A data key that was drawn and wrapped before the transaction that stores it, since wrapping may be slow and others wait meanwhile.
public record NewKey(KeyReference reference, WrappedKey wrapped) {
    public NewKey {
        requireNonNull(reference, "reference is null");
        requireNonNull(wrapped, "wrapped is null");
        checkArgument(reference.state() == KeyState.PRIMARY, "a new key is a primary one");
    }
}
