package io.github.trinopolicy.policy;

import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableMap;
import io.trino.spi.type.DecimalType;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DateTimeDataType;
import io.trino.sql.tree.GenericDataType;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NumericParameter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the types that are written in policy texts.
final class DeclaredType {
    /// of a decimal
    static final int MAXIMUM_DIGITS = 38;

    private static final int MAXIMUM_FRACTION = 12;

    private static final Map<String, ValueKind> TYPES = ImmutableMap.<String, ValueKind>builder()
            .put("boolean", ValueKind.BOOLEAN).put("tinyint", ValueKind.INTEGER).put("smallint", ValueKind.INTEGER)
            .put("integer", ValueKind.INTEGER).put("int", ValueKind.INTEGER).put("bigint", ValueKind.INTEGER)
            .put("decimal", ValueKind.DECIMAL).put("real", ValueKind.REAL).put("double", ValueKind.DOUBLE)
            .put("varchar", ValueKind.VARCHAR).put("char", ValueKind.CHAR).put("varbinary", ValueKind.VARBINARY)
            .put("date", ValueKind.DATE).put("uuid", ValueKind.UUID).put("ipaddress", ValueKind.IPADDRESS).put("json", ValueKind.JSON)
            .buildOrThrow();

    private DeclaredType() {
    }

    /// Empty where the type is not one that a policy can convert to.
    static Optional<KnownType> of(DataType type) {
        return switch (type) {
            case DateTimeDataType time when time.isWithTimeZone() -> Optional.empty();
            case DateTimeDataType time -> time.getPrecision().isEmpty() || inRange(time.getPrecision().get(), 0, MAXIMUM_FRACTION)
                    ? Optional.of(KnownType.of(time.getType() == DateTimeDataType.Type.TIME ? ValueKind.TIME : ValueKind.TIMESTAMP))
                    : Optional.empty();
            case GenericDataType generic -> Optional.ofNullable(TYPES.get(generic.getName().getValue().toLowerCase(ENGLISH)))
                    .filter(kind -> takes(kind, generic.getArguments()))
                    .map(kind -> kind == ValueKind.DECIMAL ? decimal(generic.getArguments()) : KnownType.of(kind));
            default -> Optional.empty();
        };
    }

    private static KnownType decimal(List<? extends Node> parameters) {
        int precision = parameters.isEmpty() ? MAXIMUM_DIGITS : (int) ((NumericParameter) parameters.get(0)).getParsedValue();
        int scale = parameters.size() < 2 ? 0 : (int) ((NumericParameter) parameters.get(1)).getParsedValue();
        return KnownType.of(DecimalType.createDecimalType(precision, scale));
    }

    private static boolean takes(ValueKind kind, List<? extends Node> parameters) {
        return switch (kind) {
            case VARCHAR -> parameters.isEmpty() || (parameters.size() == 1 && inRange(parameters.getFirst(), 1, Integer.MAX_VALUE - 1));
            case CHAR -> parameters.isEmpty() || (parameters.size() == 1 && inRange(parameters.getFirst(), 1, 65_536));
            case DECIMAL -> parameters.isEmpty() || (parameters.size() <= 2 && parameters.get(0) instanceof NumericParameter precision
                    && inRange(precision, 1, MAXIMUM_DIGITS)
                    && (parameters.size() == 1 || inRange(parameters.get(1), 0, precision.getParsedValue())));
            default -> parameters.isEmpty();
        };
    }

    private static boolean inRange(Node parameter, long minimum, long maximum) {
        return parameter instanceof NumericParameter number && number.getParsedValue() >= minimum && number.getParsedValue() <= maximum;
    }

    /// True for a type with a length.
    static boolean isBounded(DataType type) {
        return type instanceof GenericDataType generic && !generic.getArguments().isEmpty();
    }
}
