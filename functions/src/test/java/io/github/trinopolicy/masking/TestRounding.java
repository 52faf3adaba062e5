package io.github.trinopolicy.masking;

import static io.airlift.slice.Slices.utf8Slice;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateTimeEncoding.packDateTimeWithZone;
import static io.trino.spi.type.DateTimeEncoding.unpackMillisUtc;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DecimalType.createDecimalType;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.RealType.REAL;
import static io.trino.spi.type.TimeType.TIME_PICOS;
import static io.trino.spi.type.TimestampType.TIMESTAMP_MICROS;
import static io.trino.spi.type.TimestampType.TIMESTAMP_PICOS;
import static io.trino.spi.type.TimestampWithTimeZoneType.TIMESTAMP_TZ_MILLIS;
import static io.trino.spi.type.TinyintType.TINYINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.slice.Slice;
import io.trino.spi.type.Int128;
import io.trino.spi.type.LongTimestamp;
import io.trino.spi.type.TimeZoneKey;
import io.trino.spi.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestRounding {
    private static final long SEED = new Random().nextLong();

    @ParameterizedTest
    @CsvSource({"0, 100, 0", "99, 100, 0", "100, 100, 100", "-1, 100, -100", "-100, 100, -100", "-101, 100, -200",
            "9223372036854775807, 9223372036854775807, 9223372036854775807", "-9223372036854775808, 2, -9223372036854775808",
            "-9223372036854775808, 1, -9223372036854775808", "-9223372036854775808, 3, ", "7, 1, 7"})
    void testBigint(long value, String bucket, Long expected) {
        assertThat(new RoundDownFunction(BIGINT).integral(value, utf8Slice(bucket))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"127, 100, 100", "-128, 100, ", "-128, 64, -128", "-128, 127, "})
    void testTinyint(long value, String bucket, Long expected) {
        assertThat(new RoundDownFunction(TINYINT).integral(value, utf8Slice(bucket))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.3, 0.1, 0.3", "0.29999999999999998, 0.1, 0.3", "0.29, 0.1, 0.2", "-0.05, 0.1, -0.1", "-0.0, 10, 0.0", "-1e-300, 10, -10",
            "2.9999999999999996, 3, 0", "1e308, 1e308, 1e308", "-1.7e308, 1e308, ", "NaN, 10, ", "Infinity, 10, ", "-Infinity, 10, ",
            "4.9e-324, 1, 0", "9007199254740993, 10, 9007199254740990", "1e300, 7, 1e300"})
    void testDouble(double value, String bucket, Double expected) {
        assertThat(new RoundDownFunction(DOUBLE).floating(value, utf8Slice(bucket))).isEqualTo(expected);
    }

    @Test
    void testDoubleIsTheExactMultiple() {
        Random random = new Random(SEED);
        RoundDownFunction function = new RoundDownFunction(DOUBLE);
        for (int i = 0; i < 20_000; i++) {
            double value = random.nextInt(3) == 0
                    ? Double.longBitsToDouble(random.nextLong())
                    : (random.nextInt(2_000) - 1_000) / (double) (1 + random.nextInt(9)) * Math.pow(10, random.nextInt(12) - 4);
            BigDecimal bucket = BigDecimal.valueOf(1 + random.nextInt(500), random.nextInt(4) - 1);
            Double rounded = function.floating(value, utf8Slice(bucket.toPlainString()));
            if (!Double.isFinite(value)) {
                assertThat(rounded).isNull();
                continue;
            }
            double expected = BigDecimal.valueOf(value).divide(bucket, 0, RoundingMode.FLOOR).multiply(bucket).doubleValue();
            assertThat(rounded).as("seed %s: %s by %s", SEED, value, bucket)
                    .isEqualTo(Double.isFinite(expected) ? (Double) (expected + 0.0) : null);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.3, 0.1, 0.3", "16777217, 10, 16777210", "-3.4e38, 3e38, ", "NaN, 1, ", "Infinity, 1, ", "1.5, 0.25, 1.5"})
    void testReal(float value, String bucket, Float expected) {
        Long bits = new RoundDownFunction(REAL).real(Float.floatToIntBits(value), utf8Slice(bucket));
        assertThat(bits == null ? null : (Float) Float.intBitsToFloat(bits.intValue())).isEqualTo(expected);
    }

    @Test
    void testDecimals() {
        assertThat(new RoundDownFunction(createDecimalType(5, 2)).integral(-99_999, utf8Slice("0.5"))).isNull();
        assertThat(new RoundDownFunction(createDecimalType(5, 2)).integral(-99_949, utf8Slice("0.5"))).isEqualTo(-99_950L);
        assertThat(new RoundDownFunction(createDecimalType(5, 2)).integral(123, utf8Slice("0.50"))).isEqualTo(100L);
        RoundDownFunction wide = new RoundDownFunction(createDecimalType(38, 0));
        BigInteger maximum = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
        assertThat(wide.decimal(Int128.valueOf(maximum), utf8Slice("10")))
                .isEqualTo(Int128.valueOf(maximum.subtract(BigInteger.valueOf(9))));
        assertThat(wide.decimal(Int128.valueOf(maximum.negate()), utf8Slice("10"))).isNull();
        assertThat(wide.decimal(Int128.valueOf(-1), utf8Slice("10"))).isEqualTo(Int128.valueOf(-10));
    }

    @Test
    void testSizesThatMakeNoSense() {
        assertThat(bucket("0", BIGINT)).isEmpty();
        assertThat(bucket("-1", BIGINT)).isEmpty();
        assertThat(bucket("0.5", INTEGER)).isEmpty();
        assertThat(bucket("128", TINYINT)).isEmpty();
        assertThat(bucket("127.0", TINYINT)).isPresent();
        assertThat(bucket("2147483648", INTEGER)).isEmpty();
        assertThat(bucket("0.001", createDecimalType(10, 2))).isEmpty();
        assertThat(bucket("100000000", createDecimalType(10, 2))).isEmpty();
        assertThat(bucket("99999999.99", createDecimalType(10, 2))).isPresent();
        assertThat(bucket("1e39", REAL)).isEmpty();
        assertThat(bucket("1e399", DOUBLE)).isEmpty();
        assertThat(bucket("1e-400", DOUBLE)).isEmpty();
        assertThat(bucket("1e999999999", BIGINT)).isEmpty();
        assertThat(bucket("ten", BIGINT)).isEmpty();
        assertThat(bucket("10", VARCHAR)).isEmpty();
        assertThat(bucket("10", DATE)).isEmpty();
        assertThat(new RoundDownFunction(TINYINT).integral(1, utf8Slice("1000"))).isNull();
        assertThat(new RoundDownFunction(DOUBLE).floating(1, utf8Slice("x"))).isNull();
    }

    private static Optional<Bucket> bucket(String size, Type type) {
        return Bucket.of(size, type);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-22, day, 2026-11-22", "2026-11-22, week, 2026-11-16", "2026-11-22, month, 2026-11-01",
            "2026-11-22, year, 2026-01-01", "1969-12-31, week, 1969-12-29", "-0044-03-15, month, -0044-03-01", "2026-11-22, hour, "})
    void testDates(LocalDate value, String unit, LocalDate expected) {
        assertThat(new TruncateFunction(DATE).date(value.toEpochDay(), utf8Slice(unit)))
                .isEqualTo(expected == null ? null : (Long) expected.toEpochDay());
    }

    @Test
    void testExtremes() {
        assertThat(new TruncateFunction(DATE).date(Integer.MIN_VALUE, utf8Slice("year"))).isNull();
        assertThat(new TruncateFunction(DATE).date(Integer.MAX_VALUE, utf8Slice("year"))).isNotNull();
        for (TimeUnit unit : TimeUnit.values()) {
            Slice text = utf8Slice(unit.sqlName());
            assertThat(new TruncateFunction(TIMESTAMP_MICROS).timestamp(Long.MIN_VALUE, text)).isNull();
            assertThat(new TruncateFunction(TIMESTAMP_MICROS).timestamp(Long.MAX_VALUE, text)).isNotNull();
            assertThat(new TruncateFunction(TIMESTAMP_PICOS).longTimestamp(new LongTimestamp(Long.MIN_VALUE, 1), text)).isNull();
            long least = packDateTimeWithZone(-(1L << 51), TimeZoneKey.UTC_KEY);
            assertThat(new TruncateFunction(TIMESTAMP_TZ_MILLIS).zonedTimestamp(least, text)).isNull();
        }
        assertThat(new TruncateFunction(TIME_PICOS).time(86_399_999_999_999_999L, utf8Slice("minute"))).isEqualTo(86_340_000_000_000_000L);
        assertThat(new TruncateFunction(TIME_PICOS).time(1, utf8Slice("day"))).isNull();
    }

    @Test
    void testTimestampsWithTimeZone() {
        Random random = new Random(SEED);
        for (String zone : new String[]{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "+05:45"}) {
            TimeZoneKey key = TimeZoneKey.getTimeZoneKey(zone);
            for (int i = 0; i < 5_000; i++) {
                long millis = random.nextInt(4) == 0 ? random.nextLong(1L << 50) - (1L << 49) : random.nextLong(2_000_000_000_000L);
                ZonedDateTime value = Instant.ofEpochMilli(millis).atZone(ZoneId.of(zone));
                for (TimeUnit unit : TimeUnit.values()) {
                    Long packed = new TruncateFunction(TIMESTAMP_TZ_MILLIS)
                            .zonedTimestamp(packDateTimeWithZone(millis, key), utf8Slice(unit.sqlName()));
                    assertThat(unpackMillisUtc(requireNonNull(packed))).as("seed %s: %s to %s", SEED, value, unit)
                            .isEqualTo(truncated(value, unit).toInstant().toEpochMilli()).isLessThanOrEqualTo(millis);
                }
            }
        }
    }

    private static ZonedDateTime truncated(ZonedDateTime value, TimeUnit unit) {
        LocalDate date = value.toLocalDate();
        return switch (unit) {
            case SECOND -> value.truncatedTo(ChronoUnit.SECONDS);
            case MINUTE -> value.truncatedTo(ChronoUnit.MINUTES);
            case HOUR -> value.truncatedTo(ChronoUnit.HOURS);
            case DAY -> date.atStartOfDay(value.getZone());
            case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay(value.getZone());
            case MONTH -> date.withDayOfMonth(1).atStartOfDay(value.getZone());
            case QUARTER -> date.with(IsoFields.DAY_OF_QUARTER, 1).atStartOfDay(value.getZone());
            case YEAR -> date.withDayOfYear(1).atStartOfDay(value.getZone());
        };
    }

    @Test
    void testTimestamps() {
        long micros = Instant.parse("2026-11-22T13:14:15.999999Z").getEpochSecond() * 1_000_000 + 999_999;
        TruncateFunction function = new TruncateFunction(TIMESTAMP_MICROS);
        assertThat(at(function.timestamp(micros, utf8Slice("second")))).isEqualTo("2026-11-22T13:14:15Z");
        assertThat(at(function.timestamp(micros, utf8Slice("hour")))).isEqualTo("2026-11-22T13:00:00Z");
        assertThat(at(function.timestamp(micros, utf8Slice("week")))).isEqualTo("2026-11-16T00:00:00Z");
        assertThat(at(function.timestamp(-1, utf8Slice("day")))).isEqualTo("1969-12-31T00:00:00Z");
        assertThat(function.timestamp(micros, utf8Slice("decade"))).isNull();
    }

    private static String at(@Nullable Long micros) {
        return Instant.ofEpochSecond(requireNonNull(micros) / 1_000_000).atOffset(UTC).toInstant().toString();
    }
}
