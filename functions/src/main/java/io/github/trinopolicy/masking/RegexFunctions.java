package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// The overloads of `regex(value, pattern, replacement, first only, keep)`. The result has the type of the value.
final class RegexFunctions {
    static final String NAME = "regex";

    private static final InvocationConvention CONVENTION = new InvocationConvention(
            ImmutableList.of(NEVER_NULL, NEVER_NULL, NEVER_NULL, NEVER_NULL, NEVER_NULL), NULLABLE_RETURN, false, true);

    private RegexFunctions() {
    }

    static List<MaskingFunction> all() {
        return ImmutableList.of(function(StandardTypes.VARCHAR), function(StandardTypes.CHAR));
    }

    /// Not marked as never failing: a pattern can take so long that the query is stopped, so it should run on no row in vain.
    private static MaskingFunction function(String typeName) {
        TypeTemplate type = type(typeName, numericVariable("x"));
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(NAME)
                .signature(Signature.builder().numericVariable("x").returnType(type).argumentType(type).argumentType(VARCHAR)
                        .argumentType(VARCHAR).argumentType(BOOLEAN).argumentType(BOOLEAN).build())
                .nullable().hidden().description("Text in which what matches a pattern is replaced").build();
        try {
            MethodHandle constructor = lookup().findConstructor(RegexFunction.class, methodType(void.class, Type.class));
            MethodHandle method = lookup().findVirtual(RegexFunction.class, "replace",
                    methodType(Slice.class, Slice.class, Slice.class, Slice.class, boolean.class, boolean.class));
            return new MaskingFunction(metadata, CONVENTION, _ -> method,
                    signature -> insertArguments(constructor, 0, signature.getReturnType()));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("RegexFunction does not look as expected", e);
        }
    }
}
