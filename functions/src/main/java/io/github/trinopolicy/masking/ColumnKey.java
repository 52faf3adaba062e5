package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.github.trinopolicy.crypto.DataKey;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// As [CurrentKey], for what is bound to a column and to the id of its key. An instance belongs to one thread.
///
/// @param <T> what the function needs of a data key
final class ColumnKey<T> {
    /// Makes what a function needs; does not keep the data key.
    interface Derivation<T> {
        T derive(DataKey key, UUID keyId, UUID column);
    }

    private final KeyRing keyRing;
    private final Derivation<T> derivation;

    private @Nullable Slice keyIdText;
    private @Nullable Slice columnText;
    private @Nullable CurrentKey<T> current;

    ColumnKey(KeyRing keyRing, Derivation<T> derivation) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        this.derivation = requireNonNull(derivation, "derivation is null");
    }

    /// Counts one row.
    ///
    /// @param keyIdText a UUID in its canonical text form
    /// @param columnText another one
    T get(Slice keyIdText, Slice columnText) {
        CurrentKey<T> found = current;
        if (found == null || !keyIdText.equals(this.keyIdText) || !columnText.equals(this.columnText)) {
            current = null;
            UUID keyId = ReferenceText.parse(keyIdText, "key id");
            UUID column = ReferenceText.parse(columnText, "column id");
            found = new CurrentKey<>(keyRing, key -> derivation.derive(key, keyId, column));
            this.keyIdText = keyIdText;
            this.columnText = columnText;
            current = found;
        }
        return found.get(keyIdText);
    }
}
