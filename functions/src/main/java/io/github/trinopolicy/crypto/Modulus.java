package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;

import java.math.BigInteger;

/// Reduces numbers of up to 96 bits modulo a fixed m, 1 < m < 2^61, by Barrett's multiplication with a reciprocal. Corrections are made by sign
/// masks, because the branches that they replace are unpredictable. Immutable.
final class Modulus {
    static final long LIMIT = 1L << 61;

    private static final long LOW = 0xffff_ffffL;

    private final long modulus;
    /// floor((2^64 - 1) / m)
    private final long reciprocal;
    /// floor(2^96 / m), which fits 64 bits where m > 2^32
    private final long wideReciprocal;
    private final boolean wide;

    Modulus(long modulus) {
        checkArgument(modulus > 1 && modulus < LIMIT, "The modulus is out of range: %s", modulus);
        this.modulus = modulus;
        reciprocal = Long.divideUnsigned(-1, modulus);
        wide = modulus > 1L << 32;
        wideReciprocal = wide ? BigInteger.ONE.shiftLeft(96).divide(BigInteger.valueOf(modulus)).longValue() : 0;
    }

    /// @param value unsigned
    long reduce(long value) {
        // the reciprocal is less than 1 too small and the product is rounded down: the quotient is at most 1 too small
        return correct(value - Math.unsignedMultiplyHigh(value, reciprocal) * modulus);
    }

    /// Reduces `high * 2^64 + low`.
    ///
    /// @param high 32 bits
    /// @param low unsigned
    long reduce(long high, long low) {
        if (wide) {
            // Dropping the 32 lowest bits and rounding the reciprocal cost less than 1 each and the product is rounded down: the quotient is at
            // most 2 too small, and 3 m fits a positive long.
            long top = (high << 32) | (low >>> 32);
            return correct(correct(low - Math.unsignedMultiplyHigh(top, wideReciprocal) * modulus));
        }
        long upper = reduce((reduce(high) << 32) | (low >>> 32));
        return reduce((upper << 32) | (low & LOW));
    }

    /// @param left, right both less than m
    long add(long left, long right) {
        return correct(left + right);
    }

    /// @param left, right both less than m
    long subtract(long left, long right) {
        long difference = left - right;
        return difference + (modulus & (difference >> 63));
    }

    private long correct(long value) {
        long smaller = value - modulus;
        return smaller + (modulus & (smaller >> 63));
    }
}
