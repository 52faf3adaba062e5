package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.administration.JobActions;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.monitoring.DataSourceHealth;
import io.github.trinopolicy.monitoring.SchemaChanges;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.NodeStatus;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.StoreVersion;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.SystemTable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The tables of the schema `policy.metadata`, each filtered to what the asking user may know.
public final class MetadataTables {
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final Authorization authorization;
    private final BooleanSupplier enforcing;
    private final JobActions jobs;
    private final String keyEncryptionKey;
    private final InstantSource clock;
    private final DataSourceHealth dataSourceHealth;

    /// @param keyEncryptionKey of this coordinator, as it reports it
    public MetadataTables(PolicyStore store, SnapshotRefresher snapshots, Authorization authorization, BooleanSupplier enforcing,
            JobActions jobs, String keyEncryptionKey, InstantSource clock, DataSourceHealth dataSourceHealth) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.enforcing = requireNonNull(enforcing, "enforcing is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.keyEncryptionKey = requireNonNull(keyEncryptionKey, "keyEncryptionKey is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.dataSourceHealth = requireNonNull(dataSourceHealth, "dataSourceHealth is null");
    }

    public Set<SystemTable> tables() {
        return ImmutableSet.<SystemTable>builder()
                .add(snapshotStatus(), nodes(), new PolicyTable(authorization).table())
                .addAll(new VocabularyTables(authorization).tables())
                .add(new ProjectTable(authorization).table())
                .add(new JobTable(jobs).table())
                .add(new RevisionTable(store, authorization).table())
                .add(new KeyTable(store, authorization).table())
                .add(new AuditTable(store, authorization))
                .add(new HealthTable(store, snapshots, authorization, keyEncryptionKey, clock, dataSourceHealth).table())
                .addAll(new FingerprintTables(store, authorization).tables())
                .add(new SchemaEventTable(authorization, new SchemaChanges(store, new BundleReader())).table())
                .build();
    }

    /// Readable by everyone, also while nothing is enforced: it is where one looks when something is wrong.
    private SystemTable snapshotStatus() {
        return new MetadataTable("snapshot_status", "The policies that this coordinator decides by", ImmutableList.of(
                column("version", BIGINT, "Version of the store that is in force"),
                column("token", VARCHAR, "Tells versions of the same number apart when the store was restored"),
                column("age_seconds", BIGINT, "Seconds since the store was last seen; queries are denied above policy.max-staleness"),
                column("failure", VARCHAR, "Why the store has not been seen since; NULL while all is well"),
                column("enforcing", BOOLEAN, "False when etc/access-control.properties is missing: then nothing is enforced"),
                column("broken_policies", BIGINT, "Policies that do not compile and therefore close their tables")), _ -> {
                    PolicySnapshot snapshot = snapshots.latest();
                    long broken = snapshot.objectsOf(Kind.POLICY).stream()
                            .filter(policy -> snapshot.brokenReason(policy.name()).isPresent()).count();
                    return ImmutableList.of(row(snapshot.version(), snapshot.token().toString(), snapshots.age().toSeconds(),
                            snapshots.failure().orElse(null), enforcing.getAsBoolean(), broken));
                });
    }

    private SystemTable nodes() {
        return new MetadataTable("nodes", "The nodes of all clusters that share the store and the version that each works with",
                ImmutableList.of(
                        column("cluster", VARCHAR,
                                "Which of the clusters that share the store, by policy.store.cluster; NULL where that is not set"),
                        column("node_id", VARCHAR, "Trino's identifier of the node"),
                        column("coordinator", BOOLEAN, "Whether the node is a coordinator"),
                        column("version", BIGINT, "Version of the store that the node works with"),
                        column("key_fingerprint", VARCHAR, "Names the key-encryption key of the node; equal on all nodes"),
                        column("key_problem", VARCHAR,
                                "Why the node cannot unwrap keys; for administrators, auditors and operators; NULL: it can"),
                        column("enforcing", BOOLEAN, "Whether the access control is active there; only coordinators decide"),
                        column("seconds_since_seen", BIGINT, "Seconds since the node last reported")),
                session -> {
                    boolean seesProblems = authorization.seesHealth(authorization.query(session).asker());
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    for (NodeStatus node : storeNodes()) {
                        rows.add(row(node.report().cluster().orElse(null), node.report().nodeId(), node.report().coordinator(),
                                node.report().version().map(StoreVersion::version).orElse(null),
                                node.report().keyFingerprint(), seesProblems ? node.report().keyProblem().orElse(null) : null,
                                node.report().enforcing(), node.age().toSeconds()));
                    }
                    return rows;
                });
    }

    private List<NodeStatus> storeNodes() {
        try {
            return store.nodes();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
