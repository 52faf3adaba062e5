package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.RealType.REAL;
import static io.trino.spi.type.SmallintType.SMALLINT;
import static io.trino.spi.type.TinyintType.TINYINT;
import static io.trino.spi.type.TypeTemplates.fromTypeDescriptor;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.Int128;
import io.trino.spi.type.LongTimeWithTimeZone;
import io.trino.spi.type.LongTimestamp;
import io.trino.spi.type.LongTimestampWithTimeZone;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;

/// The overloads of `round_down(value, size of the bucket)` and `truncate(value, unit)`. The result has the type of the value.
///
/// They are marked as never failing: they need no key and no rule, and each of their results is NULL or a value. So the engine may move a
/// condition on a masked column as it moves one on a plain column.
final class RoundingFunctions {
    static final String ROUND_DOWN = "round_down";
    static final String TRUNCATE = "truncate";

    private static final InvocationConvention CONVENTION = new InvocationConvention(ImmutableList.of(NEVER_NULL, NEVER_NULL),
            NULLABLE_RETURN, false, true);

    private RoundingFunctions() {
    }

    static List<MaskingFunction> all() {
        MethodHandle integral = roundDown("integral", Long.class, long.class);
        return ImmutableList.of(
                rounding(plain(TINYINT), constantly(integral)),
                rounding(plain(SMALLINT), constantly(integral)),
                rounding(plain(INTEGER), constantly(integral)),
                rounding(plain(BIGINT), constantly(integral)),
                rounding(type(StandardTypes.DECIMAL, numericVariable("p"), numericVariable("s")),
                        byWidth(integral, roundDown("decimal", Int128.class, Int128.class)), "p", "s"),
                rounding(plain(REAL), constantly(roundDown("real", Long.class, long.class))),
                rounding(plain(DOUBLE), constantly(roundDown("floating", Double.class, double.class))),
                truncating(plain(DATE), constantly(truncate("date", Long.class, long.class))),
                truncating(type(StandardTypes.TIMESTAMP, numericVariable("p")), byWidth(truncate("timestamp", Long.class, long.class),
                        truncate("longTimestamp", LongTimestamp.class, LongTimestamp.class)), "p"),
                truncating(type(StandardTypes.TIMESTAMP_WITH_TIME_ZONE, numericVariable("p")),
                        byWidth(truncate("zonedTimestamp", Long.class, long.class),
                                truncate("longZonedTimestamp", LongTimestampWithTimeZone.class, LongTimestampWithTimeZone.class)),
                        "p"),
                truncating(type(StandardTypes.TIME, numericVariable("p")), constantly(truncate("time", Long.class, long.class)), "p"),
                truncating(type(StandardTypes.TIME_WITH_TIME_ZONE, numericVariable("p")),
                        byWidth(truncate("zonedTime", Long.class, long.class),
                                truncate("longZonedTime", LongTimeWithTimeZone.class, LongTimeWithTimeZone.class)),
                        "p"));
    }

    private static TypeTemplate plain(Type type) {
        return fromTypeDescriptor(type.getTypeDescriptor());
    }

    private static MaskingFunction rounding(TypeTemplate type, Function<BoundSignature, MethodHandle> method, String... variables) {
        return function(ROUND_DOWN, "The multiple of a number at or below a value", RoundDownFunction.class, type, method, variables);
    }

    private static MaskingFunction truncating(TypeTemplate type, Function<BoundSignature, MethodHandle> method, String... variables) {
        return function(TRUNCATE, "The beginning of the unit of time that a value lies in", TruncateFunction.class, type, method,
                variables);
    }

    private static MaskingFunction function(String name, String description, Class<?> implementation, TypeTemplate type,
            Function<BoundSignature, MethodHandle> method, String... variables) {
        Signature.Builder signature = Signature.builder();
        for (String variable : variables) {
            signature.numericVariable(variable);
        }
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(name)
                .signature(signature.returnType(type).argumentType(type).argumentType(VARCHAR).build())
                .nullable().hidden().neverFails().description(description).build();
        try {
            MethodHandle constructor = lookup().findConstructor(implementation, methodType(void.class, Type.class));
            return new MaskingFunction(metadata, CONVENTION, method,
                    bound -> insertArguments(constructor, 0, bound.getReturnType()));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s has no constructor for a type".formatted(implementation.getSimpleName()), e);
        }
    }

    private static Function<BoundSignature, MethodHandle> constantly(MethodHandle method) {
        return _ -> method;
    }

    /// The engine keeps the values of one type in a word or in an object, by the parameters of the type.
    private static Function<BoundSignature, MethodHandle> byWidth(MethodHandle word, MethodHandle object) {
        return signature -> signature.getReturnType().getJavaType() == long.class ? word : object;
    }

    private static MethodHandle roundDown(String name, Class<?> result, Class<?> value) {
        return method(RoundDownFunction.class, name, result, value);
    }

    private static MethodHandle truncate(String name, Class<?> result, Class<?> value) {
        return method(TruncateFunction.class, name, result, value);
    }

    private static MethodHandle method(Class<?> implementation, String name, Class<?> result, Class<?> value) {
        try {
            return lookup().findVirtual(implementation, name, methodType(result, value, Slice.class));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s has no method %s".formatted(implementation.getSimpleName(), name), e);
        }
    }
}
