package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The table `node` within one transaction.
final class NodeRows {
    private final Handle handle;

    NodeRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    void write(NodeReport report) {
        handle.createUpdate(
                """
                        INSERT INTO node (cluster, node_id, coordinator, store_version, token, key_fingerprint, enforcing, started_at, key_problem, seen_at)
                        VALUES (:cluster, :id, :coordinator, CAST(:version AS bigint), CAST(:token AS uuid), :keyFingerprint, :enforcing, :startedAt, CAST(:keyProblem AS text), clock_timestamp())
                        ON CONFLICT (cluster, node_id) DO UPDATE
                        SET coordinator = excluded.coordinator,
                            store_version = excluded.store_version,
                            token = excluded.token,
                            key_fingerprint = excluded.key_fingerprint,
                            enforcing = excluded.enforcing,
                            started_at = excluded.started_at,
                            key_problem = excluded.key_problem,
                            seen_at = excluded.seen_at
                        """)
                .bind("cluster", report.cluster().orElse(""))
                .bind("id", report.nodeId())
                .bind("coordinator", report.coordinator())
                .bind("version", report.version().map(StoreVersion::version).orElse(null))
                .bind("token", report.version().map(StoreVersion::token).orElse(null))
                .bind("keyFingerprint", report.keyFingerprint())
                .bind("enforcing", report.enforcing())
                .bind("startedAt", report.startedAt().atOffset(UTC))
                .bind("keyProblem", report.keyProblem().orElse(null))
                .execute();
    }

    List<NodeStatus> all() {
        return handle.createQuery("""
                SELECT cluster, node_id, coordinator, store_version, token, key_fingerprint, enforcing, started_at, key_problem,
                    (extract(epoch FROM clock_timestamp() - seen_at) * 1000)::bigint AS age_millis
                FROM node
                ORDER BY cluster, node_id
                """).map((row, _) -> status(row)).list();
    }

    void deleteOlderThan(Duration age) {
        handle.createUpdate("DELETE FROM node WHERE seen_at < clock_timestamp() - :seconds * interval '1 second'")
                .bind("seconds", age.toSeconds())
                .execute();
    }

    private static NodeStatus status(ResultSet row)
            throws SQLException {
        // both or none are set, by constraint
        UUID token = row.getObject("token", UUID.class);
        Optional<StoreVersion> version = token == null
                ? Optional.empty()
                : Optional.of(new StoreVersion(row.getLong("store_version"), token));
        return new NodeStatus(
                new NodeReport(
                        Optional.of(row.getString("cluster")).filter(cluster -> !cluster.isEmpty()),
                        row.getString("node_id"),
                        row.getBoolean("coordinator"),
                        version,
                        row.getString("key_fingerprint"),
                        row.getBoolean("enforcing"),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        Optional.ofNullable(row.getString("key_problem"))),
                Duration.ofMillis(row.getLong("age_millis")));
    }
}
