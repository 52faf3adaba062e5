package io.github.trinopolicy.crypto;

import static com.google.common.base.Verify.verify;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Base64url of RFC 4648 without padding, from buffers that are kept. An instance belongs to one thread.
final class Base64UrlText {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    /// longer buffers are not kept
    private static final int KEPT = 1 << 10;

    /// by length: the JDK encodes into an array without another allocation only if the bytes fill theirs
    private final byte[] @Nullable [] buffers = new byte[KEPT + 1][];

    /// The characters for so many bytes.
    static int length(int byteCount) {
        return Math.toIntExact((byteCount * 4L + 2) / 3);
    }

    /// A buffer of that length for [#encode]. There may be anything in it.
    byte[] buffer(int byteCount) {
        if (byteCount > KEPT) {
            return new byte[byteCount];
        }
        byte[] buffer = buffers[byteCount];
        if (buffer == null) {
            buffer = new byte[byteCount];
            buffers[byteCount] = buffer;
        }
        return buffer;
    }

    /// The text of all bytes of a buffer. Allocates nothing but the result.
    static byte[] encode(byte[] bytes) {
        byte[] text = new byte[length(bytes.length)];
        int written = ENCODER.encode(bytes, text);
        verify(written == text.length, "Base64 has %s characters instead of %s", written, text.length);
        return text;
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
