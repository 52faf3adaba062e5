package io.github.trinopolicy.fingerprint;

import static java.util.Locale.ENGLISH;

import java.util.Optional;

/// What statistics make sense of the values of a type.
enum ValueKind {
    TEXT,
    /// compared and converted into a number by a cast
    NUMBER,
    DATE,
    TIMESTAMP,
    /// compared, and written as text
    CATEGORY,
    /// compared alone
    COMPARABLE,
    /// nothing but NULL is told from the rest
    OPAQUE;

    /// @param type as Trino writes it
    static ValueKind of(String type) {
        String lower = type.toLowerCase(ENGLISH);
        int end = lower.indexOf('(');
        String base = end < 0 ? lower : lower.substring(0, end);
        return switch (base) {
            case "varchar", "char" -> TEXT;
            case "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal" -> NUMBER;
            case "date" -> DATE;
            case "timestamp", "timestamp with time zone" -> TIMESTAMP;
            case "boolean", "uuid", "ipaddress", "time", "time with time zone", "interval year to month", "interval day to second" ->
                CATEGORY;
            case "varbinary", "json" -> COMPARABLE;
            default -> OPAQUE;
        };
    }

    /// The value as a double, NULL where it is none; days since 1970-01-01 for dates and times.
    Optional<String> number(String value) {
        return switch (this) {
            // functions over numbers fail on one that is none
            case NUMBER -> Optional.of("IF(is_finite(CAST(%1$s AS double)), CAST(%1$s AS double))".formatted(value));
            case DATE -> Optional.of("CAST(date_diff('day', DATE '1970-01-01', %s) AS double)".formatted(value));
            case TIMESTAMP -> Optional.of("to_unixtime(%s) / 86400e0".formatted(value));
            case TEXT, CATEGORY, COMPARABLE, OPAQUE -> Optional.empty();
        };
    }

    boolean isCounted() {
        return this != OPAQUE;
    }

    boolean isWritable() {
        return this != OPAQUE && this != COMPARABLE;
    }
}
