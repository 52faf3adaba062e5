package io.github.trinopolicy.crypto;

import static com.google.common.base.Preconditions.checkArgument;

import java.math.BigInteger;
import java.util.Arrays;
import javax.crypto.Cipher;

/// FF1 for any length, as the standard writes it, with big integers.
final class BigFf1Rounds implements Ff1Rounds {
    private final Cipher aes;
    private final BigInteger radix;
    private final int leftLength;
    private final int rightLength;
    private final BigInteger leftModulus;
    private final BigInteger rightModulus;
    private final int halfBytes;
    private final int numberBytes;
    private final Ff1Prefix prefix;

    BigFf1Rounds(Cipher aes, int radix, int length, byte[] tweak) {
        this.aes = aes;
        this.radix = BigInteger.valueOf(radix);
        leftLength = length / 2;
        rightLength = length - leftLength;
        leftModulus = this.radix.pow(leftLength);
        rightModulus = this.radix.pow(rightLength);
        halfBytes = (rightModulus.subtract(BigInteger.ONE).bitLength() + 7) / 8;
        numberBytes = 4 * ((halfBytes + 3) / 4) + 4;
        prefix = Ff1Prefix.compute(aes, radix, length, tweak, halfBytes);
    }

    @Override
    public void encrypt(byte[] numerals) {
        BigInteger left = read(numerals, 0, leftLength);
        BigInteger right = read(numerals, leftLength, rightLength);
        for (int round = 0; round < ROUNDS; round += 2) {
            left = left.add(number(round, right)).mod(leftModulus);
            right = right.add(number(round + 1, left)).mod(rightModulus);
        }
        write(left, numerals, 0, leftLength);
        write(right, numerals, leftLength, rightLength);
    }

    @Override
    public void decrypt(byte[] numerals) {
        BigInteger left = read(numerals, 0, leftLength);
        BigInteger right = read(numerals, leftLength, rightLength);
        for (int round = ROUNDS - 2; round >= 0; round -= 2) {
            right = right.subtract(number(round + 1, left)).mod(rightModulus);
            left = left.subtract(number(round, right)).mod(leftModulus);
        }
        write(left, numerals, 0, leftLength);
        write(right, numerals, leftLength, rightLength);
    }

    /// The number y of the standard.
    private BigInteger number(int round, BigInteger half) {
        byte[] tail = new byte[prefix.tail()];
        tail[0] = (byte) round;
        byte[] bytes = half.toByteArray();
        int skip = Math.max(0, bytes.length - halfBytes);
        int count = bytes.length - skip;
        System.arraycopy(bytes, skip, tail, tail.length - count, count);

        byte[] state = prefix.state();
        int position = prefix.position();
        for (byte next : tail) {
            state[position++] ^= next;
            if (position == Aes.BLOCK) {
                Aes.transform(aes, state.clone(), state);
                position = 0;
            }
        }
        byte[] number = Arrays.copyOf(state, (numberBytes + Aes.BLOCK - 1) / Aes.BLOCK * Aes.BLOCK);
        for (int block = 1; block * Aes.BLOCK < number.length; block++) {
            int start = block * Aes.BLOCK;
            byte[] counted = state.clone();
            for (int i = 0; i < Integer.BYTES; i++) {
                counted[Aes.BLOCK - 1 - i] ^= (byte) (block >>> (i * Byte.SIZE));
            }
            Aes.transform(aes, counted, 0, Aes.BLOCK, number, start);
        }
        return new BigInteger(1, number, 0, numberBytes);
    }

    private BigInteger read(byte[] numerals, int offset, int length) {
        BigInteger number = BigInteger.ZERO;
        for (int i = offset; i < offset + length; i++) {
            BigInteger numeral = BigInteger.valueOf(numerals[i] & 0xff);
            checkArgument(numeral.compareTo(radix) < 0, "A numeral is not less than the radix");
            number = number.multiply(radix).add(numeral);
        }
        return number;
    }

    private void write(BigInteger number, byte[] numerals, int offset, int length) {
        BigInteger rest = number;
        for (int i = offset + length - 1; i >= offset; i--) {
            BigInteger[] quotientAndRemainder = rest.divideAndRemainder(radix);
            numerals[i] = quotientAndRemainder[1].byteValue();
            rest = quotientAndRemainder[0];
        }
    }
}
