package io.github.trinopolicy.policy;

import com.google.common.base.CharMatcher;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.BooleanType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.RealType;
import io.trino.spi.type.SmallintType;
import io.trino.spi.type.TinyintType;
import io.trino.spi.type.Type;
import io.trino.spi.type.UuidType;
import io.trino.spi.type.VarcharType;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.NodeLocation;
import io.trino.sql.tree.StringLiteral;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.UUID;

/// Turns the text of an attribute value or constant into a literal of exactly a column's type, so that the column itself is never
/// converted and comparisons reach the connector. Thread-safe.
final class ColumnLiteral {
    private static final NodeLocation NOWHERE = new NodeLocation(1, 1);

    private final SqlParser parser = new SqlParser();

    /// The literal, or empty where no value of the type equals the text.
    Optional<Expression> of(String text, Type type) {
        return canonical(text, type).map(canonical -> literal(canonical, type));
    }

    /// The literal of a text in the form that it has for the type.
    Expression literal(String canonical, Type type) {
        return type instanceof VarcharType ? new StringLiteral(NOWHERE, canonical) : cast(canonical, type);
    }

    /// The text in the one form that it has as a literal of the type, or empty where no value of the type equals it.
    Optional<String> canonical(String text, Type type) {
        return switch (type) {
            case VarcharType varchar -> varchar.isUnbounded() || text.codePointCount(0, text.length()) <= varchar.getBoundedLength()
                    ? Optional.of(text)
                    : Optional.empty();
            case CharType character -> {
                // spaces are padding, no other character is
                String unpadded = CharMatcher.is(' ').trimTrailingFrom(text);
                yield unpadded.codePointCount(0, unpadded.length()) <= character.getLength() ? Optional.of(unpadded) : Optional.empty();
            }
            case BooleanType _ -> text.equals("true") || text.equals("false") ? Optional.of(text) : Optional.empty();
            case BigintType _ -> integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case IntegerType _ -> integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case SmallintType _ -> integer(text, Short.MIN_VALUE, Short.MAX_VALUE);
            case TinyintType _ -> integer(text, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case DecimalType decimal -> decimal(text, decimal);
            case DoubleType _ -> number(text).filter(value -> Double.isFinite(value.doubleValue())).map(BigDecimal::toString);
            case RealType _ -> number(text).filter(value -> Float.isFinite(value.floatValue())).map(BigDecimal::toString);
            case DateType _ -> date(text);
            case UuidType _ -> uuid(text);
            default -> Optional.empty();
        };
    }

    /// The value as a value of exactly the type.
    Expression cast(Expression value, Type type) {
        return new Cast(NOWHERE, value, parser.createType(type.getDisplayName()));
    }

    /// The text as a value of exactly the type, of which it must be one.
    Expression cast(String value, Type type) {
        return cast(new StringLiteral(NOWHERE, value), type);
    }

    private static Optional<String> integer(String text, long minimum, long maximum) {
        try {
            long value = Long.parseLong(text);
            return value >= minimum && value <= maximum ? Optional.of(Long.toString(value)) : Optional.empty();
        }
        catch (NumberFormatException e) {
            // no value of the type is written like this, so none equals it
            return Optional.empty();
        }
    }

    private static Optional<String> decimal(String text, DecimalType type) {
        return number(text)
                .filter(value -> value.stripTrailingZeros().scale() <= type.getScale())
                .map(value -> value.setScale(type.getScale(), RoundingMode.UNNECESSARY))
                .filter(value -> value.precision() <= type.getPrecision())
                .map(BigDecimal::toPlainString);
    }

    private static Optional<BigDecimal> number(String text) {
        // a bound on the length keeps hostile exponents from being expanded
        if (text.length() > 64) {
            return Optional.empty();
        }
        try {
            BigDecimal value = new BigDecimal(text);
            return Math.abs((long) value.scale()) <= 400 ? Optional.of(value) : Optional.empty();
        }
        catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> date(String text) {
        // years of more than four digits are written in ways that Trino does not read
        if (text.length() != 10) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text).toString());
        }
        catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> uuid(String text) {
        try {
            UUID value = UUID.fromString(text);
            return value.toString().equalsIgnoreCase(text) ? Optional.of(value.toString()) : Optional.empty();
        }
        catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
