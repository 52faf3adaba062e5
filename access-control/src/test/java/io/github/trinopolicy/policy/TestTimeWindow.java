package io.github.trinopolicy.policy;

import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.TimestampType.createTimestampType;
import static io.trino.spi.type.TimestampWithTimeZoneType.createTimestampWithTimeZoneType;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.model.Policy.AgeLimit;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestTimeWindow {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = Instant.parse("2026-11-22T12:34:56.123456789Z");
    private static final Type TIMESTAMP = createTimestampType(3);
    private static final Type INSTANT = createTimestampWithTimeZoneType(3);

    @ParameterizedTest
    @CsvSource({
            "true, 90d, >= CAST('2026-08-24 12:34:56.124' AS timestamp(3))",
            "false, 90d, < CAST('2026-08-24 12:34:56.123' AS timestamp(3))",
            "true, 1m, >= CAST('2026-11-22 12:33:56.124' AS timestamp(3))",
            "true, 36h, >= CAST('2026-11-21 00:34:56.124' AS timestamp(3))",
            "false, 2y, < CAST('2024-11-22 12:34:56.123' AS timestamp(3))"})
    void testUnits(boolean newer, String age, String expected) {
        assertThat(condition(newer, age, TIMESTAMP, UTC, NOW)).isEqualTo("(\"t\" %s)".formatted(expected));
    }

    @ParameterizedTest
    @CsvSource({
            "0, 12:34:57, 12:34:56",
            "1, 12:34:56.2, 12:34:56.1",
            "3, 12:34:56.124, 12:34:56.123",
            "6, 12:34:56.123457, 12:34:56.123456",
            "9, 12:34:56.123456789, 12:34:56.123456789",
            "12, 12:34:56.123456789000, 12:34:56.123456789000"})
    void testLimitIsRoundedSoThatLessIsShown(int precision, String newer, String older) {
        for (boolean zoned : new boolean[]{false, true}) {
            Type type = zoned ? createTimestampWithTimeZoneType(precision) : createTimestampType(precision);
            String literal = zoned
                    ? "CAST('2026-11-21 %%s UTC' AS timestamp(%s) with time zone)".formatted(precision)
                    : "CAST('2026-11-21 %%s' AS timestamp(%s))".formatted(precision);
            assertThat(condition(true, "1d", type, UTC, NOW)).isEqualTo("(\"t\" >= %s)".formatted(literal.formatted(newer)));
            assertThat(condition(false, "1d", type, UTC, NOW)).isEqualTo("(\"t\" < %s)".formatted(literal.formatted(older)));
        }
    }

    @Test
    void testLimitThatNeedsNoRounding() {
        Instant now = Instant.parse("2026-11-22T00:00:00Z");
        assertThat(condition(true, "1d", createTimestampType(0), UTC, now))
                .isEqualTo("(\"t\" >= CAST('2026-11-21 00:00:00' AS timestamp(0)))");
        assertThat(condition(true, "1d", DATE, UTC, now)).isEqualTo("(\"t\" >= CAST('2026-11-21' AS date))");
        assertThat(condition(false, "1d", DATE, UTC, now)).isEqualTo("(\"t\" < CAST('2026-11-21' AS date))");
    }

    /// A day is in the window when all of it is.
    @Test
    void testDates() {
        assertThat(condition(true, "90d", DATE, UTC, NOW)).isEqualTo("(\"t\" >= CAST('2026-08-25' AS date))");
        assertThat(condition(false, "90d", DATE, UTC, NOW)).isEqualTo("(\"t\" < CAST('2026-08-24' AS date))");
        // the day of the zone, not of UTC
        Instant evening = Instant.parse("2026-11-22T23:30:00Z");
        assertThat(condition(false, "1d", DATE, BERLIN, evening)).isEqualTo("(\"t\" < CAST('2026-11-22' AS date))");
        assertThat(condition(false, "1d", DATE, UTC, evening)).isEqualTo("(\"t\" < CAST('2026-11-21' AS date))");
    }

    /// Clocks in Berlin were set from 02:00 to 03:00 on 2026-03-29, a day of 23 hours.
    @Test
    void testDayInWhichClocksAreSetForward() {
        Instant noon = Instant.parse("2026-03-29T10:00:00Z");
        assertThat(condition(true, "1d", TIMESTAMP, BERLIN, noon)).isEqualTo("(\"t\" >= CAST('2026-03-28 12:00:00.000' AS timestamp(3)))");
        assertThat(condition(true, "24h", TIMESTAMP, BERLIN, noon)).isEqualTo("(\"t\" >= CAST('2026-03-28 11:00:00.000' AS timestamp(3)))");
        assertThat(condition(true, "1d", INSTANT, BERLIN, noon))
                .isEqualTo("(\"t\" >= CAST('2026-03-28 11:00:00.000 UTC' AS timestamp(3) with time zone))");
        // a day before 02:30 on the 30th there was no 02:30
        Instant night = Instant.parse("2026-03-30T00:30:00Z");
        assertThat(condition(true, "1d", INSTANT, BERLIN, night))
                .isEqualTo("(\"t\" >= CAST('2026-03-29 01:30:00.000 UTC' AS timestamp(3) with time zone))");
        assertThat(condition(false, "1d", INSTANT, BERLIN, night))
                .isEqualTo("(\"t\" < CAST('2026-03-29 00:30:00.000 UTC' AS timestamp(3) with time zone))");
    }

    /// Clocks in Berlin were set from 03:00 back to 02:00 on 2026-10-25, at 01:00 UTC.
    @Test
    void testHourThatComesTwice() {
        Instant firstHalfPastTwo = Instant.parse("2026-10-25T00:30:00Z");
        Instant secondHalfPastTwo = Instant.parse("2026-10-25T01:30:00Z");
        String newer = "(\"t\" >= CAST('2026-10-25 %s:00.000' AS timestamp(3)))";
        String older = "(\"t\" < CAST('2026-10-25 %s:00.000' AS timestamp(3)))";
        Instant first = firstHalfPastTwo.plusSeconds(3600);
        Instant second = secondHalfPastTwo.plusSeconds(3600);
        assertThat(condition(true, "1h", TIMESTAMP, BERLIN, first)).isEqualTo(newer.formatted("02:30"));
        // a row of 02:45 may be from the first hour, which is older
        assertThat(condition(true, "1h", TIMESTAMP, BERLIN, second)).isEqualTo(newer.formatted("03:00"));
        // a row of 02:15 may be from the second hour, which is newer
        assertThat(condition(false, "1h", TIMESTAMP, BERLIN, first)).isEqualTo(older.formatted("02:00"));
        assertThat(condition(false, "1h", TIMESTAMP, BERLIN, second)).isEqualTo(older.formatted("02:30"));
        // a day before 02:30 on the 26th it was 02:30 twice
        Instant dayAfter = Instant.parse("2026-10-26T01:30:00Z");
        assertThat(condition(true, "1d", INSTANT, BERLIN, dayAfter)).contains("'2026-10-25 01:30:00.000 UTC'");
        assertThat(condition(false, "1d", INSTANT, BERLIN, dayAfter)).contains("'2026-10-25 00:30:00.000 UTC'");
        assertThat(condition(true, "1d", TIMESTAMP, BERLIN, dayAfter)).isEqualTo(newer.formatted("03:00"));
        assertThat(condition(false, "1d", TIMESTAMP, BERLIN, dayAfter)).isEqualTo(older.formatted("02:00"));
    }

    @Test
    void testLeapDay() {
        Instant leapDay = Instant.parse("2028-02-29T00:00:00Z");
        assertThat(condition(true, "1y", DATE, UTC, leapDay)).isEqualTo("(\"t\" >= CAST('2027-02-28' AS date))");
        assertThat(condition(true, "4y", DATE, UTC, leapDay)).isEqualTo("(\"t\" >= CAST('2024-02-29' AS date))");
    }

    @Test
    void testFarYears() {
        assertThat(condition(true, "9999y", TIMESTAMP, UTC, NOW)).isEqualTo("(\"t\" >= CAST('0001-01-01 00:00:00.000' AS timestamp(3)))");
        assertThat(condition(true, "999999d", DATE, UTC, NOW)).isEqualTo("(\"t\" >= CAST('0001-01-01' AS date))");
        assertThat(condition(true, "2000y", DATE, UTC, NOW)).isEqualTo("(\"t\" >= CAST('0026-11-23' AS date))");
        // nothing is as old as that
        assertThat(condition(false, "9999y", TIMESTAMP, UTC, NOW)).isEqualTo("false");
        Instant far = LocalDateTime.of(12_000, 1, 1, 0, 0).toInstant(ZoneOffset.UTC);
        assertThat(condition(true, "1d", DATE, UTC, far)).isEqualTo("false");
        assertThat(condition(false, "1d", DATE, UTC, far)).isEqualTo("(\"t\" < CAST('9999-12-31' AS date))");
    }

    @Test
    void testTypes() {
        assertThat(TimeWindow.serves(DATE)).isTrue();
        assertThat(TimeWindow.serves(TIMESTAMP)).isTrue();
        assertThat(TimeWindow.serves(INSTANT)).isTrue();
        assertThat(TimeWindow.serves(VARCHAR)).isFalse();
        assertThat(TimeWindow.serves(BIGINT)).isFalse();
        assertThatThrownBy(() -> condition(true, "1d", VARCHAR, UTC, NOW)).hasMessage("A time window does not serve type varchar");
    }

    /// Whatever moment a clock meant, a row that is shown lies in the window; and no row is shown on both sides of it.
    @Test
    void testNeverShowsMoreThanAsked() {
        Random random = new Random(20261122);
        Instant around = Instant.parse("2026-10-25T01:00:00Z");
        for (int i = 0; i < 20_000; i++) {
            Instant now = around.plusSeconds(random.nextInt(-7200, 14_400));
            LocalDateTime row = LocalDateTime.ofInstant(around.plusSeconds(random.nextInt(-7200, 7200)), BERLIN);
            Instant limit = now.minusSeconds(3600);
            boolean newer = shows(condition(true, "1h", createTimestampType(0), BERLIN, now), row);
            boolean older = shows(condition(false, "1h", createTimestampType(0), BERLIN, now), row);
            assertThat(newer && older).isFalse();
            for (ZoneOffset offset : BERLIN.getRules().getValidOffsets(row)) {
                Instant meant = row.toInstant(offset);
                assertThat(!newer || !meant.isBefore(limit)).as("%s shown as newer at %s", row, now).isTrue();
                assertThat(!older || meant.isBefore(limit)).as("%s shown as older at %s", row, now).isTrue();
            }
        }
    }

    private static boolean shows(String condition, LocalDateTime row) {
        LocalDateTime limit = LocalDateTime
                .parse(condition.substring(condition.indexOf('\'') + 1, condition.lastIndexOf('\'')).replace(' ', 'T'));
        return condition.contains(">=") ? !row.isBefore(limit) : row.isBefore(limit);
    }

    private static String condition(boolean newer, String age, Type type, ZoneId zone, Instant now) {
        AgeLimit limit = new AgeLimit(Long.parseLong(age.substring(0, age.length() - 1)), age.charAt(age.length() - 1));
        return TrinoSql.format(new TimeWindow(newer, limit, zone).condition("t", type, now));
    }
}
