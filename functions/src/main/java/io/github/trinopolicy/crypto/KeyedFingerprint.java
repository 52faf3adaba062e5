package io.github.trinopolicy.crypto;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/// HMAC-SHA-256 of frequent values of one column, under the fingerprint key of a [DataKey]. Equal values of two columns have nothing in
/// common, nor has a value's code with what a mask makes of it. An instance belongs to one thread.
public final class KeyedFingerprint {
    /// in bytes
    public static final int LENGTH = HmacSha256.LENGTH;

    private final HmacSha256 hmac;

    /// Does not keep the data key.
    ///
    /// @param column the store's UUID of the column
    public KeyedFingerprint(DataKey dataKey, UUID column) {
        byte[] key = dataKey.derive(Purpose.FINGERPRINT, Optional.of(column));
        hmac = new HmacSha256(key);
        Arrays.fill(key, (byte) 0);
    }

    /// Writes the 32 bytes of the code to the start of `output`.
    public void compute(byte[] input, int offset, int length, byte[] output) {
        hmac.compute(input, offset, length, output, 0);
    }
}
