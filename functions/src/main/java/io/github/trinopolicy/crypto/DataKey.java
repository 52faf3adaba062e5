package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A 256-bit secret from which the keys of all purposes are derived. It leaves this object only as a derived key.
///
/// Thread-safe. Equality takes constant time; a destroyed key equals nothing but itself.
public final class DataKey implements AutoCloseable {
    public static final int LENGTH = 32;

    private static final byte[] NO_SALT = {};

    private final byte[] secret;
    private boolean destroyed;

    private DataKey(byte[] secret) {
        this.secret = secret;
    }

    /// Keeps a private copy; the caller should wipe its own.
    ///
    /// @param secret exactly 32 uniformly random bytes
    public static DataKey copyOf(byte[] secret) {
        requireNonNull(secret, "secret is null");
        checkArgument(secret.length == LENGTH, "A data key has %s bytes, not %s", LENGTH, secret.length);
        return new DataKey(secret.clone());
    }

    /// Derives 256 bits by HKDF-SHA-256 without salt and with the info `policy/v1/<purpose>/<column>`. The caller wipes the result.
    ///
    /// @param column the store's UUID of the column, in lower case in the info; absent exactly where the purpose is not bound to a column
    /// @throws IllegalStateException if this key has been destroyed
    public byte[] derive(Purpose purpose, Optional<UUID> column) {
        requireNonNull(purpose, "purpose is null");
        requireNonNull(column, "column is null");
        checkArgument(
                purpose.allows(column.isPresent()),
                "A key for %s %s bound to a column",
                purpose,
                column.isPresent() ? "is not" : "must be");
        String info = "policy/v1/" + purpose.label() + "/" + column.map(UUID::toString).orElse("");
        byte[] inputKey = copy();
        try {
            return Hkdf.derive(inputKey, NO_SALT, info.getBytes(US_ASCII), LENGTH);
        }
        finally {
            Arrays.fill(inputKey, (byte) 0);
        }
    }

    /// Wipes the secret. Keys that have been derived before stay usable. Calling it again does nothing.
    @Override
    public synchronized void close() {
        Arrays.fill(secret, (byte) 0);
        destroyed = true;
    }

    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    private synchronized byte[] copy() {
        checkState(!destroyed, "The data key has been destroyed");
        return secret.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof DataKey that)) {
            return false;
        }
        Optional<byte[]> theirs = that.copyUnlessDestroyed();
        Optional<byte[]> ours = copyUnlessDestroyed();
        boolean equal = theirs.isPresent() && ours.isPresent() && MessageDigest.isEqual(ours.get(), theirs.get());
        theirs.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        ours.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        return equal;
    }

    private synchronized Optional<byte[]> copyUnlessDestroyed() {
        return destroyed ? Optional.empty() : Optional.of(secret.clone());
    }

    /// The same for all keys: a hash code ends up in logs and must tell nothing about the secret.
    @Override
    public int hashCode() {
        return LENGTH;
    }

    @Override
    public String toString() {
        return "DataKey";
    }
}
