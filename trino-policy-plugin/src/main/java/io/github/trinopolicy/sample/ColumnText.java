package io.github.trinopolicy.sample;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.Column;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import java.util.Set;

/// A column as text, for every type, in an expression that does not fail: long texts are cut, bytes are hexadecimal, nested values JSON.
/// What cannot be written as text is NULL.
final class ColumnText {
    private static final int LONGEST = 10_000;
    private static final Set<String> PRINTED = ImmutableSet.of("boolean", "tinyint", "smallint", "integer", "bigint", "real", "double",
            "decimal", "varchar", "char", "date", "time", "time with time zone", "timestamp", "timestamp with time zone", "uuid",
            "ipaddress",
            "interval day to second", "interval year to month");
    private static final Set<String> IN_JSON = ImmutableSet.of("boolean", "tinyint", "smallint", "integer", "bigint", "real", "double",
            "decimal", "varchar", "json", "date", "timestamp");
    private static final Set<String> KEYS_IN_JSON = ImmutableSet.of("boolean", "tinyint", "smallint", "integer", "bigint", "real", "double",
            "decimal", "varchar");

    private ColumnText() {
    }

    static String expression(Column column) {
        String name = quoted(column.name());
        return "substr(%s, 1, %s)".formatted(text(name, column.type()), LONGEST);
    }

    private static String text(String name, Type type) {
        String base = type.getBaseName();
        if (PRINTED.contains(base)) {
            return "CAST(%s AS varchar)".formatted(name);
        }
        return switch (base) {
            case "varbinary" -> "to_hex(%s)".formatted(name);
            case "json" -> "json_format(%s)".formatted(name);
            default -> isNested(type) && fitsJson(type) ? "json_format(CAST(%s AS json))".formatted(name) : "CAST(NULL AS varchar)";
        };
    }

    private static boolean isNested(Type type) {
        return type instanceof ArrayType || type instanceof MapType || type instanceof RowType;
    }

    private static boolean fitsJson(Type type) {
        return switch (type) {
            case ArrayType array -> fitsJson(array.getElementType());
            case MapType map -> KEYS_IN_JSON.contains(map.getKeyType().getBaseName()) && fitsJson(map.getValueType());
            case RowType row -> row.getTypeParameters().stream().allMatch(ColumnText::fitsJson);
            default -> IN_JSON.contains(type.getBaseName());
        };
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
