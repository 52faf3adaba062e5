package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import javax.crypto.Cipher;

/// FF1 where both halves fit a long: one AES block per round and no big integers.
///
/// P and the tweak are the same for all values, so their CBC-MAC is kept. A half has b <= 8 bytes, so what is left of the message (the round
/// number and the half) is a single block, and d = 8 or 12 bytes of its encryption are the number that the other half is shifted by.
final class LongFf1Rounds implements Ff1Rounds {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);

    private final Cipher aes;
    private final int radix;
    /// 2^64 / radix, rounded up
    private final long reciprocal;
    private final int leftLength;
    private final int rightLength;
    private final Modulus leftModulus;
    private final Modulus rightModulus;
    private final long leftFactor;
    private final long rightFactor;
    private final boolean numbers;
    private final boolean shortNumber;
    private final long prefixHigh;
    private final long prefixLow;
    private final boolean roundInHigh;
    private final long roundLow;
    private final byte[] block = new byte[Aes.BLOCK];
    private final byte[] encrypted = new byte[Aes.BLOCK];

    private long left;
    private long right;

    private LongFf1Rounds(Cipher aes, int radix, int length, byte[] tweak) {
        this.aes = aes;
        this.radix = radix;
        reciprocal = Long.divideUnsigned(-1, radix) + 1;
        leftLength = length / 2;
        rightLength = length - leftLength;
        leftFactor = power(radix, leftLength);
        rightFactor = power(radix, rightLength);
        leftModulus = new Modulus(leftFactor);
        rightModulus = new Modulus(rightFactor);
        numbers = Math.unsignedMultiplyHigh(leftFactor, rightFactor) == 0;

        int halfBytes = (Long.SIZE - Long.numberOfLeadingZeros(rightFactor - 1) + 7) / 8;
        shortNumber = halfBytes <= 4;
        byte[] prefix = Ff1Prefix.compute(aes, radix, length, tweak, halfBytes).state();
        prefixHigh = (long) LONG.get(prefix, 0);
        prefixLow = (long) LONG.get(prefix, Long.BYTES);
        LONG.set(block, 0, prefixHigh);
        roundInHigh = halfBytes == Long.BYTES;
        roundLow = roundInHigh ? 0 : 1L << (halfBytes * Byte.SIZE);
    }

    /// Whether radix^ceil(length / 2) is small enough for this class.
    static boolean covers(int radix, int length) {
        long power = 1;
        for (int i = 0; i < length - length / 2; i++) {
            if (power >= Modulus.LIMIT / radix) {
                return false;
            }
            power *= radix;
        }
        return true;
    }

    /// @param radix, length covered, both halves not empty
    static LongFf1Rounds create(Cipher aes, int radix, int length, byte[] tweak) {
        checkArgument(length >= 2 && covers(radix, length), "Radix %s is too large for length %s", radix, length);
        return new LongFf1Rounds(aes, radix, length, tweak);
    }

    /// Whether all strings of this domain are numbers of 64 bits.
    boolean coversNumbers() {
        return numbers;
    }

    @Override
    public void encrypt(byte[] numerals) {
        read(numerals);
        encryptHalves();
        write(numerals);
    }

    @Override
    public void decrypt(byte[] numerals) {
        read(numerals);
        decryptHalves();
        write(numerals);
    }

    /// @param number unsigned, less than radix^length, which must fit 64 bits
    long encrypt(long number) {
        split(number);
        encryptHalves();
        return left * rightFactor + right;
    }

    /// @param number unsigned, less than radix^length, which must fit 64 bits
    long decrypt(long number) {
        split(number);
        decryptHalves();
        return left * rightFactor + right;
    }

    private void encryptHalves() {
        long a = left;
        long b = right;
        for (int round = 0; round < ROUNDS; round += 2) {
            a = leftModulus.add(a, number(round, b, leftModulus));
            b = rightModulus.add(b, number(round + 1, a, rightModulus));
        }
        left = a;
        right = b;
    }

    private void decryptHalves() {
        long a = left;
        long b = right;
        for (int round = ROUNDS - 2; round >= 0; round -= 2) {
            b = rightModulus.subtract(b, number(round + 1, a, rightModulus));
            a = leftModulus.subtract(a, number(round, b, leftModulus));
        }
        left = a;
        right = b;
    }

    /// The number y of the standard, reduced.
    private long number(int round, long half, Modulus modulus) {
        // otherwise the first half of the block is always the same
        if (roundInHigh) {
            LONG.set(block, 0, prefixHigh ^ round);
        }
        LONG.set(block, Long.BYTES, prefixLow ^ (round * roundLow) ^ half);
        Aes.transform(aes, block, encrypted);
        long first = (long) LONG.get(encrypted, 0);
        if (shortNumber) {
            return modulus.reduce(first);
        }
        return modulus.reduce(first >>> 32, (first << 32) | ((int) INT.get(encrypted, Long.BYTES) & 0xffff_ffffL));
    }

    private void split(long number) {
        long quotient = Long.divideUnsigned(number, rightFactor);
        checkArgument(
                Long.compareUnsigned(quotient, leftFactor) < 0,
                "The number has more than %s numerals",
                leftLength + rightLength);
        left = quotient;
        right = number - quotient * rightFactor;
    }

    /// Both halves in one loop, because each is a chain of dependent multiplications.
    private void read(byte[] numerals) {
        int last = radix - 1;
        int outside = 0;
        long a = 0;
        long b = 0;
        for (int i = 0; i < leftLength; i++) {
            int ofLeft = numerals[i] & 0xff;
            int ofRight = numerals[leftLength + i] & 0xff;
            outside |= (last - ofLeft) | (last - ofRight);
            a = a * radix + ofLeft;
            b = b * radix + ofRight;
        }
        if (rightLength > leftLength) {
            int numeral = numerals[leftLength + leftLength] & 0xff;
            outside |= last - numeral;
            b = b * radix + numeral;
        }
        checkArgument(outside >= 0, "A numeral is not less than the radix");
        left = a;
        right = b;
    }

    private void write(byte[] numerals) {
        write(left, numerals, 0, leftLength);
        write(right, numerals, leftLength, rightLength);
    }

    /// Divides by multiplying with the reciprocal, which is exact below 2^64 / radix. The first division makes the number that small.
    private void write(long number, byte[] numerals, int offset, int length) {
        long rest = number / radix;
        numerals[offset + length - 1] = (byte) (number - rest * radix);
        for (int i = offset + length - 2; i >= offset; i--) {
            long quotient = Math.unsignedMultiplyHigh(rest, reciprocal);
            numerals[i] = (byte) (rest - quotient * radix);
            rest = quotient;
        }
    }

    private static long power(int radix, int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= radix;
        }
        return power;
    }
}
