package io.github.trinopolicy.masking;

import static java.lang.Math.floorDiv;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.trino.spi.type.DateTimeEncoding;
import io.trino.spi.type.LongTimeWithTimeZone;
import io.trino.spi.type.LongTimestamp;
import io.trino.spi.type.LongTimestampWithTimeZone;
import io.trino.spi.type.TimeZoneKey;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `truncate(value, unit)` at one call site: the beginning of the second, minute, ... or year that the value lies in. What has a time zone is
/// truncated in its own; the zone of the session has no part in it. NULL if the beginning lies below the least value of the type, and if the
/// unit makes no sense. An instance belongs to one thread.
final class TruncateFunction {
    private static final long MICROS_OF_SECOND = 1_000_000;
    private static final long MILLIS_OF_SECOND = 1_000;
    private static final long NANOS_OF_SECOND = 1_000_000_000;
    private static final long PICOS_OF_SECOND = 1_000_000_000_000L;
    /// Of a timestamp with time zone that is one word.
    private static final long LEAST_PACKED_MILLIS = -(1L << 51);

    private final Type type;

    private @Nullable Slice text;
    private Optional<TimeUnit> unit = Optional.empty();
    private short lastZone = -1;
    private ZoneId zone = ZoneOffset.UTC;

    /// @param type of the value and of the result
    TruncateFunction(Type type) {
        this.type = requireNonNull(type, "type is null");
    }

    @Nullable
    Long date(long day, Slice unitText) {
        if (unit(unitText).isEmpty()) {
            return null;
        }
        long result = unit.get().truncateDay(day);
        return result >= Integer.MIN_VALUE ? result : null;
    }

    /// @param micros since 1970
    @Nullable
    Long timestamp(long micros, Slice unitText) {
        if (unit(unitText).isEmpty()) {
            return null;
        }
        long second = unit.get().truncateSecond(floorDiv(micros, MICROS_OF_SECOND));
        return second >= Long.MIN_VALUE / MICROS_OF_SECOND ? second * MICROS_OF_SECOND : null;
    }

    @Nullable
    LongTimestamp longTimestamp(LongTimestamp value, Slice unitText) {
        Long micros = timestamp(value.getEpochMicros(), unitText);
        return micros == null ? null : new LongTimestamp(micros, 0);
    }

    @Nullable
    Long zonedTimestamp(long packed, Slice unitText) {
        TimeZoneKey key = DateTimeEncoding.unpackZoneKey(packed);
        Long millis = zonedMillis(DateTimeEncoding.unpackMillisUtc(packed), key.getKey(), unitText);
        return millis == null || millis < LEAST_PACKED_MILLIS ? null : DateTimeEncoding.packDateTimeWithZone(millis, key);
    }

    @Nullable
    LongTimestampWithTimeZone longZonedTimestamp(LongTimestampWithTimeZone value, Slice unitText) {
        Long millis = zonedMillis(value.getEpochMillis(), value.getTimeZoneKey(), unitText);
        return millis == null ? null : LongTimestampWithTimeZone.fromEpochMillisAndFraction(millis, 0, value.getTimeZoneKey());
    }

    /// @param picos of the day
    @Nullable
    Long time(long picos, Slice unitText) {
        return unit(unitText).isEmpty() ? null : (Long) (unit.get().truncateSecond(picos / PICOS_OF_SECOND) * PICOS_OF_SECOND);
    }

    @Nullable
    Long zonedTime(long packed, Slice unitText) {
        if (unit(unitText).isEmpty()) {
            return null;
        }
        long second = unit.get().truncateSecond(DateTimeEncoding.unpackTimeNanos(packed) / NANOS_OF_SECOND);
        return DateTimeEncoding.packTimeWithTimeZone(second * NANOS_OF_SECOND, DateTimeEncoding.unpackOffsetMinutes(packed));
    }

    @Nullable
    LongTimeWithTimeZone longZonedTime(LongTimeWithTimeZone value, Slice unitText) {
        Long picos = time(value.getPicoseconds(), unitText);
        return picos == null ? null : new LongTimeWithTimeZone(picos, value.getOffsetMinutes());
    }

    private @Nullable Long zonedMillis(long millis, short zoneKey, Slice unitText) {
        if (unit(unitText).isEmpty()) {
            return null;
        }
        long second = zonedSecond(floorDiv(millis, MILLIS_OF_SECOND), zone(zoneKey), unit.get());
        return second >= Long.MIN_VALUE / MILLIS_OF_SECOND ? (Long) (second * MILLIS_OF_SECOND) : null;
    }

    private static long zonedSecond(long second, ZoneId zone, TimeUnit unit) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(Instant.ofEpochSecond(second));
        long truncated = unit.truncateSecond(second + offset.getTotalSeconds());
        if (rules.isFixedOffset()) {
            return truncated - offset.getTotalSeconds();
        }
        // an hour that the clock shows twice is two hours; a day has one beginning
        ZoneOffset preferred = unit.isPartOfDay() ? offset : null;
        return ZonedDateTime.ofLocal(LocalDateTime.ofEpochSecond(truncated, 0, ZoneOffset.UTC), zone, preferred).toEpochSecond();
    }

    private ZoneId zone(short key) {
        if (key != lastZone) {
            zone = TimeZoneKey.getTimeZoneKey(key).getZoneId();
            lastZone = key;
        }
        return zone;
    }

    private Optional<TimeUnit> unit(Slice unitText) {
        // cheap: a constant argument is the same object in each row, which equals looks at first
        if (!unitText.equals(text)) {
            unit = TimeUnit.named(unitText.toStringUtf8()).filter(named -> named.serves(type));
            text = unitText;
        }
        return unit;
    }
}
