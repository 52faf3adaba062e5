package io.github.trinopolicy.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/// Base64url of RFC 4648 without padding, from a buffer that is kept. An instance belongs to one thread.
final class Base64UrlText {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    /// longer buffers are not kept
    private static final int KEPT = 1 << 16;

    private byte[] bytes = new byte[256];
    private ByteBuffer buffer = ByteBuffer.wrap(bytes);

    /// The characters for so many bytes.
    static int length(int byteCount) {
        return Math.toIntExact((byteCount * 4L + 2) / 3);
    }

    /// A buffer of at least so many bytes, for [#encode].
    byte[] buffer(int byteCount) {
        if (bytes.length < byteCount || bytes.length > KEPT) {
            bytes = new byte[Math.max(byteCount, Math.min(2 * bytes.length, KEPT))];
            buffer = ByteBuffer.wrap(bytes);
        }
        return bytes;
    }

    /// The text of the first bytes of the buffer.
    byte[] encode(int byteCount) {
        buffer.clear().limit(byteCount);
        return ENCODER.encode(buffer).array();
    }

    /// @throws InvalidTokenException unless the text is what [#encode] makes of some bytes: no padding, no other form of the last character
    static byte[] decode(byte[] text) throws InvalidTokenException {
        byte[] decoded;
        try {
            decoded = DECODER.decode(text);
        }
        catch (IllegalArgumentException e) {
            // without the cause, which tells where the text is wrong
            throw new InvalidTokenException();
        }
        if (!Arrays.equals(ENCODER.encode(decoded), text)) {
            throw new InvalidTokenException();
        }
        return decoded;
    }
}
