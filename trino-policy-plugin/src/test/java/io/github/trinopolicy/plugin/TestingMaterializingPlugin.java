package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.slice.Slice;
import io.trino.plugin.base.classloader.ClassLoaderSafeConnectorMetadata;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.spi.Plugin;
import io.trino.spi.RefreshType;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnMetadata;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.connector.ConnectorInsertTableHandle;
import io.trino.spi.connector.ConnectorMaterializedViewDefinition;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorOutputMetadata;
import io.trino.spi.connector.ConnectorPageSinkProvider;
import io.trino.spi.connector.ConnectorPageSourceProvider;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorSplitManager;
import io.trino.spi.connector.ConnectorTableHandle;
import io.trino.spi.connector.ConnectorTableMetadata;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.MaterializedViewFreshness;
import io.trino.spi.connector.MaterializedViewFreshness.Freshness;
import io.trino.spi.connector.RetryMode;
import io.trino.spi.connector.SaveMode;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.statistics.ComputedStatistics;
import io.trino.spi.transaction.IsolationLevel;
import io.trino.spi.type.TypeManager;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The connector `materializing`: tables in memory, and materialized views that keep their copy in such a table. A view is stale until it is
/// refreshed, and then fresh for good.
final class TestingMaterializingPlugin implements Plugin {
    /// What the name of the table with the copy ends with.
    static final String STORAGE = "$materialized_view_storage";

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        ConnectorFactory memory = TestingPolicyServer.only(new MemoryPlugin().getConnectorFactories());
        return ImmutableList.of(new ConnectorFactory() {
            @Override
            public String getName() {
                return "materializing";
            }

            @Override
            public Connector create(String catalog, Map<String, String> config, ConnectorContext context) {
                return new MaterializingConnector(memory.create(catalog, config, context), new Views(catalog, context.getTypeManager()));
            }
        });
    }

    private static final class Views {
        private final String catalog;
        private final TypeManager typeManager;
        private final Map<SchemaTableName, ConnectorMaterializedViewDefinition> definitions = new ConcurrentHashMap<>();
        private final Set<String> fresh = ConcurrentHashMap.newKeySet();

        private Views(String catalog, TypeManager typeManager) {
            this.catalog = requireNonNull(catalog, "catalog is null");
            this.typeManager = requireNonNull(typeManager, "typeManager is null");
        }
    }

    private static final class MaterializingMetadata extends ClassLoaderSafeConnectorMetadata {
        private final Views views;

        private MaterializingMetadata(ConnectorMetadata memory, Views views) {
            super(memory, MaterializingMetadata.class.getClassLoader());
            this.views = requireNonNull(views, "views is null");
        }

        @Override
        public void createMaterializedView(ConnectorSession session, SchemaTableName name, ConnectorMaterializedViewDefinition view,
                Map<String, Object> properties, boolean replace, boolean ignoreExisting) {
            SchemaTableName storage = new SchemaTableName(name.getSchemaName(), name.getTableName() + STORAGE);
            createTable(session, new ConnectorTableMetadata(storage, view.getColumns().stream()
                    .map(column -> new ColumnMetadata(column.getName(), views.typeManager.getType(column.getType())))
                    .collect(toImmutableList())), SaveMode.FAIL);
            views.definitions.put(name, new ConnectorMaterializedViewDefinition(view.getOriginalSql(),
                    Optional.of(new CatalogSchemaTableName(views.catalog, storage)), view.getCatalog(), view.getSchema(),
                    view.getColumns(), view.getGracePeriod(), view.getWhenStaleBehavior(), view.getComment(), view.getOwner(),
                    view.getPath()));
        }

        @Override
        public List<SchemaTableName> listMaterializedViews(ConnectorSession session, Optional<String> schema) {
            return ImmutableList.copyOf(getMaterializedViews(session, schema).keySet());
        }

        @Override
        public Map<SchemaTableName, ConnectorMaterializedViewDefinition> getMaterializedViews(ConnectorSession session,
                Optional<String> schema) {
            return views.definitions.entrySet().stream().filter(view -> schema.stream().allMatch(view.getKey().getSchemaName()::equals))
                    .collect(toImmutableMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        @Override
        public Optional<ConnectorMaterializedViewDefinition> getMaterializedView(ConnectorSession session, SchemaTableName name) {
            return Optional.ofNullable(views.definitions.get(name));
        }

        @Override
        public Map<String, Object> getMaterializedViewProperties(ConnectorSession session, SchemaTableName name,
                ConnectorMaterializedViewDefinition view) {
            return Map.of();
        }

        @Override
        public MaterializedViewFreshness getMaterializedViewFreshness(ConnectorSession session, SchemaTableName name,
                boolean considerGracePeriod) {
            return new MaterializedViewFreshness(
                    views.fresh.contains(name.getTableName() + STORAGE) ? Freshness.FRESH : Freshness.STALE, Optional.empty());
        }

        @Override
        public boolean delegateMaterializedViewRefreshToConnector(ConnectorSession session, SchemaTableName name) {
            return false;
        }

        @Override
        public ConnectorInsertTableHandle beginRefreshMaterializedView(ConnectorSession session, ConnectorTableHandle storage,
                List<ConnectorTableHandle> sources, boolean hasForeignSources, RetryMode retryMode, RefreshType refreshType) {
            truncateTable(session, storage);
            return beginInsert(session, storage, ImmutableList.copyOf(getColumnHandles(session, storage).values()), retryMode);
        }

        @Override
        public Optional<ConnectorOutputMetadata> finishRefreshMaterializedView(ConnectorSession session, ConnectorTableHandle storage,
                ConnectorInsertTableHandle insert, Collection<Slice> fragments, Collection<ComputedStatistics> statistics,
                List<ConnectorTableHandle> sources, boolean hasForeignSources, boolean hasSourceFunctions,
                boolean hasNonDeterministicFunctions) {
            views.fresh.add(getTableMetadata(session, storage).getTable().getTableName());
            return finishInsert(session, insert, sources, fragments, statistics);
        }
    }

    private static final class MaterializingConnector implements Connector {
        private final Connector memory;
        private final Views views;

        private MaterializingConnector(Connector memory, Views views) {
            this.memory = requireNonNull(memory, "memory is null");
            this.views = requireNonNull(views, "views is null");
        }

        @Override
        public ConnectorTransactionHandle beginTransaction(IsolationLevel isolationLevel, boolean readOnly, boolean autoCommit) {
            return memory.beginTransaction(isolationLevel, readOnly, autoCommit);
        }

        @Override
        public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
            return new MaterializingMetadata(memory.getMetadata(session, transaction), views);
        }

        @Override
        public ConnectorSplitManager getSplitManager() {
            return memory.getSplitManager();
        }

        @Override
        public ConnectorPageSourceProvider getPageSourceProvider() {
            return memory.getPageSourceProvider();
        }

        @Override
        public ConnectorPageSinkProvider getPageSinkProvider() {
            return memory.getPageSinkProvider();
        }

        @Override
        public void shutdown() {
            memory.shutdown();
        }
    }
}
