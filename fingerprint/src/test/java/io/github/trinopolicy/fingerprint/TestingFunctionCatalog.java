package io.github.trinopolicy.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.plugin.tpch.TpchPlugin;
import io.trino.spi.Plugin;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencyDeclaration;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.transaction.IsolationLevel;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import io.trino.testing.TestingSession;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The catalog `policy` with the masking functions and one key, and no access control.
final class TestingFunctionCatalog implements Plugin, ConnectorFactory, Connector, ConnectorMetadata {
    private final MaskingFunctions functions = new MaskingFunctions(
            _ -> DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8)),
            _ -> {
                throw new UnsupportedOperationException("no statement of a fingerprint looks into a set");
            });

    private enum Transaction implements ConnectorTransactionHandle {
        INSTANCE
    }

    /// An engine with the catalogs `policy`, `memory` and `tpch`.
    static QueryRunner engine() {
        QueryRunner runner = new StandaloneQueryRunner(TestingSession.testSession());
        TestingFunctionCatalog functions = new TestingFunctionCatalog();
        runner.installPlugin(functions);
        runner.createCatalog("policy", functions.getName(), ImmutableMap.of());
        runner.installPlugin(new MemoryPlugin());
        runner.createCatalog("memory", "memory", ImmutableMap.of("memory.max-data-per-node", "3GB"));
        runner.installPlugin(new TpchPlugin());
        runner.createCatalog("tpch", "tpch", ImmutableMap.of());
        return runner;
    }

    /// The only row of the answer, as texts.
    static List<@Nullable String> onlyRow(QueryRunner runner, String sql) {
        return runner.execute(sql).getMaterializedRows().getFirst().getFields().stream()
                .<@Nullable String>map(field -> Objects.toString(field, null)).toList();
    }

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        return ImmutableList.of(this);
    }

    @Override
    public String getName() {
        return "testing_functions";
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
        return Optional.of(functions);
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
}
