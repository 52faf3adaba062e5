package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestFormatPreservingInteger {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));

    private final FormatPreservingInteger integers = FormatPreservingInteger.ofInteger(KEY, COLUMN);
    private final FormatPreservingInteger bigints = FormatPreservingInteger.ofBigint(KEY, COLUMN);
    private final FormatPreservingInteger decimals = FormatPreservingInteger.ofDecimal(KEY, COLUMN, 9);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 9, 999_999, 9_999_999, -9_999_999, 10_000_000, 99_999_999, -10_000_000, 123_456_789, 999_999_999,
            1_000_000_000, -1_000_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void testInteger(long value) {
        long masked = integers.encrypt(value);
        assertThat(masked).isBetween((long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
        assertSameFormat(value, masked);
        assertThat(integers.decrypt(masked)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 9_999_999, 10_000_000, 999_999_999_999_999_999L, 1_000_000_000_000_000_000L, -1_000_000_000_000_000_000L,
            Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void testBigint(long value) {
        long masked = bigints.encrypt(value);
        assertSameFormat(value, masked);
        assertThat(bigints.decrypt(masked)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, -5, 9_999_999, 10_000_000, 99_999_999, 999_999_999, -999_999_999})
    void testDecimal(long value) {
        long masked = decimals.encrypt(value);
        assertThat(masked).isBetween(-999_999_999L, 999_999_999L);
        assertSameFormat(value, masked);
        assertThat(decimals.decrypt(masked)).isEqualTo(value);
    }

    @Test
    void testRoundTrip() {
        Random random = new Random(483);
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            long masked = bigints.encrypt(value);
            assertSameFormat(value, masked);
            assertThat(bigints.decrypt(masked)).isEqualTo(value);
            int small = (int) value;
            long maskedSmall = integers.encrypt(small);
            assertSameFormat(small, maskedSmall);
            assertThat(integers.decrypt(maskedSmall)).isEqualTo(small);
        }
    }

    @Test
    void testRoundTripOfEachPrecision() {
        Random random = new Random(483);
        for (int precision = FormatPreservingInteger.SHARED_DIGITS; precision <= FormatPreservingInteger.MAX_DIGITS; precision++) {
            FormatPreservingInteger codec = FormatPreservingInteger.ofDecimal(KEY, COLUMN, precision);
            long limit = BigInteger.TEN.pow(precision).longValueExact();
            for (int i = 0; i < 500; i++) {
                long value = (random.nextLong() >> random.nextInt(64)) % limit;
                long masked = codec.encrypt(value);
                assertThat(masked).isBetween(1 - limit, limit - 1);
                assertSameFormat(value, masked);
                assertThat(codec.decrypt(masked)).isEqualTo(value);
            }
        }
    }

    @Test
    void testSharedDomainIsPermuted() {
        BitSet images = new BitSet(10_000_000);
        for (int value = 0; value < 100_000; value++) {
            images.set((int) integers.encrypt(value));
        }
        assertThat(images.cardinality()).isEqualTo(100_000);
        assertThat(images.length()).isBetween(9_990_000, 10_000_000);
    }

    /// Zero has no sign: a negative value must never become zero, or two values would share it.
    @Test
    void testNegativeValueNeverBecomesZero() {
        long toZero = integers.decrypt(0);
        assertThat(toZero).isPositive();
        assertThat(integers.encrypt(toZero)).isZero();
        long masked = integers.encrypt(-toZero);
        assertThat(masked).isEqualTo(-integers.encrypt(0)).isNegative();
        assertThat(integers.decrypt(masked)).isEqualTo(-toZero);
    }

    @Test
    void testLargestDigitCountIsPermuted() {
        Set<Long> images = new HashSet<>();
        for (long value = Integer.MAX_VALUE; value > Integer.MAX_VALUE - 20_000; value--) {
            long masked = integers.encrypt(value);
            assertThat(masked).isBetween(1_000_000_000L, (long) Integer.MAX_VALUE);
            images.add(masked);
        }
        assertThat(images).hasSize(20_000);
    }

    @Test
    void testSmallNumbersDoNotShow() {
        long large = 0;
        for (int value = 0; value < 1000; value++) {
            if (integers.encrypt(value) >= 1_000_000) {
                large++;
            }
        }
        assertThat(large).isBetween(850L, 950L);
    }

    @Test
    void testValuesOutsideTheType() {
        assertThatThrownBy(() -> integers.encrypt(1L << 31)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> integers.decrypt(-(1L << 31) - 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> decimals.encrypt(1_000_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The value is not one of the type");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 6, 19, 38})
    void testPrecisionOutOfRange(int precision) {
        assertThatThrownBy(() -> FormatPreservingInteger.ofDecimal(KEY, COLUMN, precision)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertSameFormat(long value, long masked) {
        BigInteger before = BigInteger.valueOf(value).abs();
        BigInteger after = BigInteger.valueOf(masked).abs();
        assertThat(masked < 0).as("sign of %s and %s", value, masked).isEqualTo(value < 0);
        if (before.compareTo(BigInteger.valueOf(10_000_000)) < 0) {
            assertThat(after).isLessThan(BigInteger.valueOf(10_000_000));
        }
        else {
            assertThat(after.toString()).hasSameSizeAs(before.toString());
        }
    }
}
