package io.github.trinopolicy.masking;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionAdapter;
import io.trino.spi.function.ScalarFunctionImplementation;
import java.lang.invoke.MethodHandle;
import java.util.function.Function;

/// One overload of a masking function.
///
/// @param method for a call site of this signature, takes an instance and then the arguments by `convention`
/// @param instanceFactory for a call site of this signature, a factory without arguments; its instances belong to one thread each
record MaskingFunction(FunctionMetadata metadata, InvocationConvention convention,
        Function<BoundSignature, MethodHandle> method,
        Function<BoundSignature, MethodHandle> instanceFactory) {
    MaskingFunction {
        requireNonNull(metadata, "metadata is null");
        requireNonNull(convention, "convention is null");
        requireNonNull(method, "method is null");
        requireNonNull(instanceFactory, "instanceFactory is null");
        checkArgument(convention.supportsInstanceFactory(), "The convention has no instance factory");
    }

    /// The instance is an `Object` to the engine: the code that it generates is not loaded by the class loader of the plugin.
    ScalarFunctionImplementation implement(BoundSignature signature, InvocationConvention expected) {
        MethodHandle factory = instanceFactory.apply(signature);
        MethodHandle own = method.apply(signature);
        MethodHandle adapted = ScalarFunctionAdapter.adapt(
                own.asType(own.type().changeParameterType(0, Object.class)),
                signature.getReturnType(),
                signature.getArgumentTypes(),
                convention,
                expected);
        return ScalarFunctionImplementation.builder()
                .methodHandle(adapted)
                .instanceFactory(factory.asType(factory.type().changeReturnType(Object.class)))
                .build();
    }
}
