package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Type;
import java.util.Optional;

/// What is known of the type of an expression.
///
/// @param type of a kind of which only values of the same type go together, or a decimal; empty for a decimal of which the digits are
/// not known
record KnownType(ValueKind kind, Optional<Type> type) {
    /// as many digits as an integer can have
    private static final DecimalType WHOLE = DecimalType.createDecimalType(19, 0);

    KnownType {
        requireNonNull(kind, "kind is null");
        requireNonNull(type, "type is null");
    }

    static KnownType of(ValueKind kind) {
        return new KnownType(kind, Optional.empty());
    }

    static KnownType of(Type type) {
        ValueKind kind = ValueKind.of(type);
        return new KnownType(kind, kind.isExact() || kind == ValueKind.DECIMAL ? Optional.of(type) : Optional.empty());
    }

    Optional<KnownType> common(KnownType other) {
        if (equals(other) || other.kind() == ValueKind.NULL) {
            return Optional.of(this);
        }
        if (kind == ValueKind.NULL) {
            return Optional.of(other);
        }
        return kind.common(other.kind()).map(common -> common == ValueKind.DECIMAL
                ? new KnownType(common, digits().flatMap(own -> other.digits().flatMap(its -> holdingBoth(own, its))))
                : of(common));
    }

    private Optional<DecimalType> digits() {
        return kind == ValueKind.INTEGER ? Optional.of(WHOLE) : type.map(DecimalType.class::cast);
    }

    private static Optional<Type> holdingBoth(DecimalType a, DecimalType b) {
        int scale = Math.max(a.getScale(), b.getScale());
        int precision = scale + Math.max(a.getPrecision() - a.getScale(), b.getPrecision() - b.getScale());
        return precision <= DeclaredType.MAXIMUM_DIGITS ? Optional.of(DecimalType.createDecimalType(precision, scale)) : Optional.empty();
    }

    /// False where Trino makes decimals go together in one of the most digits that there are: then a value may not fit.
    boolean holdsAll() {
        return kind != ValueKind.DECIMAL || type.isPresent();
    }
}
