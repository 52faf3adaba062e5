package io.github.trinopolicy.policy;

import static com.google.common.base.Preconditions.checkArgument;
import static io.trino.sql.tree.BooleanLiteral.FALSE_LITERAL;
import static io.trino.sql.tree.ComparisonPredicate.Operator.GREATER_THAN_OR_EQUAL;
import static io.trino.sql.tree.ComparisonPredicate.Operator.LESS_THAN;
import static java.time.temporal.ChronoField.NANO_OF_SECOND;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Policy.AgeLimit;
import io.trino.spi.type.DateType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.TimestampWithTimeZoneType;
import io.trino.spi.type.Type;
import io.trino.sql.tree.Expression;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/// Rows newer, or older, than an age. Thread-safe.
///
/// A value of the column stands for all the time until the next value of its type: a date for the day, a `timestamp(0)` for the second. Where
/// clocks are set back, a time without a zone stands for both of its occurrences. A row is shown only when all of that lies in the window, so
/// in doubt it is hidden.
///
/// Minutes and hours have a fixed length; days and years are those of the calendar of the zone.
///
/// @param zone in which days and years are counted, and in which times without a zone are read
public record TimeWindow(boolean newer, AgeLimit age, ZoneId zone) {
    private static final LocalDateTime FIRST = LocalDateTime.of(1, 1, 1, 0, 0);
    private static final LocalDateTime LAST = LocalDateTime.of(9999, 12, 31, 0, 0);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", ENGLISH);
    private static final DateTimeFormatter DAYS = DateTimeFormatter.ofPattern("uuuu-MM-dd", ENGLISH);
    private static final int NANOSECOND_DIGITS = 9;

    private static final ColumnLiteral LITERALS = new ColumnLiteral();

    public TimeWindow {
        requireNonNull(age, "age is null");
        requireNonNull(zone, "zone is null");
    }

    /// True for dates and timestamps.
    public static boolean serves(Type type) {
        return type instanceof DateType || type instanceof TimestampType || type instanceof TimestampWithTimeZoneType;
    }

    /// The condition on a column, as a comparison with a literal of exactly its type; NULL for NULL.
    ///
    /// @param type one that a time window serves
    /// @param now when the ages of the rows are told
    public Expression condition(String column, Type type, Instant now) {
        checkArgument(serves(type), "A time window does not serve type %s", type);
        Instant limit = limit(now);
        LocalDateTime bound = round(type instanceof TimestampWithTimeZoneType
                ? LocalDateTime.ofInstant(limit, ZoneOffset.UTC)
                : onTheClock(limit), type);
        return withinCalendar(bound)
                .<Expression>map(value -> TrinoSql.comparison(column, newer ? GREATER_THAN_OR_EQUAL : LESS_THAN,
                        LITERALS.cast(text(value, type), type)))
                .orElse(FALSE_LITERAL);
    }

    private Instant limit(Instant now) {
        ZonedDateTime here = now.atZone(zone);
        return switch (age.unit()) {
            case 'm' -> here.minusMinutes(age.amount()).toInstant();
            case 'h' -> here.minusHours(age.amount()).toInstant();
            case 'd' -> instant(here.toLocalDateTime().minusDays(age.amount()));
            case 'y' -> instant(here.toLocalDateTime().minusYears(age.amount()));
            default -> throw new IllegalStateException("an age has no unit '%s'".formatted(age.unit()));
        };
    }

    /// Of the moments that the clock may have meant, the one that shows less.
    private Instant instant(LocalDateTime time) {
        Optional<ZoneOffsetTransition> transition = Optional.ofNullable(zone.getRules().getTransition(time));
        if (transition.isEmpty()) {
            return time.atZone(zone).toInstant();
        }
        Instant before = time.toInstant(transition.get().getOffsetBefore());
        Instant after = time.toInstant(transition.get().getOffsetAfter());
        return before.isAfter(after) == newer ? before : after;
    }

    /// What the clock shows at a moment; where it shows the same twice, so that neither occurrence is shown unless both are in the window.
    private LocalDateTime onTheClock(Instant limit) {
        ZonedDateTime here = limit.atZone(zone);
        LocalDateTime time = here.toLocalDateTime();
        Optional<ZoneOffsetTransition> transition = Optional.ofNullable(zone.getRules().getTransition(time));
        boolean second = transition.filter(change -> here.getOffset().equals(change.getOffsetAfter())).isPresent();
        return transition.filter(_ -> newer == second)
                .map(change -> newer ? change.getDateTimeBefore() : change.getDateTimeAfter())
                .orElse(time);
    }

    private LocalDateTime round(LocalDateTime time, Type type) {
        LocalDateTime floor = type instanceof DateType
                ? time.toLocalDate().atStartOfDay()
                : time.minusNanos(time.get(NANO_OF_SECOND) % step(type));
        if (!newer || floor.equals(time)) {
            return floor;
        }
        return type instanceof DateType ? floor.plusDays(1) : floor.plusNanos(step(type));
    }

    /// In nanoseconds; one where the type is finer, since a clock is not.
    private static int step(Type type) {
        int step = 1;
        for (int digits = precision(type); digits < NANOSECOND_DIGITS; digits++) {
            step *= 10;
        }
        return step;
    }

    /// Years of other than four digits are written in ways that Trino does not read. Empty: no row is in the window.
    private Optional<LocalDateTime> withinCalendar(LocalDateTime bound) {
        if (newer) {
            return bound.isAfter(LAST) ? Optional.empty() : Optional.of(bound.isBefore(FIRST) ? FIRST : bound);
        }
        return bound.isBefore(FIRST) ? Optional.empty() : Optional.of(bound.isAfter(LAST) ? LAST : bound);
    }

    private static String text(LocalDateTime value, Type type) {
        if (type instanceof DateType) {
            return DAYS.format(value);
        }
        int precision = precision(type);
        String digits = "%09d000".formatted(value.get(NANO_OF_SECOND)).substring(0, precision);
        return SECONDS.format(value) + (precision == 0 ? "" : "." + digits) + (type instanceof TimestampWithTimeZoneType ? " UTC" : "");
    }

    private static int precision(Type type) {
        return switch (type) {
            case TimestampType timestamp -> timestamp.getPrecision();
            case TimestampWithTimeZoneType timestamp -> timestamp.getPrecision();
            default -> 0;
        };
    }
}
