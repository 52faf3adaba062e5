package io.github.trinopolicy.crypto;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// HMAC-SHA-256 of RFC 2104 with a key that stays, for messages that start with a fixed prefix.
///
/// The states of both digests after their padded key are computed once and cloned for each message. That saves two of the four compressions
/// that `javax.crypto.Mac` makes for a short message, and allocates two digests. Without them it takes longer, and the JDK offers no way to
/// set a digest back: see `docs/performance.md`. An instance belongs to one thread.
final class HmacSha256 {
    static final int LENGTH = 32;

    private static final int BLOCK = 64;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private final MessageDigest inner;
    private final MessageDigest outer;
    private final byte[] innerDigest = new byte[LENGTH];

    private @Nullable MessageDigest message;

    /// @param key of any length; not kept
    /// @param prefix put before each message
    HmacSha256(byte[] key, byte... prefix) {
        byte[] block = key.length > BLOCK ? sha256().digest(key) : key.clone();
        try {
            inner = keyed(block, INNER);
            inner.update(prefix);
            outer = keyed(block, OUTER);
        }
        finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    /// Starts a message, whatever has become of the one before. Give its parts to [#update], then call [#finish].
    void start() {
        message = copy(inner);
    }

    void update(byte[] input, int offset, int length) {
        started().update(input, offset, length);
    }

    /// Writes the 32 bytes of the code.
    void finish(byte[] output, int offset) {
        checkFromIndexSize(offset, LENGTH, output.length);
        try {
            started().digest(innerDigest, 0, LENGTH);
            MessageDigest digest = copy(outer);
            digest.update(innerDigest, 0, LENGTH);
            digest.digest(output, offset, LENGTH);
        }
        catch (DigestException e) {
            throw new IllegalStateException("A SHA-256 digest does not have %s bytes".formatted(LENGTH), e);
        }
    }

    /// Writes the code of one message in one part. Input and output may overlap.
    void compute(byte[] input, int inputOffset, int inputLength, byte[] output, int outputOffset) {
        start();
        update(input, inputOffset, inputLength);
        finish(output, outputOffset);
    }

    private MessageDigest started() {
        return requireNonNull(message, "no message was started");
    }

    private static MessageDigest keyed(byte[] key, byte pad) {
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, pad);
        for (int i = 0; i < key.length; i++) {
            block[i] ^= key[i];
        }
        MessageDigest digest = sha256();
        digest.update(block);
        Arrays.fill(block, (byte) 0);
        return digest;
    }

    private static MessageDigest copy(MessageDigest state) {
        try {
            return (MessageDigest) state.clone();
        }
        catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The security provider %s cannot clone a SHA-256 state".formatted(state.getProvider()), e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime cannot compute SHA-256", e);
        }
    }
}
