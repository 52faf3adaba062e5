package io.github.trinopolicy.masking;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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

/// The scalar functions of a connector. Those of the schema `masking` are for the expressions of masks and filters alone; access control must keep
/// them from users, who could otherwise test guesses with them. Those of `functions` turn masked values back, for whom the [UnmaskAuthority]
/// permits it. Thread-safe.
public final class MaskingFunctions implements FunctionProvider {
    public static final String SCHEMA = "masking";

    public static final String UNMASKING_SCHEMA = "functions";

    private final Map<String, List<MaskingFunction>> bySchema;
    private final Map<FunctionId, MaskingFunction> functions;

    public MaskingFunctions(KeyRing keyRing, ValueSets valueSets) {
        this(ImmutableMap.of(SCHEMA, masking(keyRing, valueSets)));
    }

    public MaskingFunctions(KeyRing keyRing, ValueSets valueSets, UnmaskAuthority authority) {
        this(ImmutableMap.of(SCHEMA, masking(keyRing, valueSets), UNMASKING_SCHEMA, new UnmaskFunctions(keyRing, authority).all()));
    }

    private MaskingFunctions(Map<String, List<MaskingFunction>> bySchema) {
        this.bySchema = ImmutableMap.copyOf(bySchema);
        functions = bySchema.values().stream().flatMap(List::stream)
                .collect(toImmutableMap(function -> function.metadata().getFunctionId(), function -> function));
    }

    private static List<MaskingFunction> masking(KeyRing keyRing, ValueSets valueSets) {
        List<MaskingFunction> single = List.of(new MinimizeFunctions(keyRing).function(), new ValueInSetFunctions(valueSets).function(),
                MayFailFunction.function());
        return Stream
                .of(new HashFunctions(keyRing).all(), new FormatPreservingFunctions(keyRing).all(), new ReversibleFunctions(keyRing).all(),
                        new FingerprintFunctions(keyRing).all(), single, RegexFunctions.all(), RoundingFunctions.all())
                .flatMap(List::stream)
                .collect(toImmutableList());
    }

    public Collection<FunctionMetadata> listFunctions(String schema) {
        return bySchema.getOrDefault(schema, ImmutableList.of()).stream().map(MaskingFunction::metadata).collect(toImmutableList());
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
}
