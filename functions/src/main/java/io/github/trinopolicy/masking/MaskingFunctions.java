package io.github.trinopolicy.masking;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableList;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencies;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.function.SchemaFunctionName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The masking functions of a connector. They are for the expressions of masks and filters alone; access control must keep them from users, who could otherwise
/// test guesses with them. Thread-safe.
public final class MaskingFunctions implements FunctionProvider {
    public static final String SCHEMA = "masking";

    private final Map<FunctionId, MaskingFunction> functions;

    public MaskingFunctions(KeyRing keyRing, ValueSets valueSets) {
        List<MaskingFunction> single = List.of(new MinimizeFunctions(keyRing).function(), new ValueInSetFunctions(valueSets).function(),
                MayFailFunction.function());
        functions = Stream
                .of(new HashFunctions(keyRing).all(), new FormatPreservingFunctions(keyRing).all(), new ReversibleFunctions(keyRing).all(),
                        single, RegexFunctions.all(), RoundingFunctions.all())
                .flatMap(List::stream)
                .collect(toImmutableMap(function -> function.metadata().getFunctionId(), function -> function));
    }

    public Collection<FunctionMetadata> listFunctions(String schema) {
        return schema.equals(SCHEMA) ? all() : ImmutableList.of();
    }

    /// Empty if there is none of this name.
    public Collection<FunctionMetadata> getFunctions(SchemaFunctionName name) {
        return listFunctions(name.schemaName()).stream()
                .filter(metadata -> metadata.getCanonicalName().equals(name.functionName()))
                .collect(toImmutableList());
    }

    public FunctionMetadata getFunctionMetadata(FunctionId functionId) {
        return function(functionId).metadata();
    }

    @Override
    public ScalarFunctionImplementation getScalarFunctionImplementation(FunctionId functionId, BoundSignature boundSignature,
            FunctionDependencies functionDependencies, InvocationConvention invocationConvention) {
        return function(functionId).implement(boundSignature, invocationConvention);
    }

    private MaskingFunction function(FunctionId functionId) {
        MaskingFunction function = functions.get(functionId);
        if (function == null) {
            throw new IllegalArgumentException("Unknown masking function " + functionId);
        }
        return function;
    }

    private List<FunctionMetadata> all() {
        return functions.values().stream().map(MaskingFunction::metadata).collect(toImmutableList());
    }
}
