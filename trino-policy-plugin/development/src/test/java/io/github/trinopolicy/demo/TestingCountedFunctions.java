package io.github.trinopolicy.demo;

import static java.lang.invoke.MethodHandles.foldArguments;
import static java.lang.invoke.MethodHandles.lookup;
import static java.lang.invoke.MethodType.methodType;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.spi.Plugin;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencies;
import io.trino.spi.function.FunctionDependencyDeclaration;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.transaction.IsolationLevel;
import java.lang.invoke.MethodHandle;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A catalog `counted` with the masking functions, which counts how often the engine calls any of them. Thread-safe.
final class TestingCountedFunctions implements Plugin, ConnectorFactory, Connector, ConnectorMetadata, FunctionProvider {
    static final String CONNECTOR = "testing_counted_functions";

    private final MaskingFunctions functions;
    private final AtomicLong calls = new AtomicLong();

    TestingCountedFunctions(MaskingFunctions functions) {
        this.functions = requireNonNull(functions, "functions is null");
    }

    /// Since the last time that it was asked.
    long takeCalls() {
        return calls.getAndSet(0);
    }

    void count() {
        calls.incrementAndGet();
    }

    @Override
    public ScalarFunctionImplementation getScalarFunctionImplementation(FunctionId functionId, BoundSignature boundSignature,
            FunctionDependencies functionDependencies, InvocationConvention invocationConvention) {
        ScalarFunctionImplementation implementation = functions.getScalarFunctionImplementation(functionId, boundSignature,
                functionDependencies,
                invocationConvention);
        try {
            MethodHandle count = lookup().bind(this, "count", methodType(void.class));
            return ScalarFunctionImplementation.builder()
                    .methodHandle(foldArguments(implementation.getMethodHandle(), count))
                    .instanceFactory(implementation.getInstanceFactory().orElseThrow())
                    .build();
        }
        catch (ReflectiveOperationException e) {
            throw new LinkageError("The counter has no method count", e);
        }
    }

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        return ImmutableList.of(this);
    }

    @Override
    public String getName() {
        return CONNECTOR;
    }

    @Override
    public Connector create(String catalogName, Map<String, String> config, ConnectorContext context) {
        return this;
    }

    @Override
    public ConnectorTransactionHandle beginTransaction(IsolationLevel isolationLevel, boolean readOnly, boolean autoCommit) {
        return Transaction.INSTANCE;
    }

    @Override
    public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
        return this;
    }

    @Override
    public Optional<FunctionProvider> getFunctionProvider() {
        return Optional.of(this);
    }

    @Override
    public void shutdown() {
        // holds nothing
    }

    @Override
    public List<String> listSchemaNames(ConnectorSession session) {
        return ImmutableList.of(MaskingFunctions.SCHEMA);
    }

    @Override
    public Collection<FunctionMetadata> listFunctions(ConnectorSession session, String schemaName) {
        return functions.listFunctions(schemaName);
    }

    @Override
    public Collection<FunctionMetadata> getFunctions(ConnectorSession session, SchemaFunctionName name) {
        return functions.getFunctions(name);
    }

    @Override
    public FunctionMetadata getFunctionMetadata(ConnectorSession session, FunctionId functionId) {
        return functions.getFunctionMetadata(functionId);
    }

    @Override
    public FunctionDependencyDeclaration getFunctionDependencies(ConnectorSession session, FunctionId functionId,
            BoundSignature boundSignature) {
        return FunctionDependencyDeclaration.NO_DEPENDENCIES;
    }

    private enum Transaction implements ConnectorTransactionHandle {
        INSTANCE
    }
}
