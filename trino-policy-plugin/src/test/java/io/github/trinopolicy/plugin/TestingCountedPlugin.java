package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.spi.Plugin;
import io.trino.spi.connector.ColumnHandle;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorPageSinkProvider;
import io.trino.spi.connector.ConnectorPageSourceProvider;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorSplitManager;
import io.trino.spi.connector.ConnectorSplitSource;
import io.trino.spi.connector.ConnectorTableHandle;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.Constraint;
import io.trino.spi.transaction.IsolationLevel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The connector `counted`: tables in memory, where each look at their data is counted.
final class TestingCountedPlugin implements Plugin {
    private final AtomicInteger reads = new AtomicInteger();

    int reads() {
        return reads.get();
    }

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        ConnectorFactory memory = TestingPolicyServer.only(new MemoryPlugin().getConnectorFactories());
        return ImmutableList.of(new ConnectorFactory() {
            @Override
            public String getName() {
                return "counted";
            }

            @Override
            public Connector create(String catalog, Map<String, String> config, ConnectorContext context) {
                return new CountedConnector(memory.create(catalog, config, context), reads);
            }
        });
    }

    private static final class CountedConnector implements Connector {
        private final Connector delegate;
        private final AtomicInteger reads;

        private CountedConnector(Connector delegate, AtomicInteger reads) {
            this.delegate = requireNonNull(delegate, "delegate is null");
            this.reads = requireNonNull(reads, "reads is null");
        }

        @Override
        public ConnectorTransactionHandle beginTransaction(IsolationLevel isolationLevel, boolean readOnly, boolean autoCommit) {
            return delegate.beginTransaction(isolationLevel, readOnly, autoCommit);
        }

        @Override
        public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
            return delegate.getMetadata(session, transaction);
        }

        @Override
        public ConnectorSplitManager getSplitManager() {
            return new ConnectorSplitManager() {
                @Override
                public ConnectorSplitSource getSplits(ConnectorTransactionHandle transaction, ConnectorSession session,
                        ConnectorTableHandle table, Set<ColumnHandle> dynamicFilterColumns, Constraint constraint) {
                    reads.incrementAndGet();
                    return delegate.getSplitManager().getSplits(transaction, session, table, dynamicFilterColumns, constraint);
                }
            };
        }

        @Override
        public ConnectorPageSourceProvider getPageSourceProvider() {
            return delegate.getPageSourceProvider();
        }

        @Override
        public ConnectorPageSinkProvider getPageSinkProvider() {
            return delegate.getPageSinkProvider();
        }

        @Override
        public void shutdown() {
            delegate.shutdown();
        }
    }
}
