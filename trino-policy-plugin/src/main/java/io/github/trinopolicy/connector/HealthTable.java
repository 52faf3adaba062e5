package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
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

/// `policy.metadata.health`: what of the cluster is as it shall be, and what is not, for administrators, auditors and operators.
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

    private record Check(String name, Optional<String> object, String status, Optional<String> why) {
        private static Check of(String name, String object, Optional<String> problem) {
            return new Check(name, Optional.of(object), problem.isPresent() ? "failed" : "passed", problem);
        }

        private static Check skipped(String name, String object, String why) {
            return new Check(name, Optional.of(object), "skipped", Optional.of(why));
        }

        private List<@Nullable Object> row() {
            return Arrays.asList(name, object.orElse(null), status, why.orElse(null));
        }
    }

    /// @param keyEncryptionKey of this coordinator, as it reports it
    HealthTable(PolicyStore store, SnapshotRefresher snapshots, Authorization authorization, String keyEncryptionKey, InstantSource clock) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.keyEncryptionKey = requireNonNull(keyEncryptionKey, "keyEncryptionKey is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    SystemTable table() {
        return new MetadataTable("health", "What is as it shall be, and what is not", ImmutableList.of(
                column("check", VARCHAR, "store, policies, alive, version, enforcing, key-encryption-key or keys"),
                column("object", VARCHAR, "The node, as cluster/node where the cluster has a name, or the policy; NULL: all of them"),
                column("status", VARCHAR, "passed, failed, or skipped where it cannot be told"),
                column("why", VARCHAR, "What is wrong and what to do; NULL: nothing")), this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        if (!authorization.seesHealth(authorization.query(session).asker())) {
            return ImmutableList.of();
        }
        return Stream.of(ImmutableList.of(storeCheck()), policyChecks(), nodeChecks()).flatMap(List::stream).map(Check::row).toList();
    }

    private Check storeCheck() {
        Optional<String> failure = snapshots.failure();
        return new Check("store", Optional.empty(), failure.isPresent() ? "failed" : "passed", failure);
    }

    private List<Check> policyChecks() {
        PolicySnapshot snapshot = snapshots.latest();
        List<Check> broken = snapshot.sortedObjectsOf(Kind.POLICY).stream()
                .flatMap(policy -> snapshot.brokenReason(policy.name())
                        .map(reason -> Check.of("policies", policy.name(), Optional.of("it closes the tables that it selects: " + reason)))
                        .stream())
                .toList();
        return broken.isEmpty() ? ImmutableList.of(new Check("policies", Optional.empty(), "passed", Optional.empty())) : broken;
    }

    private List<Check> nodeChecks() {
        try {
            // read before the nodes, which are ahead of it at most
            Optional<Revision> newest = store.revisions(1).stream().findFirst();
            return store.nodes().stream().flatMap(node -> checks(node, newest).stream()).toList();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private List<Check> checks(NodeStatus status, Optional<Revision> newest) {
        NodeReport node = status.report();
        String id = node.cluster().map(cluster -> cluster + "/").orElse("") + node.nodeId();
        if (status.age().compareTo(SILENT) > 0) {
            String why = "the node has not reported for %s seconds; it is forgotten after an hour".formatted(status.age().toSeconds());
            return ImmutableList.of(Check.of("alive", id, Optional.of(why)), Check.skipped("version", id, "the node does not report"),
                    Check.skipped("key-encryption-key", id, "the node does not report"),
                    Check.skipped("keys", id, "the node does not report"));
        }
        ImmutableList.Builder<Check> checks = ImmutableList.builder();
        checks.add(Check.of("alive", id, Optional.empty()));
        checks.add(Check.of("version", id, newest.flatMap(revision -> lag(node, revision))));
        if (node.coordinator()) {
            checks.add(Check.of("enforcing", id, node.enforcing()
                    ? Optional.empty()
                    : Optional.of(
                            "nothing is enforced there: write access-control.name=policy into etc/access-control.properties and restart it")));
        }
        checks.add(Check.of("key-encryption-key", id, node.keyFingerprint().equals(keyEncryptionKey)
                ? Optional.empty()
                : Optional.of("it has %s, this coordinator %s: give all nodes the same, and name the other one as previous"
                        .formatted(node.keyFingerprint(), keyEncryptionKey))));
        checks.add(Check.of("keys", id, node.keyProblem()));
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
