package io.github.trinopolicy.policy;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Sets;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.BooleanType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.RealType;
import io.trino.spi.type.SmallintType;
import io.trino.spi.type.TimeType;
import io.trino.spi.type.TimeWithTimeZoneType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.TimestampWithTimeZoneType;
import io.trino.spi.type.TinyintType;
import io.trino.spi.type.Type;
import io.trino.spi.type.UuidType;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Types that Trino treats alike when it looks for functions, operators and conversions. The order of the numbers is that in which one
/// becomes the other without being asked.
enum ValueKind {
    /// of a NULL without a type
    NULL,
    BOOLEAN,
    INTEGER,
    DECIMAL,
    REAL,
    DOUBLE,
    VARCHAR,
    CHAR,
    VARBINARY,
    DATE,
    TIME,
    TIME_WITH_TIME_ZONE,
    TIMESTAMP,
    TIMESTAMP_WITH_TIME_ZONE,
    UUID,
    IPADDRESS,
    JSON,
    /// everything else: nothing is known of it but its type
    OTHER;

    private static final Set<ValueKind> NUMBERS = Sets.immutableEnumSet(INTEGER, DECIMAL, REAL, DOUBLE);
    private static final Set<ValueKind> BYTES = Sets.immutableEnumSet(VARCHAR, CHAR, VARBINARY);
    private static final Set<ValueKind> DAYS = Sets.immutableEnumSet(DATE, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE);
    private static final Set<ValueKind> CLOCKS = Sets.immutableEnumSet(TIME, TIME_WITH_TIME_ZONE);
    private static final Set<ValueKind> ZONED = Sets.immutableEnumSet(TIME_WITH_TIME_ZONE, TIMESTAMP_WITH_TIME_ZONE);

    /// Conversions that exist and do not depend on the session, besides those of a kind into itself and among numbers.
    private static final ImmutableSetMultimap<ValueKind, ValueKind> CONVERSIONS = ImmutableSetMultimap.<ValueKind, ValueKind>builder()
            .putAll(BOOLEAN, INTEGER, DECIMAL, REAL, DOUBLE, VARCHAR)
            .putAll(INTEGER, BOOLEAN, VARCHAR)
            .putAll(DECIMAL, BOOLEAN, VARCHAR)
            .putAll(REAL, BOOLEAN, VARCHAR)
            .putAll(DOUBLE, BOOLEAN, VARCHAR)
            .putAll(VARCHAR, BOOLEAN, INTEGER, DECIMAL, REAL, DOUBLE, CHAR, DATE, TIME, TIMESTAMP, JSON)
            .putAll(CHAR, VARCHAR)
            .putAll(DATE, VARCHAR, TIMESTAMP)
            .putAll(TIME, VARCHAR)
            .putAll(TIMESTAMP, VARCHAR, DATE, TIME)
            .putAll(TIME_WITH_TIME_ZONE, VARCHAR)
            .putAll(TIMESTAMP_WITH_TIME_ZONE, VARCHAR, DATE, TIMESTAMP)
            .putAll(JSON, VARCHAR)
            .build();

    static ValueKind of(Type type) {
        return switch (type) {
            case BooleanType _ -> BOOLEAN;
            case TinyintType _,SmallintType _,IntegerType _,BigintType _ -> INTEGER;
            case DecimalType _ -> DECIMAL;
            case RealType _ -> REAL;
            case DoubleType _ -> DOUBLE;
            case VarcharType _ -> VARCHAR;
            case CharType _ -> CHAR;
            case VarbinaryType _ -> VARBINARY;
            case DateType _ -> DATE;
            case TimeType _ -> TIME;
            case TimeWithTimeZoneType _ -> TIME_WITH_TIME_ZONE;
            case TimestampType _ -> TIMESTAMP;
            case TimestampWithTimeZoneType _ -> TIMESTAMP_WITH_TIME_ZONE;
            case UuidType _ -> UUID;
            default -> switch (type.getBaseName()) {
                // these two are known to the engine alone
                case "ipaddress" -> IPADDRESS;
                case "json" -> JSON;
                default -> OTHER;
            };
        };
    }

    String inWords() {
        return this == OTHER ? "a value of another type" : name().toLowerCase(Locale.ENGLISH).replace('_', ' ');
    }

    boolean isNumber() {
        return NUMBERS.contains(this);
    }

    boolean isMoment() {
        return DAYS.contains(this) || CLOCKS.contains(this);
    }

    boolean isText() {
        return this == VARCHAR || this == CHAR;
    }

    /// True where nothing is known but that values of the same type go together.
    boolean isExact() {
        return this == OTHER;
    }

    /// False for kinds of which an order is not known, or comparing may fail.
    boolean isOrderable() {
        return this != OTHER && this != JSON;
    }

    boolean convertsTo(ValueKind target) {
        return this == NULL || (this == target && !isExact()) || (isNumber() && target.isNumber())
                || CONVERSIONS.containsEntry(this, target);
    }

    /// True where Trino certainly compares no value of one kind with one of the other, or the session has a part in it.
    boolean neverGoesWith(ValueKind other) {
        if (isUnknown() || other.isUnknown() || this == other) {
            return false;
        }
        return isZonedAgainst(other)
                || Stream.of(NUMBERS, BYTES, DAYS, CLOCKS).noneMatch(family -> family.contains(this) && family.contains(other))
                || (this == VARBINARY) != (other == VARBINARY);
    }

    /// True where a zone, that of the session, would have to be made up to compare the two.
    boolean isZonedAgainst(ValueKind other) {
        return ((DAYS.contains(this) && DAYS.contains(other)) || (CLOCKS.contains(this) && CLOCKS.contains(other)))
                && ZONED.contains(this) != ZONED.contains(other);
    }

    boolean isUnknown() {
        return this == NULL || this == OTHER;
    }

    boolean isBytes() {
        return BYTES.contains(this);
    }

    /// The kind that both become without being asked; empty where it is not known, or the session has a part in it.
    Optional<ValueKind> common(ValueKind other) {
        if (this == NULL) {
            return Optional.of(other);
        }
        if (other == NULL || (this == other && !isExact())) {
            return Optional.of(this);
        }
        if (isNumber() && other.isNumber()) {
            return Optional.of(compareTo(other) > 0 ? this : other);
        }
        return isText() && other.isText() ? Optional.of(VARCHAR) : Optional.empty();
    }
}
