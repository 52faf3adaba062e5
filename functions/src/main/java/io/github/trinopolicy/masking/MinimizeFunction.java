package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.github.trinopolicy.crypto.KeyedPosition;
import io.trino.spi.block.SqlRow;
import io.trino.spi.type.RowType;
import java.util.Optional;

/// `minimize(row key, key id, percent)` at one call site. An instance belongs to one thread.
final class MinimizeFunction {
    private static final double POSITIONS = 0x1p63;

    private final RowKey rowKey;
    private final CurrentKey<KeyedPosition> positions;

    MinimizeFunction(KeyRing keyRing, RowType type) {
        rowKey = new RowKey(type);
        positions = new CurrentKey<>(keyRing, KeyedPosition::new);
    }

    /// True for the rows that belong to the share. A higher percentage only adds rows; a row of which the key is not whole belongs to none.
    boolean belongs(SqlRow row, Slice keyId, double percent) {
        Optional<Slice> key = rowKey.of(row);
        if (key.isEmpty()) {
            return false;
        }
        Slice bytes = key.get();
        long position = positions.get(keyId).of(bytes.byteArray(), bytes.byteArrayOffset(), bytes.length());
        // a cast of 2^63 would leave out the last position
        return percent >= 100 || position < (long) (percent / 100 * POSITIONS);
    }
}
