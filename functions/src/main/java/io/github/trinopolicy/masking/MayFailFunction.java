package io.github.trinopolicy.masking;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.type.TypeTemplates.typeVariable;
import static java.lang.invoke.MethodHandles.constant;
import static java.lang.invoke.MethodHandles.dropArguments;
import static java.lang.invoke.MethodHandles.identity;

import com.google.common.collect.ImmutableList;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.Signature;

/// `may_fail(value)` is the value. It keeps the `try` around it.
///
/// Trino leaves out a `try` around what it takes as never failing, and it takes some conversions so that do fail: of a number into a decimal
/// that is too small, of a date far from now into a timestamp, of a JSON object into text. Their errors quote the value. Of a function that is
/// not marked as never failing Trino believes that it may fail.
final class MayFailFunction {
    static final String NAME = "may_fail";

    private MayFailFunction() {
    }

    static MaskingFunction function() {
        FunctionMetadata metadata = FunctionMetadata.scalarBuilder(NAME)
                .signature(Signature.builder().typeVariable("T").returnType(typeVariable("T")).argumentType(typeVariable("T")).build())
                .hidden()
                .description("The value; keeps the TRY around it")
                .build();
        return new MaskingFunction(
                metadata,
                new InvocationConvention(ImmutableList.of(NEVER_NULL), FAIL_ON_NULL, false, true),
                signature -> dropArguments(identity(signature.getReturnType().getJavaType()), 0, Object.class),
                _ -> constant(Object.class, NAME));
    }
}
