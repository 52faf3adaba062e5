package io.github.trinopolicy.crypto;

import java.math.BigInteger;
import java.util.UUID;

/// As [FormatPreservingInteger], for the unscaled values of a decimal of more than 18 digits. An instance belongs to one thread.
public final class FormatPreservingBigInteger {
    /// the most digits of a decimal
    static final int MAX_DIGITS = 38;

    private static final BigInteger LIMIT = BigInteger.TEN.pow(MAX_DIGITS);

    private final FormatPreservingInteger smaller;
    private final Ff1 ff1;
    private final byte[] numerals = new byte[MAX_DIGITS];

    /// Does not keep the data key.
    public FormatPreservingBigInteger(DataKey dataKey, UUID column) {
        smaller = FormatPreservingInteger.ofDecimal(dataKey, column, FormatPreservingInteger.MAX_DIGITS);
        ff1 = Ff1.ofColumn(dataKey, column, 10);
    }

    /// @throws IllegalArgumentException if the value has more than 38 digits
    public BigInteger encrypt(BigInteger value) {
        return apply(value, true);
    }

    /// The inverse of [#encrypt].
    ///
    /// @throws IllegalArgumentException if the value has more than 38 digits
    public BigInteger decrypt(BigInteger value) {
        return apply(value, false);
    }

    private BigInteger apply(BigInteger value, boolean encrypt) {
        BigInteger magnitude = value.abs();
        if (magnitude.compareTo(LIMIT) >= 0) {
            throw new IllegalArgumentException("The value has more than %s digits".formatted(MAX_DIGITS));
        }
        String digits = magnitude.toString();
        if (digits.length() <= FormatPreservingInteger.MAX_DIGITS) {
            return BigInteger.valueOf(encrypt ? smaller.encrypt(value.longValue()) : smaller.decrypt(value.longValue()));
        }
        for (int i = 0; i < digits.length(); i++) {
            numerals[i] = (byte) (digits.charAt(i) - '0');
        }
        do {
            if (encrypt) {
                ff1.encrypt(numerals, digits.length());
            }
            else {
                ff1.decrypt(numerals, digits.length());
            }
        } while (numerals[0] == 0);
        StringBuilder text = new StringBuilder(digits.length());
        for (int i = 0; i < digits.length(); i++) {
            text.append((char) ('0' + numerals[i]));
        }
        BigInteger result = new BigInteger(text.toString());
        return value.signum() < 0 ? result.negate() : result;
    }
}
