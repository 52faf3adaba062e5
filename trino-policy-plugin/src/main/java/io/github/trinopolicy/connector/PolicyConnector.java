package io.github.trinopolicy.connector;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorSplitManager;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.SystemTable;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.table.ConnectorTableFunction;
import io.trino.spi.procedure.Procedure;
import io.trino.spi.transaction.IsolationLevel;
import java.util.Optional;
import java.util.Set;

/// The catalog `policy` of one node. A worker has the masking functions and prints the rows of answers; all else is the coordinator's.
public final class PolicyConnector implements Connector {
    private final MaskingFunctions maskingFunctions;
    private final AnswerFunctions answerFunctions;
    private final Set<Procedure> procedures;
    private final Set<SystemTable> systemTables;
    private final Runnable onShutdown;

    private PolicyConnector(MaskingFunctions maskingFunctions, AnswerFunctions answerFunctions, Set<Procedure> procedures,
            Set<SystemTable> systemTables,
            Runnable onShutdown) {
        this.maskingFunctions = requireNonNull(maskingFunctions, "maskingFunctions is null");
        this.answerFunctions = requireNonNull(answerFunctions, "answerFunctions is null");
        this.procedures = ImmutableSet.copyOf(procedures);
        this.systemTables = ImmutableSet.copyOf(systemTables);
        this.onShutdown = requireNonNull(onShutdown, "onShutdown is null");
    }

    public static PolicyConnector onCoordinator(MaskingFunctions maskingFunctions, AnswerFunctions answerFunctions,
            AdminProcedures adminProcedures, SessionProcedures sessionProcedures,
            MetadataTables tables, Runnable onShutdown) {
        return new PolicyConnector(maskingFunctions, answerFunctions,
                Sets.union(adminProcedures.procedures(), sessionProcedures.procedures()), tables.tables(), onShutdown);
    }

    public static PolicyConnector onWorker(MaskingFunctions maskingFunctions, Runnable onShutdown) {
        return new PolicyConnector(maskingFunctions, AnswerFunctions.none(), ImmutableSet.of(), ImmutableSet.of(), onShutdown);
    }

    @Override
    public ConnectorTransactionHandle beginTransaction(IsolationLevel isolationLevel, boolean readOnly, boolean autoCommit) {
        return PolicyTransaction.INSTANCE;
    }

    @Override
    public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
        return new PolicyConnectorMetadata(maskingFunctions);
    }

    @Override
    public ConnectorSplitManager getSplitManager() {
        return answerFunctions;
    }

    @Override
    public Optional<FunctionProvider> getFunctionProvider() {
        return Optional.of(new PolicyFunctionProvider(maskingFunctions, answerFunctions));
    }

    @Override
    public Set<Procedure> getProcedures() {
        return procedures;
    }

    @Override
    public Set<ConnectorTableFunction> getTableFunctions() {
        return answerFunctions.tableFunctions();
    }

    @Override
    public Set<SystemTable> getSystemTables() {
        return systemTables;
    }

    @Override
    public void shutdown() {
        onShutdown.run();
    }
}
