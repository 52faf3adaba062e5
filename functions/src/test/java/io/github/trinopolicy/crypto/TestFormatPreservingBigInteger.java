package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TestFormatPreservingBigInteger {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));

    private final FormatPreservingBigInteger codec = new FormatPreservingBigInteger(KEY, COLUMN);

    @Test
    void testKeepsSignAndDigits() {
        Random random = new Random(483);
        for (int digits = 8; digits <= 38; digits++) {
            BigInteger lowest = BigInteger.TEN.pow(digits - 1);
            BigInteger highest = BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
            for (int i = 0; i < 50; i++) {
                BigInteger value = switch (i) {
                    case 0 -> lowest;
                    case 1 -> highest;
                    default -> lowest.add(new BigInteger(200, random).mod(highest.subtract(lowest)));
                };
                BigInteger masked = codec.encrypt(value);
                assertThat(masked.signum()).isPositive();
                assertThat(masked.toString()).hasSize(digits);
                assertThat(codec.decrypt(masked)).isEqualTo(value);
                BigInteger negative = codec.encrypt(value.negate());
                assertThat(negative).isEqualTo(masked.negate());
                assertThat(codec.decrypt(negative)).isEqualTo(value.negate());
            }
        }
    }

    @Test
    void testSmallerValuesAsShortDecimals() {
        FormatPreservingInteger shorter = FormatPreservingInteger.ofDecimal(KEY, COLUMN, 18);
        for (long value : new long[]{0, 1, -1, 9_999_999, 10_000_000, 999_999_999_999_999_999L, -999_999_999_999_999_999L}) {
            assertThat(codec.encrypt(BigInteger.valueOf(value))).isEqualTo(BigInteger.valueOf(shorter.encrypt(value)));
            assertThat(codec.decrypt(codec.encrypt(BigInteger.valueOf(value)))).isEqualTo(BigInteger.valueOf(value));
        }
    }

    @Test
    void testTooManyDigits() {
        BigInteger limit = BigInteger.TEN.pow(38);
        assertThatThrownBy(() -> codec.encrypt(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The value has more than 38 digits");
        assertThatThrownBy(() -> codec.decrypt(limit.negate())).isInstanceOf(IllegalArgumentException.class);
    }
}
