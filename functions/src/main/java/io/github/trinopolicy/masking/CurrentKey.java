package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.github.trinopolicy.crypto.DataKey;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one call site has derived from the data key that its last rows named. After [#ROWS] rows, or when another key is named, it asks the
/// [KeyRing] again and forgets what it had before it asks: if the ring fails, nothing is left to mask with. An instance belongs to one thread.
///
/// @param <T> what the function needs of a data key
final class CurrentKey<T> {
    static final int ROWS = 1024;

    private final KeyRing keyRing;
    private final Function<DataKey, T> derive;

    private @Nullable Slice keyIdText;
    private @Nullable UUID keyId;
    private @Nullable DataKey dataKey;
    private @Nullable T derived;
    private int rowsLeft;

    CurrentKey(KeyRing keyRing, Function<DataKey, T> derive) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        this.derive = requireNonNull(derive, "derive is null");
    }

    /// Counts one row.
    ///
    /// @param keyIdText a UUID in its canonical text form
    T get(Slice keyIdText) {
        T current = derived;
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (current != null && rowsLeft > 0 && keyIdText.equals(this.keyIdText)) {
            rowsLeft--;
            return current;
        }
        return refresh(keyIdText);
    }

    private T refresh(Slice text) {
        DataKey previousKey = dataKey;
        T previous = derived;
        dataKey = null;
        derived = null;

        UUID id = keyId;
        if (id == null || !text.equals(keyIdText)) {
            id = ReferenceText.parse(text, "key id");
            keyId = id;
            keyIdText = text;
        }
        DataKey key = keyRing.get(id);
        T current = previous != null && key.equals(previousKey) ? previous : derive.apply(key);
        dataKey = key;
        derived = current;
        rowsLeft = ROWS - 1;
        return current;
    }
}
