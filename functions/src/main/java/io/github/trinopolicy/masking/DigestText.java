package io.github.trinopolicy.masking;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Digests as text. Allocates nothing but the result.
final class DigestText {
    private static final byte[] BASE32_DIGITS = "abcdefghijklmnopqrstuvwxyz234567".getBytes(US_ASCII);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);
    private static final int LETTERS = 'a' - '0' - 10;

    private DigestText() {
    }

    /// @param digest of a multiple of four bytes
    static Slice hex(byte[] digest) {
        byte[] text = new byte[digest.length * 2];
        for (int i = 0; i < digest.length; i += Integer.BYTES) {
            LONG.set(text, 2 * i, hexDigits((int) INT.get(digest, i)));
        }
        return Slices.wrappedBuffer(text);
    }

    /// The eight hexadecimal digits of a number as ASCII, the first one in the highest byte. All eight at a time: a look-up for each byte takes
    /// longer.
    private static long hexDigits(int number) {
        long nibbles = Integer.toUnsignedLong(number);
        nibbles = (nibbles | (nibbles << 16)) & 0x0000_ffff_0000_ffffL;
        nibbles = (nibbles | (nibbles << 8)) & 0x00ff_00ff_00ff_00ffL;
        nibbles = (nibbles | (nibbles << 4)) & 0x0f0f_0f0f_0f0f_0f0fL;
        // adding 6 carries into the upper half of its byte from 10 on
        long letters = ((nibbles + 0x0606_0606_0606_0606L) >>> 4) & 0x0101_0101_0101_0101L;
        return nibbles + 0x3030_3030_3030_3030L + letters * LETTERS;
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
}
