package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.TypeTemplates.typeVariable;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.block.SqlRow;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.RowType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;

/// `minimize(row key, key id, percent)`, which tells whether a row belongs to the stable share that is shown. The row key is a row of values.
final class MinimizeFunctions {
    static final String NAME = "minimize";

    private final KeyRing keyRing;

    MinimizeFunctions(KeyRing keyRing) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
    }

    MaskingFunction function() {
        // not marked as never failing: the key may be missing
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(NAME)
                .signature(Signature.builder().rowTypeParameter("T").returnType(BOOLEAN)
                        .argumentType(typeVariable("T")).argumentType(VARCHAR).argumentType(DOUBLE).build())
                .hidden()
                .description("True for a stable share of the rows, chosen by a hash of their key under the data key of that id")
                .build();
        Lookup lookup = lookup();
        try {
            MethodHandle constructor = lookup.findConstructor(MinimizeFunction.class,
                    methodType(void.class, KeyRing.class, RowType.class));
            MethodHandle belongs = lookup.findVirtual(MinimizeFunction.class, "belongs",
                    methodType(boolean.class, SqlRow.class, Slice.class, double.class));
            return new MaskingFunction(
                    metadata,
                    new InvocationConvention(ImmutableList.of(NEVER_NULL, NEVER_NULL, NEVER_NULL), FAIL_ON_NULL, false, true),
                    _ -> belongs,
                    signature -> insertArguments(constructor, 0, keyRing, (RowType) signature.getArgumentType(0)));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("MinimizeFunction has no method belongs", e);
        }
    }
}
