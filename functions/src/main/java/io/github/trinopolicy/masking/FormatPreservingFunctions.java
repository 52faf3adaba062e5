package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.TypeTemplates.fromTypeDescriptor;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Collections.nCopies;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.Int128;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.function.Function;

/// The overloads of `format_preserving(value, key id, column id)`, for texts with an alphabet behind. The result has the type of the value.
final class FormatPreservingFunctions {
    static final String NAME = "format_preserving";

    private static final String DESCRIPTION = "Encryption of a value that looks like one, under the data key of that id";

    private final KeyRing keyRing;

    FormatPreservingFunctions(KeyRing keyRing) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
    }

    List<MaskingFunction> all() {
        MethodHandle number = method("number", methodType(Long.class, long.class, Slice.class, Slice.class));
        MethodHandle largeNumber = method("largeNumber", methodType(Int128.class, Int128.class, Slice.class, Slice.class));
        MethodHandle date = method("date", methodType(Long.class, long.class, Slice.class, Slice.class));
        return ImmutableList.of(
                text(StandardTypes.VARCHAR),
                text(StandardTypes.CHAR),
                function(signature(scalar(BIGINT)), 3, _ -> number),
                function(signature(scalar(INTEGER)), 3, _ -> number),
                function(signature(type(StandardTypes.DECIMAL, numericVariable("p"), numericVariable("s")))
                        .numericVariable("p").numericVariable("s"), 3,
                        signature -> signature.getReturnType().getJavaType() == long.class ? number : largeNumber),
                function(signature(scalar(DATE)), 3, _ -> date));
    }

    private MaskingFunction text(String typeName) {
        MethodHandle text = method("text", methodType(Slice.class, Slice.class, Slice.class, Slice.class, Slice.class));
        return function(signature(type(typeName, numericVariable("x"))).argumentType(VARCHAR).numericVariable("x"), 4, _ -> text);
    }

    private static TypeTemplate scalar(Type type) {
        return fromTypeDescriptor(type.getTypeDescriptor());
    }

    private static Signature.Builder signature(TypeTemplate type) {
        return Signature.builder().returnType(type).argumentType(type).argumentType(VARCHAR).argumentType(VARCHAR);
    }

    /// Not marked as never failing: the key may be missing.
    private MaskingFunction function(Signature.Builder signature, int arguments, Function<BoundSignature, MethodHandle> method) {
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(NAME).signature(signature.build()).nullable().hidden()
                .description(DESCRIPTION).build();
        try {
            MethodHandle constructor = lookup().findConstructor(FormatPreservingFunction.class,
                    methodType(void.class, KeyRing.class, Type.class));
            return new MaskingFunction(metadata,
                    new InvocationConvention(nCopies(arguments, NEVER_NULL), NULLABLE_RETURN, false, true), method,
                    bound -> insertArguments(constructor, 0, keyRing, bound.getReturnType()));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("FormatPreservingFunction has no constructor for a type", e);
        }
    }

    private static MethodHandle method(String name, MethodType type) {
        try {
            return lookup().findVirtual(FormatPreservingFunction.class, name, type);
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("FormatPreservingFunction has no method %s".formatted(name), e);
        }
    }
}
