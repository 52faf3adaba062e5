package io.github.trinopolicy.crypto;

import static java.util.Objects.checkFromIndexSize;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// HMAC-SHA-256 of RFC 2104 with a key that stays, for messages that start with a fixed prefix. Allocates nothing per message.
///
/// The padded key lies before the message in one buffer, so that a digest gets both in one call. `javax.crypto.Mac` makes the same four
/// compressions in more and smaller steps. Clones of a digest that has read the padded key would save two of the four, but allocate 384 bytes
/// per message, which costs more than it saves as soon as the processors are busy: see `docs/performance.md`. An instance belongs to one thread.
final class HmacSha256 {
    static final int LENGTH = 32;

    private static final int BLOCK = 64;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;
    /// longer messages are not gathered
    private static final int GATHERED = 256;

    private final MessageDigest digest = sha256();
    /// padded key, prefix, and the parts of a message as long as there is room
    private final byte[] inner;
    private final int messageStart;
    /// padded key and the inner digest
    private final byte[] outer = new byte[BLOCK + LENGTH];

    private int position;
    private boolean gathering;

    /// @param key of any length; kept until this object is collected
    /// @param prefix put before each message
    HmacSha256(byte[] key, byte... prefix) {
        messageStart = BLOCK + prefix.length;
        inner = new byte[messageStart + GATHERED];
        byte[] block = key.length > BLOCK ? sha256().digest(key) : key.clone();
        pad(block, INNER, inner);
        pad(block, OUTER, outer);
        Arrays.fill(block, (byte) 0);
        System.arraycopy(prefix, 0, inner, BLOCK, prefix.length);
    }

    /// Starts a message, whatever has become of the one before. Give its parts to [#update], then call [#finish].
    void start() {
        digest.reset();
        position = messageStart;
        gathering = true;
    }

    void update(byte[] input, int offset, int length) {
        if (gathering && length <= inner.length - position) {
            System.arraycopy(input, offset, inner, position, length);
            position += length;
            return;
        }
        passOn();
        digest.update(input, offset, length);
    }

    /// Writes the 32 bytes of the code.
    void finish(byte[] output, int offset) {
        checkFromIndexSize(offset, LENGTH, output.length);
        passOn();
        try {
            digest.digest(outer, BLOCK, LENGTH);
            digest.update(outer, 0, outer.length);
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

    private void passOn() {
        if (gathering) {
            digest.update(inner, 0, position);
            gathering = false;
        }
    }

    private static void pad(byte[] key, byte pad, byte[] output) {
        Arrays.fill(output, 0, BLOCK, pad);
        for (int i = 0; i < key.length; i++) {
            output[i] ^= key[i];
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
