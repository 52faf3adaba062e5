package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.BitSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestFormatPreservingDate {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));
    private static final long FIRST = LocalDate.of(1, 1, 1).toEpochDay();

    private final FormatPreservingDate codec = new FormatPreservingDate(KEY, COLUMN);

    @Test
    void testWholeDomainIsPermuted() {
        BitSet images = new BitSet(1_000_000);
        for (int day = 0; day < 1_000_000; day++) {
            long masked = codec.encrypt(FIRST + day);
            images.set((int) (masked - FIRST));
            if (codec.decrypt(masked) != FIRST + day) {
                assertThat(codec.decrypt(masked)).isEqualTo(FIRST + day);
            }
        }
        assertThat(images.cardinality()).isEqualTo(1_000_000);
        assertThat(images.length()).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0001-01-01", "1582-10-10", "1970-01-01", "2026-11-22", "2738-11-28"})
    void testCoveredDates(String date) {
        assertThat(FormatPreservingDate.covers(LocalDate.parse(date).toEpochDay())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-12-31", "2738-11-29", "9999-12-31", "-0001-01-01"})
    void testOtherDates(String date) {
        long day = LocalDate.parse(date).toEpochDay();
        assertThat(FormatPreservingDate.covers(day)).isFalse();
        assertThatThrownBy(() -> codec.encrypt(day))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The date is out of range");
        assertThatThrownBy(() -> codec.decrypt(day)).isInstanceOf(IllegalArgumentException.class);
    }
}
