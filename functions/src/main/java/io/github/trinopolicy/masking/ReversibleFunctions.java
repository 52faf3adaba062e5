package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.NULLABLE_RETURN;
import static io.trino.spi.type.TypeTemplates.fromTypeDescriptor;
import static io.trino.spi.type.TypeTemplates.numericVariable;
import static io.trino.spi.type.TypeTemplates.type;
import static io.trino.spi.type.TypeTemplates.typeVariable;
import static io.trino.spi.type.VarbinaryType.VARBINARY;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.block.SqlRow;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import io.trino.spi.type.RowType;
import io.trino.spi.type.StandardTypes;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeTemplate;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/// The overloads of `reversible(value, key id, column id, row key)`, `reversible_equal(value, key id, column id)` and
/// `reversible_random(value, key id, column id)`. The result has the type of the value; [TokenMode] says what equal tokens mean.
///
/// Three names, because only one of them is not deterministic: the engine folds a call, and takes two calls for one, by what is declared.
final class ReversibleFunctions {
    static final String BY_ROW = "reversible";
    static final String EQUAL = "reversible_equal";
    static final String RANDOM = "reversible_random";

    private static final String DESCRIPTION = "Token that only unmask turns back, under the data key of that id";

    private final KeyRing keyRing;

    ReversibleFunctions(KeyRing keyRing) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
    }

    List<MaskingFunction> all() {
        TypeTemplate binary = fromTypeDescriptor(VARBINARY.getTypeDescriptor());
        return Stream.of(type(StandardTypes.VARCHAR, numericVariable("x")), type(StandardTypes.CHAR, numericVariable("x")), binary)
                .flatMap(type -> Stream.of(byRow(type, type.equals(binary)),
                        withoutRow(type, type.equals(binary), EQUAL, TokenMode.KEEP_EQUALITY),
                        withoutRow(type, type.equals(binary), RANDOM, TokenMode.RANDOM)))
                .toList();
    }

    private static Signature.Builder signature(TypeTemplate type, boolean binary) {
        Signature.Builder signature = Signature.builder().returnType(type).argumentType(type).argumentType(VARCHAR).argumentType(VARCHAR);
        return binary ? signature : signature.numericVariable("x");
    }

    /// Not marked as never failing: the key may be missing.
    private static FunctionMetadata.Builder metadata(String name, Signature signature) {
        return FunctionMetadata.scalarBuilder(name).signature(signature).nullable().hidden().description(DESCRIPTION);
    }

    private MaskingFunction byRow(TypeTemplate type, boolean binary) {
        FunctionMetadata metadata = metadata(BY_ROW,
                signature(type, binary).rowTypeParameter("T").argumentType(typeVariable("T")).build()).build();
        try {
            MethodHandle constructor = lookup().findConstructor(ReversibleFunction.OfRow.class,
                    methodType(void.class, KeyRing.class, Type.class, RowType.class));
            MethodHandle method = lookup().findVirtual(ReversibleFunction.OfRow.class, "encrypt",
                    methodType(Slice.class, Slice.class, Slice.class, Slice.class, SqlRow.class));
            return new MaskingFunction(metadata, convention(4), _ -> method, signature -> insertArguments(constructor, 0, keyRing,
                    signature.getReturnType(), signature.getArgumentType(3)));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ReversibleFunction.OfRow does not look as expected", e);
        }
    }

    private MaskingFunction withoutRow(TypeTemplate type, boolean binary, String name, TokenMode mode) {
        FunctionMetadata.Builder metadata = metadata(name, signature(type, binary).build());
        if (mode == TokenMode.RANDOM) {
            metadata.nondeterministic();
        }
        try {
            MethodHandle constructor = lookup().findConstructor(ReversibleFunction.class,
                    methodType(void.class, KeyRing.class, Type.class, TokenMode.class));
            MethodHandle method = lookup().findVirtual(ReversibleFunction.class, "encrypt",
                    methodType(Slice.class, Slice.class, Slice.class, Slice.class));
            return new MaskingFunction(metadata.build(), convention(3), _ -> method,
                    signature -> insertArguments(constructor, 0, keyRing, signature.getReturnType(), mode));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ReversibleFunction does not look as expected", e);
        }
    }

    private static InvocationConvention convention(int arguments) {
        return new InvocationConvention(ImmutableList.copyOf(Collections.nCopies(arguments, NEVER_NULL)), NULLABLE_RETURN, false,
                true);
    }
}
