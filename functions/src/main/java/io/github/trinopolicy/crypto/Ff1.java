package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/// FF1 of NIST SP 800-38G Revision 1 (second draft) with AES: a keyed permutation of the numeral strings of each length.
///
/// What a domain needs besides the value is computed at its first use and kept. Timing is not independent of the values. An instance belongs
/// to one thread.
public final class Ff1 {
    /// Strings of more numerals are refused.
    static final int MAX_LENGTH = 512;

    private static final int MAX_RADIX = 256;
    private static final int MIN_DOMAIN = 1_000_000;
    private static final int TWEAK_LENGTH = 8;

    private final Cipher aes;
    private final int radix;
    private final int minLength;
    private final byte[] tweak;
    private final @Nullable Ff1Rounds[] domains = new Ff1Rounds[MAX_LENGTH + 1];

    /// @param key of 16, 24 or 32 bytes; not kept as such
    /// @param radix 2 to 256
    Ff1(byte[] key, byte[] tweak, int radix) {
        checkArgument(key.length == 16 || key.length == 24 || key.length == 32, "An AES key does not have %s bytes", key.length);
        checkArgument(radix >= 2 && radix <= MAX_RADIX, "The radix is out of range: %s", radix);
        aes = Aes.encryptor(key);
        this.radix = radix;
        minLength = minLength(radix);
        this.tweak = tweak.clone();
    }

    /// For one column: under its own 256-bit key, with the first 8 bytes of SHA-256 of its UUID (16 bytes, big-endian) as tweak. Does not keep
    /// the data key.
    public static Ff1 ofColumn(DataKey dataKey, UUID column, int radix) {
        byte[] key = dataKey.derive(Purpose.FF1, Optional.of(column));
        byte[] uuid = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(column.getMostSignificantBits())
                .putLong(column.getLeastSignificantBits())
                .array();
        try {
            return new Ff1(key, Arrays.copyOf(HmacSha256.sha256().digest(uuid), TWEAK_LENGTH), radix);
        }
        finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /// Whether there are enough strings of this length (a million, by the standard) and it is not above [#MAX_LENGTH].
    public boolean covers(int length) {
        return length >= minLength && length <= MAX_LENGTH;
    }

    static int minLength(int radix) {
        int length = 1;
        for (long size = radix; size < MIN_DOMAIN; size *= radix) {
            length++;
        }
        // each half needs a numeral
        return Math.max(length, 2);
    }

    /// Replaces the first `length` numerals by their ciphertext.
    ///
    /// @throws IllegalArgumentException if the length is not covered or a numeral is not less than the radix; the numerals are unchanged then
    public void encrypt(byte[] numerals, int length) {
        rounds(length).encrypt(numerals);
    }

    /// The inverse of [#encrypt].
    public void decrypt(byte[] numerals, int length) {
        rounds(length).decrypt(numerals);
    }

    private Ff1Rounds rounds(int length) {
        checkArgument(covers(length), "Radix %s does not cover length %s", radix, length);
        Ff1Rounds rounds = domains[length];
        if (rounds == null) {
            rounds = LongFf1Rounds.covers(radix, length)
                    ? LongFf1Rounds.create(aes, radix, length, tweak)
                    : new BigFf1Rounds(aes, radix, length, tweak);
            domains[length] = rounds;
        }
        return rounds;
    }

    /// Encrypts a number as the string of its `length` numerals, the most significant one first.
    ///
    /// @param number unsigned, less than radix^length
    /// @param length such that radix^length is at most 2^64
    public long encrypt(long number, int length) {
        return longRounds(length).encrypt(number);
    }

    /// The inverse of [#encrypt].
    public long decrypt(long number, int length) {
        return longRounds(length).decrypt(number);
    }

    private LongFf1Rounds longRounds(int length) {
        if (rounds(length) instanceof LongFf1Rounds rounds && rounds.coversNumbers()) {
            return rounds;
        }
        throw new IllegalArgumentException("Numbers of %s numerals of radix %s do not fit 64 bits".formatted(length, radix));
    }
}
