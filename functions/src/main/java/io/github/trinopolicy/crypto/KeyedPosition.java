package io.github.trinopolicy.crypto;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;

/// Where a row stands in an order that nobody can foretell: the HMAC-SHA-256 of its key, under the minimize key of a [DataKey], as a number.
/// An instance belongs to one thread.
public final class KeyedPosition {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

    private final HmacSha256 hmac;
    private final byte[] digest = new byte[HmacSha256.LENGTH];

    /// Does not keep the data key.
    public KeyedPosition(DataKey dataKey) {
        byte[] key = dataKey.derive(Purpose.MINIMIZE, Optional.empty());
        hmac = new HmacSha256(key);
        Arrays.fill(key, (byte) 0);
    }

    /// Uniform over all numbers from 0 to 2^63 - 1.
    public long of(byte[] rowKey, int offset, int length) {
        hmac.compute(rowKey, offset, length, digest, 0);
        return (long) LONG.get(digest, 0) >>> 1;
    }
}
