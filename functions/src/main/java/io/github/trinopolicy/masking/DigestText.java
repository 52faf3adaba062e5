package io.github.trinopolicy.masking;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Digests as text. Allocates nothing but the result.
final class DigestText {
    private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(US_ASCII);
    private static final byte[] BASE32_DIGITS = "abcdefghijklmnopqrstuvwxyz234567".getBytes(US_ASCII);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, LITTLE_ENDIAN);
    /// both digits of each byte, the first one in the low half
    private static final short[] HEX_PAIRS = hexPairs();

    private DigestText() {
    }

    static Slice hex(byte[] digest) {
        byte[] text = new byte[digest.length * 2];
        for (int i = 0; i < digest.length; i++) {
            SHORT.set(text, 2 * i, HEX_PAIRS[digest[i] & 0xff]);
        }
        return Slices.wrappedBuffer(text);
    }

    /// The first `5 * characters` bits in lower-case Base32 of RFC 4648 without padding.
    static Slice base32(byte[] digest, int characters) {
        byte[] text = new byte[characters];
        int bits = 0;
        int count = 0;
        int next = 0;
        for (int i = 0; i < characters; i++) {
            if (count < 5) {
                bits = ((bits << Byte.SIZE) | (digest[next] & 0xff)) & 0xffff;
                next++;
                count += Byte.SIZE;
            }
            count -= 5;
            text[i] = BASE32_DIGITS[(bits >>> count) & 31];
        }
        return Slices.wrappedBuffer(text);
    }

    private static short[] hexPairs() {
        short[] pairs = new short[256];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (short) (HEX_DIGITS[i >>> 4] | (HEX_DIGITS[i & 15] << Byte.SIZE));
        }
        return pairs;
    }
}
