package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Deadline;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Masks are evaluated where the rows are, by a process that fetches the key itself.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestingServers.class)
final class TestWorkerKey {
    private static final String ADDRESSES = "SELECT email FROM lake.shop.customer ORDER BY customer_id";
    private static final String KEY_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    // longer than the nodes keep a key
    private static final Duration KEY_FORGOTTEN = Duration.ofSeconds(10);

    private final TestingGovernedCluster governed;

    TestWorkerKey(TestingGovernedCluster governed) {
        this.governed = governed;
    }

    @AfterEach
    void restoreAccount() throws SQLException {
        governed.setWorkerReadsKeys(true);
    }

    @Test
    void testWorkerEvaluatesMaskWithKeyThatCoordinatorCannotRead() throws Exception {
        assertThatThrownBy(
                () -> TestingGovernedCluster.single(governed.coordinatorAccount(), "SELECT max(length(wrapped)) FROM policy.data_key"))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));

        List<String> addresses = new ArrayList<>();
        read(governed.cluster(), ADDRESSES, addresses);

        assertThat(addresses).hasSizeGreaterThan(100).allMatch(address -> address.matches("[0-9a-f]{64}"));
    }

    @Test
    @DisplayName("Invariant 4: a worker whose account cannot read keys fails the query")
    void testWorkerThatCannotReadKeysFailsTheQuery() throws Exception {
        List<String> rows = new ArrayList<>();

        governed.setWorkerReadsKeys(false);

        assertThatThrownBy(() -> {
            Deadline deadline = Deadline.in(KEY_FORGOTTEN);
            while (!deadline.isPassed()) {
                rows.clear();
                read(governed.cluster(), ADDRESSES, rows);
                deadline.pause();
            }
        })
                .isInstanceOf(SQLException.class)
                .hasMessageMatching("(?s)Query failed .*: Policy key " + KEY_ID
                        + " cannot be loaded on node worker-1: policy store at jdbc:postgresql://\\S+ refused a statement \\(SQLSTATE 42501\\):.*");
        assertThat(rows).isEmpty();

        governed.setWorkerReadsKeys(true);
        read(governed.cluster(), ADDRESSES, rows);
        assertThat(rows).hasSizeGreaterThan(100);
    }

    @Test
    @DisplayName("Invariant 4: a worker with another key-encryption key fails the query")
    void testWorkerWithAnotherKeyEncryptionKeyFailsTheQuery(@TempDir Path directory) throws Exception {
        Path key = directory.resolve("key");
        TestingGovernedCluster.writeNewKey(key);
        List<String> rows = new ArrayList<>();

        try (Cluster cluster = governed.another(directory)
                .node(TestingGovernedCluster.WORKER,
                        node -> node.withCatalogProperty("policy", "policy.key-encryption-key-file", key.toString()))
                .start()) {
            assertThatThrownBy(() -> read(cluster, ADDRESSES, rows))
                    .isInstanceOf(SQLException.class)
                    .hasMessageMatching("(?s)Query failed .*: Policy key " + KEY_ID + " cannot be used on node worker-1: data key " + KEY_ID
                            + " is wrapped under the key-encryption key [0-9a-f]{16}, which this node does not have: name the file that holds it in "
                            + "policy.key-encryption-key-file or policy.previous-key-encryption-key-files");
        }
        assertThat(rows).isEmpty();
    }

    @Test
    @DisplayName("Invariant 4: a worker without the policy catalog fails the query")
    void testWorkerWithoutPolicyCatalogFailsTheQuery(@TempDir Path directory) throws Exception {
        List<String> rows = new ArrayList<>();

        try (Cluster cluster = governed.another(directory)
                .node(TestingGovernedCluster.WORKER, node -> node.withoutCatalog("policy"))
                .start()) {
            assertThatThrownBy(() -> read(cluster, ADDRESSES, rows))
                    .isInstanceOf(SQLException.class)
                    // the words are Trino's: nothing of the plugin runs on that worker
                    .hasMessageEndingWith("No catalog 'policy'");
        }
        assertThat(rows).isEmpty();
    }

    /// What arrives before a failure is in `rows` as well.
    private static void read(Cluster cluster, String sql, List<String> rows) throws SQLException {
        try (Connection connection = cluster.connect("alice");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
    }
}
