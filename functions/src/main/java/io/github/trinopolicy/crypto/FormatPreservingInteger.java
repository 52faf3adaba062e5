package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.UUID;

/// Format-preserving encryption of the integers of one column whose type holds at least 7 digits. The sign stays. Magnitudes below 10^7 are one
/// domain, so that a small number does not show; larger ones keep their number of digits. Zero counts as positive.
///
/// Results outside the value's domain (another sign or number of digits, beyond the type's limit) are encrypted again until one is inside:
/// cycle walking, which keeps it a permutation. An instance belongs to one thread.
public final class FormatPreservingInteger {
    static final int SHARED_DIGITS = 7;
    static final int MAX_DIGITS = 18;

    /// 10^0 to 10^19, unsigned
    private static final long[] POWERS = powers();

    private final Ff1 ff1;
    private final long max;
    private final long min;

    private FormatPreservingInteger(DataKey dataKey, UUID column, long min, long max) {
        ff1 = Ff1.ofColumn(dataKey, column, 10);
        this.min = min;
        this.max = max;
    }

    /// Does not keep the data key.
    public static FormatPreservingInteger ofInteger(DataKey dataKey, UUID column) {
        return new FormatPreservingInteger(dataKey, column, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /// Does not keep the data key.
    public static FormatPreservingInteger ofBigint(DataKey dataKey, UUID column) {
        return new FormatPreservingInteger(dataKey, column, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /// For the unscaled values of a decimal. Does not keep the data key.
    ///
    /// @param precision 7 to 18
    public static FormatPreservingInteger ofDecimal(DataKey dataKey, UUID column, int precision) {
        checkArgument(precision >= SHARED_DIGITS && precision <= MAX_DIGITS, "The precision is out of range: %s", precision);
        return new FormatPreservingInteger(dataKey, column, 1 - POWERS[precision], POWERS[precision] - 1);
    }

    /// @throws IllegalArgumentException if the value is not one of the type
    public long encrypt(long value) {
        return apply(value, true);
    }

    /// The inverse of [#encrypt].
    ///
    /// @throws IllegalArgumentException if the value is not one of the type
    public long decrypt(long value) {
        return apply(value, false);
    }

    private long apply(long value, boolean encrypt) {
        checkArgument(value >= min && value <= max, "The value is not one of the type");
        boolean negative = value < 0;
        // magnitudes are unsigned: that of the least long does not fit otherwise
        long magnitude = negative ? -value : value;
        int digits = SHARED_DIGITS;
        long lowest = negative ? 1 : 0;
        long highest = POWERS[SHARED_DIGITS] - 1;
        if (Long.compareUnsigned(magnitude, highest) > 0) {
            digits = digits(magnitude);
            lowest = POWERS[digits - 1];
            highest = unsignedMin(POWERS[digits] - 1, negative ? -min : max);
        }
        do {
            magnitude = encrypt ? ff1.encrypt(magnitude, digits) : ff1.decrypt(magnitude, digits);
        } while (Long.compareUnsigned(magnitude, lowest) < 0 || Long.compareUnsigned(magnitude, highest) > 0);
        return negative ? -magnitude : magnitude;
    }

    private static int digits(long magnitude) {
        int digits = SHARED_DIGITS;
        while (digits < POWERS.length && Long.compareUnsigned(magnitude, POWERS[digits]) >= 0) {
            digits++;
        }
        return digits;
    }

    private static long unsignedMin(long left, long right) {
        return Long.compareUnsigned(left, right) < 0 ? left : right;
    }

    private static long[] powers() {
        long[] powers = new long[20];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }
}
