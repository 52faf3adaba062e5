package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.TypeTemplates.typeVariable;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.Int128;
import io.trino.spi.type.RealType;
import io.trino.spi.type.Type;
import java.lang.invoke.MethodHandle;

/// `value_in_set(value, reference)`, which tells whether a value is one of a set that the store keeps. NULL for NULL.
final class ValueInSetFunctions {
    static final String NAME = "value_in_set";

    private final ValueSets valueSets;

    ValueInSetFunctions(ValueSets valueSets) {
        this.valueSets = requireNonNull(valueSets, "valueSets is null");
    }

    MaskingFunction function() {
        // not marked as never failing: the set may be missing
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(NAME)
                .signature(Signature.builder().typeVariable("T").returnType(BOOLEAN).argumentType(typeVariable("T")).argumentType(VARCHAR)
                        .build())
                .hidden()
                .description("True for the values of the set of that reference")
                .build();
        try {
            MethodHandle constructor = lookup().findConstructor(ValueInSetFunction.class,
                    methodType(void.class, ValueSets.class, Type.class));
            return new MaskingFunction(
                    metadata,
                    new InvocationConvention(ImmutableList.of(NEVER_NULL, NEVER_NULL), FAIL_ON_NULL, false, true),
                    signature -> method(signature.getArgumentType(0)),
                    signature -> insertArguments(constructor, 0, valueSets, signature.getArgumentType(0)));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ValueInSetFunction has no constructor for a type", e);
        }
    }

    /// By how the engine keeps the values of the type.
    private static MethodHandle method(Type type) {
        if (type instanceof RealType) {
            return method("real", long.class);
        }
        Class<?> kept = type.getJavaType();
        if (kept == long.class) {
            return method("word", long.class);
        }
        if (kept == double.class) {
            return method("floating", double.class);
        }
        if (kept == Slice.class) {
            return method("slice", Slice.class);
        }
        if (kept == Int128.class) {
            return method("decimal", Int128.class);
        }
        throw new IllegalArgumentException("No set holds values of type %s".formatted(type));
    }

    private static MethodHandle method(String name, Class<?> value) {
        try {
            return lookup().findVirtual(ValueInSetFunction.class, name, methodType(boolean.class, value, Slice.class));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ValueInSetFunction has no method %s".formatted(name), e);
        }
    }
}
