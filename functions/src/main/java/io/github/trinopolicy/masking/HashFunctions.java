package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.TypeTemplates.fromTypeDescriptor;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.VarbinaryType.VARBINARY;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.InvocationConvention.InvocationReturnConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.List;

/// The overloads of `hash(value, key id)`. The result has the type of the value.
final class HashFunctions {
    static final String NAME = "hash";

    private static final String DESCRIPTION = "Keyed hash of a value under the data key of that id";

    private final KeyRing keyRing;

    HashFunctions(KeyRing keyRing) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
    }

    List<MaskingFunction> all() {
        return ImmutableList.of(
                text(StandardTypes.VARCHAR),
                text(StandardTypes.CHAR),
                function(scalar(VARBINARY), "binary", Slice.class, FAIL_ON_NULL),
                function(scalar(BIGINT), "bigint", long.class, FAIL_ON_NULL),
                function(scalar(INTEGER), "integer", long.class, FAIL_ON_NULL));
    }

    private MaskingFunction text(String typeName) {
        TypeTemplate type = type(typeName, numericVariable("x"));
        FunctionMetadata metadata = metadata(signature(type).numericVariable("x")).nullable().build();
        return function(metadata, "text", Slice.class, NULLABLE_RETURN);
    }

    private static FunctionMetadata scalar(Type type) {
        return metadata(signature(fromTypeDescriptor(type.getTypeDescriptor()))).build();
    }

    private static Signature.Builder signature(TypeTemplate type) {
        return Signature.builder().returnType(type).argumentType(type).argumentType(VARCHAR);
    }

    /// Not marked as never failing: the key may be missing.
    private static FunctionMetadata.Builder metadata(Signature.Builder signature) {
        return FunctionMetadata.scalarBuilder(NAME).signature(signature.build()).hidden().description(DESCRIPTION);
    }

    private MaskingFunction function(FunctionMetadata metadata, String method, Class<?> valueType, InvocationReturnConvention result) {
        Lookup lookup = lookup();
        try {
            MethodHandle constructor = lookup.findConstructor(HashFunction.class, methodType(void.class, KeyRing.class, Type.class));
            MethodHandle handle = lookup.findVirtual(HashFunction.class, method, methodType(valueType, valueType, Slice.class));
            return new MaskingFunction(
                    metadata,
                    new InvocationConvention(ImmutableList.of(NEVER_NULL, NEVER_NULL), result, false, true),
                    _ -> handle,
                    signature -> insertArguments(constructor, 0, keyRing, signature.getReturnType()));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("HashFunction has no method %s".formatted(method), e);
        }
    }
}
