package io.github.trinopolicy.keys;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A 256-bit data key in the clear. Whoever unwraps one closes it. Safe for use by several threads.
public final class DataKey implements AutoCloseable {
    private final SecretBytes secret;

    /// @param bytes exactly 32 bytes, copied; the caller wipes its own
    public DataKey(byte[] bytes) {
        secret = new SecretBytes(bytes);
    }

    public static DataKey generate(SecureRandom random) {
        byte[] bytes = new byte[SecretBytes.LENGTH];
        random.nextBytes(bytes);
        try {
            return new DataKey(bytes);
        }
        finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /// A copy that the caller wipes.
    ///
    /// @throws IllegalStateException after [#close]
    public byte[] bytes() {
        return secret.copy();
    }

    @Override
    public void close() {
        secret.close();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof DataKey key && secret.hasSameBytes(key.secret));
    }

    /// The same for all keys: a hash of the secret would be a hint at it.
    @Override
    public int hashCode() {
        return DataKey.class.hashCode();
    }

    @Override
    public String toString() {
        return "DataKey[secret]";
    }
}
