package io.github.trinopolicy.administration;

import static io.trino.spi.type.VarcharType.VARCHAR;
import static io.trino.testing.TestingConnectorSession.SESSION;
import static io.trino.type.InternalTypeManager.TESTING_TYPE_MANAGER;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.LocalKeyProviderFactory;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.ChangeListener;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreFactory;
import io.github.trinopolicy.store.StoreConfig;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.connector.ConnectorTableSchema;
import io.trino.spi.connector.MetadataProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a coordinator has for making changes, without its Trino: all tables exist, with the columns `id`, `email` and `region`.
final class TestingAdministration implements AutoCloseable {
    private static final Duration REFRESH_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAXIMUM_STALENESS = Duration.ofMinutes(5);

    private final PolicyStore store;
    private final KeyProvider keys;
    private final SnapshotRefresher snapshots;
    private final ChangeListener listener;
    private final PolicyAdministration administration;

    /// @param keyEncryptionKey the same for all coordinators of a store
    TestingAdministration(StoreConfig config, String keyEncryptionKey) {
        PolicyStoreFactory factory = new PolicyStoreFactory(config);
        store = factory.migrateAndOpen();
        keys = new LocalKeyProviderFactory(new KeyEncryptionConfig().setKeyEncryptionKey(keyEncryptionKey)).create();
        snapshots = new SnapshotRefresher(store, new BundleReader(), new PolicyCompiler(), REFRESH_INTERVAL, MAXIMUM_STALENESS,
                Ticker.systemTicker());
        listener = factory.listen(snapshots::refreshSoon);
        snapshots.start();
        List<ColumnSchema> columns = ImmutableList.of(column("id"), column("email"), column("region"));
        MetadataProvider metadata = (_, table) -> Optional.of(
                new ConnectorTableSchema(table.getSchemaTableName(), columns, ImmutableList.of()));
        administration = new PolicyAdministration(store, snapshots, new TableDescriber(metadata), new DataKeyMaker(keys),
                new MaskCatalogue(), TESTING_TYPE_MANAGER);
    }

    void apply(String bundle, String source, boolean prune) {
        administration.apply(SESSION, new Act("governor", Optional.of(source), Optional.empty(), "apply"), bundle, prune);
    }

    PolicyAdministration administration() {
        return administration;
    }

    PolicySnapshot snapshot() {
        return snapshots.latest();
    }

    /// Returns when this coordinator sees what the store holds now.
    void catchUp() {
        snapshots.await(store.currentVersion());
    }

    PolicyStore store() {
        return store;
    }

    @Override
    public void close() {
        listener.close();
        snapshots.close();
        keys.close();
        store.close();
    }

    private static ColumnSchema column(String name) {
        return ColumnSchema.builder().setName(name).setType(VARCHAR).build();
    }
}
