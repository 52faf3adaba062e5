package io.github.trinopolicy.keys;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.security.MessageDigest;
import java.util.Arrays;

/// A private copy of 256 secret bits, overwritten on [#close]. Copies that the cryptography provider makes while it works are beyond
/// reach. Safe for use by several threads.
final class SecretBytes implements AutoCloseable {
    static final int LENGTH = 32;

    private final byte[] bytes;
    private boolean closed;

    /// @param bytes exactly 32 bytes, copied; the caller wipes its own
    SecretBytes(byte[] bytes) {
        checkArgument(bytes.length == LENGTH, "a secret has %s bytes, exactly %s are needed", bytes.length, LENGTH);
        this.bytes = bytes.clone();
    }

    /// A copy that the caller wipes.
    ///
    /// @throws IllegalStateException after [#close]
    synchronized byte[] copy() {
        checkState(!closed, "the secret was wiped");
        return bytes.clone();
    }

    /// Takes the same time wherever the secrets differ.
    boolean hasSameBytes(SecretBytes other) {
        byte[] mine = copy();
        byte[] others = other.copy();
        try {
            return MessageDigest.isEqual(mine, others);
        }
        finally {
            Arrays.fill(mine, (byte) 0);
            Arrays.fill(others, (byte) 0);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }
}
