package io.github.trinopolicy.masking;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import io.airlift.slice.Slices;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.Int128;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.RealType;
import io.trino.spi.type.SmallintType;
import io.trino.spi.type.TinyintType;
import io.trino.spi.type.Type;
import io.trino.spi.type.UuidType;
import io.trino.spi.type.VarcharType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Values that a column is compared with, written as the literals of its type are. Read once for each type and shared by all threads of a
/// node. Thread-safe.
public final class ValueSet {
    private final Set<String> texts;
    private final Map<Type, Set<Object>> values = new ConcurrentHashMap<>();

    /// @param texts each a value of every type that the set is used for
    public ValueSet(Set<String> texts) {
        this.texts = ImmutableSet.copyOf(texts);
    }

    public int size() {
        return texts.size();
    }

    /// The values as the engine keeps those of the type, in objects; zeros of floating-point types without a sign.
    Set<Object> of(Type type) {
        return values.computeIfAbsent(type, _ -> texts.stream().map(text -> read(text, type)).collect(toImmutableSet()));
    }

    private static Object read(String text, Type type) {
        return switch (type) {
            // the engine keeps char values without their pad spaces
            case VarcharType _,CharType _ -> Slices.utf8Slice(text);
            case BigintType _,IntegerType _,SmallintType _,TinyintType _ -> Long.valueOf(text);
            case DecimalType decimal when decimal.isShort() -> unscaled(text, decimal).unscaledValue().longValueExact();
            case DecimalType decimal -> Int128.valueOf(unscaled(text, decimal).unscaledValue());
            case DoubleType _ -> Double.parseDouble(text) + 0.0;
            case RealType _ -> Float.parseFloat(text) + 0.0f;
            case DateType _ -> LocalDate.parse(text).toEpochDay();
            case UuidType _ -> UuidType.javaUuidToTrinoUuid(UUID.fromString(text));
            default -> throw new IllegalArgumentException("No set holds values of type %s".formatted(type));
        };
    }

    private static BigDecimal unscaled(String text, DecimalType type) {
        return new BigDecimal(text).setScale(type.getScale());
    }

    /// Says nothing of the values, which are what some user is entitled to.
    @Override
    public String toString() {
        return "ValueSet[%s values]".formatted(texts.size());
    }
}
