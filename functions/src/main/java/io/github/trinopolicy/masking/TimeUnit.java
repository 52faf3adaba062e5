package io.github.trinopolicy.masking;

import static java.lang.Math.floorDiv;
import static java.lang.Math.floorMod;
import static java.util.Locale.ENGLISH;

import io.trino.spi.type.DateType;
import io.trino.spi.type.TimeType;
import io.trino.spi.type.TimeWithTimeZoneType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.TimestampWithTimeZoneType;
import io.trino.spi.type.Type;
import java.time.LocalDate;
import java.util.Optional;
import java.util.stream.Stream;

/// What a point in time is truncated to.
public enum TimeUnit {
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR;

    static final int SECONDS_OF_DAY = 86_400;

    /// The name as an expression writes it.
    public String sqlName() {
        return name().toLowerCase(ENGLISH);
    }

    /// Empty if it is none of them.
    public static Optional<TimeUnit> named(String sqlName) {
        return Stream.of(values()).filter(unit -> unit.sqlName().equals(sqlName)).findFirst();
    }

    /// True where the type has values that the unit distinguishes: dates have no hours, and times of day no days.
    public boolean serves(Type type) {
        return switch (type) {
            case DateType _ -> !isPartOfDay();
            case TimeType _,TimeWithTimeZoneType _ -> isPartOfDay();
            case TimestampType _,TimestampWithTimeZoneType _ -> true;
            default -> false;
        };
    }

    boolean isPartOfDay() {
        return compareTo(DAY) < 0;
    }

    /// @param second a local one, since 1970
    long truncateSecond(long second) {
        return switch (this) {
            case SECOND -> second;
            case MINUTE -> second - floorMod(second, 60);
            case HOUR -> second - floorMod(second, 3600);
            case DAY, WEEK, MONTH, QUARTER, YEAR -> truncateDay(floorDiv(second, SECONDS_OF_DAY)) * SECONDS_OF_DAY;
        };
    }

    /// @param day since 1970, of the proleptic Gregorian calendar
    long truncateDay(long day) {
        return switch (this) {
            case SECOND, MINUTE, HOUR, DAY -> day;
            // the first of January 1970 was a Thursday
            case WEEK -> day - floorMod(day + 3, 7);
            case MONTH -> LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay();
            case QUARTER -> {
                LocalDate date = LocalDate.ofEpochDay(day);
                yield date.withDayOfMonth(1).withMonth(date.getMonth().firstMonthOfQuarter().getValue()).toEpochDay();
            }
            case YEAR -> LocalDate.ofEpochDay(day).withDayOfYear(1).toEpochDay();
        };
    }
}
