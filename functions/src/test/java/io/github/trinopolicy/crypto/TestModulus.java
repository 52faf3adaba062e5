package io.github.trinopolicy.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestModulus {
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 10, 256, 999_999_937, 1L << 31, (1L << 32) - 1, 1L << 32, (1L << 32) + 1, 10_000_000_000L, 1L << 33,
            1_000_000_000_000_000_000L, (1L << 60) + 1, (1L << 61) - 1})
    void testReduce(long modulus) {
        Modulus fast = new Modulus(modulus);
        BigInteger exact = BigInteger.valueOf(modulus);
        Random random = new Random(modulus);
        for (int i = 0; i < 20_000; i++) {
            long low = switch (i % 4) {
                case 0 -> random.nextLong();
                case 1 -> -1 - random.nextInt(3);
                case 2 -> modulus * random.nextInt(100) - random.nextInt(3);
                default -> random.nextLong() >>> random.nextInt(64);
            };
            long high = (i % 3 == 0 ? 0xffff_ffffL : random.nextLong() >>> 32);
            assertThat(fast.reduce(low)).isEqualTo(unsigned(low).mod(exact).longValue());
            assertThat(fast.reduce(high, low))
                    .isEqualTo(BigInteger.valueOf(high).multiply(TWO_64).add(unsigned(low)).mod(exact).longValue());
        }
    }

    @Test
    void testAddAndSubtract() {
        Modulus modulus = new Modulus(7);
        for (int left = 0; left < 7; left++) {
            for (int right = 0; right < 7; right++) {
                assertThat(modulus.add(left, right)).isEqualTo((left + right) % 7);
                assertThat(modulus.subtract(left, right)).isEqualTo(Math.floorMod(left - right, 7));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 1L << 61, Long.MAX_VALUE})
    void testRange(long modulus) {
        assertThatThrownBy(() -> new Modulus(modulus)).isInstanceOf(IllegalArgumentException.class);
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
