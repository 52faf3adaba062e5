package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.monitoring.DataSourceHealth;
import io.github.trinopolicy.monitoring.HealthCheck;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.NodeReport;
import io.github.trinopolicy.store.NodeStatus;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.Revision;
import io.github.trinopolicy.store.StoreVersion;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.health`: what of the cluster is as it shall be, and what is not, for administrators, auditors and operators;
/// what is about a data source also for its owners.
final class HealthTable {
    // a node reports at least every 5 seconds
    private static final Duration SILENT = Duration.ofSeconds(30);
    // a version takes less than a second to all nodes
    private static final Duration BEHIND = Duration.ofSeconds(10);

    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final Authorization authorization;
    private final String keyEncryptionKey;
    private final InstantSource clock;
    private final DataSourceHealth dataSources;

    /// @param keyEncryptionKey of this coordinator, as it reports it
    HealthTable(PolicyStore store, SnapshotRefresher snapshots, Authorization authorization, String keyEncryptionKey, InstantSource clock,
            DataSourceHealth dataSources) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.keyEncryptionKey = requireNonNull(keyEncryptionKey, "keyEncryptionKey is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.dataSources = requireNonNull(dataSources, "dataSources is null");
    }

    SystemTable table() {
        return new MetadataTable("health", "What is as it shall be, and what is not", ImmutableList.of(
                column("check", VARCHAR,
                        "store, policies, alive, version, enforcing, key-encryption-key or keys; of a data source: reachable, "
                                + "columns, policies-compile, keys-present, fingerprint, row-count, high-cardinality-column or rules"),
                column("object", VARCHAR,
                        "The node, as cluster/node where the cluster has a name, the policy, or the data source; NULL: all of them"),
                column("status", VARCHAR, "passed, failed, or skipped where it cannot be told"),
                column("why", VARCHAR, "What is wrong and what to do; NULL: nothing")), this::rows);
    }

    /// Owners learn of their data sources alone.
    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        boolean seesAll = authorization.seesHealth(query.asker());
        List<DataSource> owned = query.snapshot().sortedObjectsOf(Kind.DATA_SOURCE).stream().map(DataSource.class::cast)
                .filter(source -> seesAll || authorization.isOwner(query.snapshot(), query.asker(), source.objectName()))
                .collect(toImmutableList());
        Stream<HealthCheck> cluster = seesAll
                ? Stream.of(ImmutableList.of(storeCheck()), policyChecks(), nodeChecks()).flatMap(List::stream)
                : Stream.empty();
        return Stream.concat(cluster, dataSourceChecks(query.snapshot(), owned).stream()).map(HealthTable::row).collect(toImmutableList());
    }

    private static List<@Nullable Object> row(HealthCheck check) {
        return Arrays.asList(check.name(), check.object().orElse(null), check.status().name().toLowerCase(ENGLISH),
                check.why().orElse(null));
    }

    private List<HealthCheck> dataSourceChecks(PolicySnapshot snapshot, List<DataSource> sources) {
        try {
            return dataSources.checks(snapshot, sources);
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private HealthCheck storeCheck() {
        return HealthCheck.of("store", Optional.empty(), snapshots.failure());
    }

    private List<HealthCheck> policyChecks() {
        PolicySnapshot snapshot = snapshots.latest();
        List<HealthCheck> broken = snapshot.sortedObjectsOf(Kind.POLICY).stream()
                .flatMap(policy -> snapshot.brokenReason(policy.name())
                        .map(reason -> HealthCheck.of("policies", Optional.of(policy.name()),
                                Optional.of("it closes the tables that it selects: " + reason)))
                        .stream())
                .toList();
        return broken.isEmpty() ? ImmutableList.of(HealthCheck.of("policies", Optional.empty(), Optional.empty())) : broken;
    }

    private List<HealthCheck> nodeChecks() {
        try {
            // read before the nodes, which are ahead of it at most
            Optional<Revision> newest = store.revisions(1).stream().findFirst();
            return store.nodes().stream().flatMap(node -> checks(node, newest).stream()).toList();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private List<HealthCheck> checks(NodeStatus status, Optional<Revision> newest) {
        NodeReport node = status.report();
        String id = node.cluster().map(cluster -> cluster + "/").orElse("") + node.nodeId();
        if (status.age().compareTo(SILENT) > 0) {
            String why = "the node has not reported for %s seconds; it is forgotten after an hour".formatted(status.age().toSeconds());
            return ImmutableList.of(HealthCheck.of("alive", Optional.of(id), Optional.of(why)),
                    HealthCheck.skipped("version", id, "the node does not report"),
                    HealthCheck.skipped("key-encryption-key", id, "the node does not report"),
                    HealthCheck.skipped("keys", id, "the node does not report"));
        }
        ImmutableList.Builder<HealthCheck> checks = ImmutableList.builder();
        checks.add(HealthCheck.of("alive", Optional.of(id), Optional.empty()));
        checks.add(HealthCheck.of("version", Optional.of(id), newest.flatMap(revision -> lag(node, revision))));
        if (node.coordinator()) {
            checks.add(HealthCheck.of("enforcing", Optional.of(id), node.enforcing()
                    ? Optional.empty()
                    : Optional.of(
                            "nothing is enforced there: write access-control.name=policy into etc/access-control.properties and restart it")));
        }
        checks.add(HealthCheck.of("key-encryption-key", Optional.of(id), node.keyFingerprint().equals(keyEncryptionKey)
                ? Optional.empty()
                : Optional.of("it has %s, this coordinator %s: give all nodes the same, and name the other one as previous"
                        .formatted(node.keyFingerprint(), keyEncryptionKey))));
        checks.add(HealthCheck.of("keys", Optional.of(id), node.keyProblem()));
        return checks.build();
    }

    private Optional<String> lag(NodeReport node, Revision newest) {
        boolean settled = newest.createdAt().plus(BEHIND).isBefore(clock.instant());
        return node.version().equals(Optional.of(newest.version())) || !settled
                ? Optional.empty()
                : Optional.of("it works with version %s, the store has %s; its log says why"
                        .formatted(node.version().map(StoreVersion::version).map(String::valueOf).orElse("none"),
                                newest.version().version()));
    }
}
