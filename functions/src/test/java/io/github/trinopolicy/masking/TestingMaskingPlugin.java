package io.github.trinopolicy.masking;

import com.google.common.collect.ImmutableList;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A connector with the masking functions and nothing else.
record TestingMaskingPlugin(MaskingFunctions functions) implements Plugin {
    static final String CONNECTOR = "testing_masking";

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        return ImmutableList.of(new Factory(functions));
    }

    private record Factory(MaskingFunctions functions) implements ConnectorFactory {
        @Override
        public String getName() {
            return CONNECTOR;
        }

        @Override
        public Connector create(String catalogName, Map<String, String> config, ConnectorContext context) {
            return new FunctionConnector(functions);
        }
    }

    private enum Transaction implements ConnectorTransactionHandle {
        INSTANCE
    }

    private record FunctionConnector(MaskingFunctions functions) implements Connector {
        @Override
        public ConnectorTransactionHandle beginTransaction(IsolationLevel isolationLevel, boolean readOnly, boolean autoCommit) {
            return Transaction.INSTANCE;
        }

        @Override
        public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
            return new Metadata(functions);
        }

        @Override
        public Optional<FunctionProvider> getFunctionProvider() {
            return Optional.of(functions);
        }

        @Override
        public void shutdown() {
            // holds nothing
        }
    }

    private record Metadata(MaskingFunctions functions) implements ConnectorMetadata {
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
}
