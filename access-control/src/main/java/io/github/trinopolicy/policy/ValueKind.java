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

    /// Without decimals: see [#isExact].
    private static final Set<ValueKind> NUMBERS = Sets.immutableEnumSet(INTEGER, REAL, DOUBLE);

    /// Conversions that exist and do not depend on the session, besides those of a kind into itself and among numbers.
    ///
    /// Where Trino converts without being asked, it takes it that the conversion cannot fail and leaves out the `try` around it. An integer or
    /// a decimal that does not fit into a decimal fails nevertheless, and the message shows the value; so may a date far from now that
    /// becomes a timestamp. These conversions are not here.
    private static final ImmutableSetMultimap<ValueKind, ValueKind> CONVERSIONS = ImmutableSetMultimap.<ValueKind, ValueKind>builder()
            .putAll(BOOLEAN, INTEGER, DECIMAL, REAL, DOUBLE, VARCHAR)
            .putAll(INTEGER, BOOLEAN, VARCHAR)
            .putAll(DECIMAL, BOOLEAN, INTEGER, REAL, DOUBLE, VARCHAR)
            .putAll(REAL, BOOLEAN, DECIMAL, VARCHAR)
            .putAll(DOUBLE, BOOLEAN, DECIMAL, VARCHAR)
            .putAll(VARCHAR, BOOLEAN, INTEGER, DECIMAL, REAL, DOUBLE, CHAR, DATE, TIME, TIMESTAMP, JSON)
            .putAll(CHAR, VARCHAR)
            .putAll(DATE, VARCHAR)
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

    boolean isText() {
        return this == VARCHAR || this == CHAR;
    }

    /// True where values of two types of the kind do not go together, only those of the same type.
    boolean isExact() {
        return this == OTHER || this == DECIMAL;
    }

    /// False for kinds of which an order is not known, or comparing may fail.
    boolean isOrderable() {
        return this != OTHER && this != JSON;
    }

    boolean convertsTo(ValueKind target) {
        return this == NULL || (this == target && !isExact()) || (isNumber() && target.isNumber())
                || CONVERSIONS.containsEntry(this, target);
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
