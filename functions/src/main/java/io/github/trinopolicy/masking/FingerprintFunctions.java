package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Collections.nCopies;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.List;

/// What statistics over a table say of its texts, so that no text leaves Trino: `fingerprint(value, key id, column id)`, a keyed hash, and
/// `shape(value)`, the kinds of its characters. For the service user alone.
final class FingerprintFunctions {
    static final String FINGERPRINT = "fingerprint";
    static final String SHAPE = "shape";

    private final KeyRing keyRing;

    FingerprintFunctions(KeyRing keyRing) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
    }

    List<MaskingFunction> all() {
        Lookup lookup = lookup();
        try {
            MethodHandle keyed = lookup.findConstructor(FingerprintFunction.class, methodType(void.class, KeyRing.class));
            return ImmutableList.of(
                    function(FINGERPRINT, "Keyed hash of a frequent value of a column under the data key of that id",
                            lookup.findVirtual(FingerprintFunction.class, "of",
                                    methodType(Slice.class, Slice.class, Slice.class, Slice.class)),
                            insertArguments(keyed, 0, keyRing)),
                    function(SHAPE, "The kinds of the characters of a text",
                            lookup.findVirtual(TextShape.class, "of", methodType(Slice.class, Slice.class)),
                            lookup.findConstructor(TextShape.class, methodType(void.class))));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A function of fingerprints lacks its method", e);
        }
    }

    /// Not marked as never failing: the key may be missing.
    private static MaskingFunction function(String name, String description, MethodHandle method, MethodHandle factory) {
        int arguments = method.type().parameterCount() - 1;
        Signature.Builder signature = Signature.builder().returnType(VARCHAR);
        nCopies(arguments, VARCHAR).forEach(signature::argumentType);
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(name)
                .signature(signature.build())
                .hidden()
                .description(description)
                .build();
        return new MaskingFunction(
                metadata,
                new InvocationConvention(nCopies(arguments, NEVER_NULL), FAIL_ON_NULL, false, true),
                _ -> method,
                _ -> factory);
    }
}
