package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.TypeTemplates.fromTypeDescriptor;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.VarbinaryType.VARBINARY;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Collections.nCopies;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.InvocationConvention.InvocationReturnConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.Int128;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;

/// The overloads of `unmask(column_name, value[, key_version])` and `mask_literal(column_name, value)`. The result has the type of the value.
///
/// None is deterministic, so that the engine never evaluates one while it plans: EXPLAIN would show the value.
final class UnmaskFunctions {
    private static final String UNMASK_DESCRIPTION = "Turns a masked value of a column back; needs an unmask policy. Values masked before a rotation of format-preserving keys need the version of their key";
    private static final String LITERAL_DESCRIPTION = "What you see in place of a value in a masked column, to compare the column with; needs an unmask policy";

    private final KeyRing keyRing;
    private final UnmaskAuthority authority;

    UnmaskFunctions(KeyRing keyRing, UnmaskAuthority authority) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        this.authority = requireNonNull(authority, "authority is null");
    }

    /// @param variables of the type
    /// @param method by the type that a call has
    private record Overload(TypeTemplate type, List<String> variables, Function<Type, String> method) {
        private static Overload of(Type type, String method) {
            return new Overload(fromTypeDescriptor(type.getTypeDescriptor()), ImmutableList.of(), _ -> method);
        }
    }

    List<MaskingFunction> all() {
        List<Overload> overloads = ImmutableList.of(Overload.of(VARCHAR, "text"), Overload.of(VARBINARY, "binary"),
                Overload.of(BIGINT, "number"), Overload.of(INTEGER, "number"), Overload.of(DATE, "date"),
                new Overload(type(StandardTypes.DECIMAL, numericVariable("p"), numericVariable("s")), ImmutableList.of("p", "s"),
                        type -> type.getJavaType() == long.class ? "number" : "largeNumber"));
        ImmutableList.Builder<MaskingFunction> functions = ImmutableList.builder();
        for (Overload overload : overloads) {
            functions.add(unmask(overload, false), unmask(overload, true), maskLiteral(overload));
        }
        return functions.build();
    }

    private MaskingFunction unmask(Overload overload, boolean withVersion) {
        Signature.Builder signature = signature(overload);
        if (withVersion) {
            signature.argumentType(BIGINT);
        }
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(Unmasker.NAME).signature(signature.build()).nondeterministic()
                .description(UNMASK_DESCRIPTION).build();
        return new MaskingFunction(metadata, convention(withVersion ? 3 : 2, FAIL_ON_NULL), bound -> {
            Class<?> value = bound.getReturnType().getJavaType();
            MethodHandle method = method(Unmasker.class, overload.method().apply(bound.getReturnType()),
                    value, ConnectorSession.class, Slice.class, value, long.class);
            return withVersion ? method : insertArguments(method, 4, Unmasker.ANY_VERSION);
        }, factory(Unmasker.class));
    }

    private MaskingFunction maskLiteral(Overload overload) {
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(LiteralMasker.NAME).signature(signature(overload).build())
                .nondeterministic()
                .nullable().description(LITERAL_DESCRIPTION).build();
        return new MaskingFunction(metadata, convention(2, NULLABLE_RETURN), bound -> {
            Class<?> value = bound.getReturnType().getJavaType();
            return method(LiteralMasker.class, overload.method().apply(bound.getReturnType()), value == long.class ? Long.class : value,
                    ConnectorSession.class, Slice.class, value);
        }, factory(LiteralMasker.class));
    }

    private static Signature.Builder signature(Overload overload) {
        Signature.Builder signature = Signature.builder().returnType(overload.type()).argumentType(VARCHAR).argumentType(overload.type());
        overload.variables().forEach(signature::numericVariable);
        return signature;
    }

    private static InvocationConvention convention(int arguments, InvocationReturnConvention result) {
        return new InvocationConvention(nCopies(arguments, NEVER_NULL), result, true, true);
    }

    private Function<BoundSignature, MethodHandle> factory(Class<?> function) {
        try {
            MethodHandle constructor = lookup().findConstructor(function,
                    methodType(void.class, KeyRing.class, UnmaskAuthority.class, Type.class));
            return bound -> insertArguments(constructor, 0, keyRing, authority, bound.getReturnType());
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s has no constructor for a type".formatted(function.getSimpleName()), e);
        }
    }

    private static MethodHandle method(Class<?> function, String name, Class<?> result, Class<?>... arguments) {
        try {
            return lookup().findVirtual(function, name, methodType(result, arguments));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s has no method %s".formatted(function.getSimpleName(), name), e);
        }
    }
}
