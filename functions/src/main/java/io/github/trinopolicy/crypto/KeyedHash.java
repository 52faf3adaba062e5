package io.github.trinopolicy.crypto;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;

/// HMAC-SHA-256 of values under the hash key of a [DataKey]: a pseudonym that nobody can recompute from a guess without the key.
///
/// A tag byte for the class of the type comes before the bytes of the value, so that equal bytes of different classes hash differently. All
/// integer types are one class. An instance belongs to one thread.
public final class KeyedHash {
    /// in bytes
    public static final int LENGTH = HmacSha256.LENGTH;

    static final byte TEXT = 1;
    static final byte INTEGER = 2;
    static final byte BINARY = 3;
    /// not a value: derives the key of [IntegerPermutation]
    static final byte PERMUTATION_KEY = 4;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

    private final HmacSha256 text;
    private final HmacSha256 integer;
    private final HmacSha256 binary;
    private final byte[] number = new byte[Long.BYTES];

    /// Does not keep the data key.
    public KeyedHash(DataKey dataKey) {
        byte[] key = dataKey.derive(Purpose.HASH, Optional.empty());
        text = new HmacSha256(key, TEXT);
        integer = new HmacSha256(key, INTEGER);
        binary = new HmacSha256(key, BINARY);
        Arrays.fill(key, (byte) 0);
    }

    /// Writes the 32 bytes of the hash to the start of `output`.
    ///
    /// @param input UTF-8 without the pad spaces of a `char` value
    public void hashText(byte[] input, int offset, int length, byte[] output) {
        text.compute(input, offset, length, output, 0);
    }

    /// Writes the 32 bytes of the hash to the start of `output`.
    public void hashBinary(byte[] input, int offset, int length, byte[] output) {
        binary.compute(input, offset, length, output, 0);
    }

    /// Writes the 32 bytes of the hash of the value's 8 big-endian bytes to the start of `output`.
    public void hashInteger(long value, byte[] output) {
        LONG.set(number, 0, value);
        integer.compute(number, 0, number.length, output, 0);
    }
}
