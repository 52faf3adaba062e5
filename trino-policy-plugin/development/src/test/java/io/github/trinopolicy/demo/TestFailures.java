package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.LocalPort;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import io.github.trinopolicy.development.TrinoProcess;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What users read, and what they do not, while PostgreSQL fails under a real coordinator and a real worker; `docs/operations.md` has the
/// table. Each test leaves the cluster as able as before, which is part of what is tested; the last one leaves it with another primary.
@TestInstance(PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TestFailures {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final long MAX_STALENESS_SECONDS = 12;
    private static final String CLUSTER = "alpha";
    private static final String STORE = "policy store at jdbc:postgresql://127.0.0.1:[0-9]+,127.0.0.1:[0-9]+/store";
    private static final String CODE = " \\(POLICY-[0-9]{3}\\)";
    private static final String TOO_OLD = "Access Denied: Policies cannot be read since ([0-9]+) seconds, which is longer than policy.max-staleness: ";
    private static final String KEY_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    // hashed nowhere before, so no node has its key
    private static final List<String> COLD_TABLES = ImmutableList.of("cold_lost", "cold_hung");
    private static final int ROWS = 3;
    private static final String NAMES = "SELECT name FROM memory.shop.person";
    private static final String HASHES = "SELECT email FROM memory.shop.person";
    private static final String UNMASKED = "SELECT policy.functions.unmask('memory.shop.person.token', token) FROM memory.shop.person";
    private static final String ORDERS = "SELECT id FROM memory.shop.orders";

    private final Path directory;
    private TestingFailoverPair postgres;
    private Cluster tooEarly;
    private Cluster cluster;
    private long dumpedVersion;

    TestFailures(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeAll
    void start() throws Exception {
        PrivateDirectory.create(directory.resolve("nodes"));
        TestingGovernedCluster.writeNewKey(directory.resolve("key"));
        Iterator<Integer> unused = LocalPort.findFree(2).iterator();
        // whoever starts now finds no database
        tooEarly = builder("early", new Database("jdbc:postgresql://127.0.0.1:%s,127.0.0.1:%s/store?targetServerType=primary"
                .formatted(unused.next(), unused.next()), "postgres", "secret-of-store")).launch();
        postgres = TestingFailoverPair.start(directory);
        for (TrinoProcess node : tooEarly.nodes()) {
            awaitTrue(() -> !node.isAlive());
        }
        postgres.connect();
        cluster = builder("nodes", postgres.database()).start();
        try (Session admin = Session.open(cluster, "admin")) {
            admin.execute("CREATE SCHEMA memory.shop");
            for (String table : ImmutableList.<String>builder().add("person", "orders", "late").addAll(COLD_TABLES).build()) {
                admin.execute("""
                        CREATE TABLE memory.shop.%s AS SELECT x AS id, CAST('n' || CAST(x AS varchar) AS varchar) AS name,
                            CAST('e' || CAST(x AS varchar) AS varchar) AS email, CAST('t' || CAST(x AS varchar) AS varchar) AS token
                        FROM UNNEST(sequence(1, %s)) t(x)
                        """.formatted(table, ROWS));
            }
            StringBuilder bundle = new StringBuilder();
            for (String table : ImmutableList.<String>builder().add("person", "orders").addAll(COLD_TABLES).build()) {
                bundle.append("{kind: DataSource, name: memory.shop.%s, approve_columns: all, key_columns: [id]}%n---%n".formatted(table));
            }
            apply(bundle + """
                    {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "current_user <> ''bob''"}}
                    ---
                    {kind: Policy, name: hashes, type: mask, columns: {pattern: email}, mask: {type: hash}}
                    ---
                    {kind: Policy, name: tokens, type: mask, columns: {names: [memory.shop.person.token]}, mask: {type: reversible}}
                    ---
                    {kind: Policy, name: inspectors, type: unmask, columns: {in: [memory.shop.person]}, to: "current_user = ''inspector''"}
                    """);
        }
        assertThat(seen("alice", HASHES)).hasSize(ROWS).allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    }

    private Cluster.Builder builder(String name, Database store) {
        return Cluster.builder(ServerLayout.ofSourceTree(Path.of("..", "..")), directory.resolve(name))
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .catalog("memory", ImmutableMap.of("connector.name", "memory"))
                .catalog("policy", policyProperties(store));
    }

    private Map<String, String> policyProperties(Database store) {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "policy")
                .put("policy.store.url", store.url())
                .put("policy.store.user", store.user())
                .put("policy.store.password", store.password())
                .put("policy.store.cluster", CLUSTER)
                .put("policy.store.connect-timeout", "5s")
                .put("policy.store.request-timeout", "5s")
                .put("policy.key-encryption-key-file", directory.resolve("key").toString())
                .put("policy.max-staleness", MAX_STALENESS_SECONDS + "s")
                .put("policy.audit.on-overload", "fail-query")
                .put("policy.audit.queue-size", "500kB")
                .put("policy.administrators", "admin")
                .put("policy.exempt-users", "admin")
                .put("policy.operators", "admin")
                .put("policy.ungoverned-tables", "deny")
                .buildOrThrow();
    }

    @AfterAll
    void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        if (tooEarly != null) {
            tooEarly.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("Invariant 4: without the store no node starts, so nothing passes")
    void testDownAtBoot() throws Exception {
        for (TrinoProcess node : tooEarly.nodes()) {
            assertThat(node.log()).describedAs(node.id()).containsPattern(STORE
                    + " cannot be reached: Connection to 127.0.0.1:[0-9]+ refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.")
                    .doesNotContain("SERVER STARTED", "secret-of-store");
        }
        assertThatThrownBy(() -> tooEarly.connect("alice").createStatement().execute(NAMES)).isInstanceOf(SQLException.class);
    }

    @Test
    @Order(2)
    void testClustersAreToldApart() throws Exception {
        // another cluster may call its nodes the same
        TestingGovernedCluster.execute(postgres.direct(), """
                INSERT INTO policy.node (cluster, node_id, coordinator, key_fingerprint, enforcing, started_at, seen_at)
                VALUES ('beta', 'coordinator', true, 'local:0', true, now(), now())
                """);
        try {
            assertThat(seen("admin", "SELECT coalesce(cluster, '') || '/' || node_id FROM policy.metadata.nodes"))
                    .containsExactlyInAnyOrder("alpha/coordinator", "alpha/worker-1", "beta/coordinator");
            assertThat(seen("admin", "SELECT object FROM policy.metadata.health WHERE \"check\" = 'alive'"))
                    .contains("alpha/coordinator", "alpha/worker-1", "beta/coordinator");
        }
        finally {
            TestingGovernedCluster.execute(postgres.direct(), "DELETE FROM policy.node WHERE cluster = 'beta'");
        }
    }

    @Test
    @Order(3)
    @DisplayName("Invariant 4: a broken policy closes its tables, not the cluster")
    void testBrokenPolicyClosesItsTablesOnly() throws Exception {
        apply("{kind: Policy, name: fragile, type: row-filter, applies_to: {data_sources: [memory.shop.orders]}, where: \"id > 0\"}");
        assertThat(seen("alice", ORDERS)).hasSize(ROWS);
        // nobody can do so through the plugin
        TestingGovernedCluster.execute(postgres.direct(), """
                WITH next AS (UPDATE policy.store_info SET version = version + 1, token = gen_random_uuid() RETURNING version, token),
                    broken AS (UPDATE policy.object SET document = replace(document, 'id > 0', 'id >'), version = next.version
                        FROM next WHERE name = 'fragile')
                INSERT INTO policy.revision (version, token, author, action) SELECT version, token, 'test', 'break' FROM next
                """);
        awaitTrue(() -> seen("admin", "SELECT CAST(broken_policies AS varchar) FROM policy.metadata.snapshot_status").contains("1"));

        assertRefused("alice", ORDERS,
                "Access Denied: Cannot select from columns \\[id] in table or view memory.shop.orders: policy 'fragile' does not compile "
                        + "and closes memory.shop.orders until a governor corrects it; policy.metadata.health tells him why");
        assertThat(seen("alice", NAMES)).hasSize(ROWS);
        assertThat(seen("admin", "SELECT why FROM policy.metadata.health WHERE object = 'fragile'")).singleElement().asString()
                .startsWith("it closes the tables that it selects: ");

        apply("{kind: Policy, name: fragile, type: row-filter, applies_to: {data_sources: [memory.shop.orders]}, where: \"id > 0\"}");
        assertThat(seen("alice", ORDERS)).hasSize(ROWS);
    }

    /// The driver takes a server that is read-only for a standby, so the nodes find no primary. `BaseTestMigration` has the case of a URL
    /// that does not ask for one.
    @Test
    @Order(4)
    void testReadOnly() throws Exception {
        String readOnly = STORE
                + " has no server that can be written: start the primary, promote a standby, or end default_transaction_read_only";
        long version = version();
        TestingGovernedCluster.execute(postgres.neighbour(), "ALTER DATABASE store SET default_transaction_read_only = on");
        endConnections();
        try {
            assertThat(seen("alice", HASHES)).hasSize(ROWS);
            awaitTrue(
                    () -> applyFailure("{kind: Tag, name: Forbidden}").filter(message -> message.matches("(?s).*" + readOnly)).isPresent());
            awaitTrue(() -> logOf(Cluster.COORDINATOR).contains("The audit log cannot be written; tried again until it can"));
            awaitRefused("alice", NAMES, TOO_OLD + readOnly);
        }
        finally {
            TestingGovernedCluster.execute(postgres.neighbour(), "ALTER DATABASE store RESET default_transaction_read_only");
        }
        awaitTrue(() -> answered("alice", NAMES));
        assertThat(version()).isEqualTo(version);
        awaitApplied("{kind: Tag, name: Allowed}");
        assertThat(seen("admin", "SELECT name FROM policy.metadata.tags")).contains("Allowed").doesNotContain("Forbidden");
        // nothing that happened in the meantime is missing
        awaitTrue(() -> TestingGovernedCluster.single(postgres.direct(),
                "SELECT count(*) > 1 FROM policy.audit_log WHERE kind = 'query' AND tables::text LIKE '%memory.shop.person%'").equals("t"));
    }

    /// PostgreSQL says so where the file system has no room; here triggers say it in its place, as not every machine lets a test make a full
    /// file system.
    @Test
    @Order(5)
    void testDiskFull() throws Exception {
        long version = version();
        TestingGovernedCluster.execute(postgres.direct(), """
                CREATE FUNCTION policy.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
                """, """
                DO $$ DECLARE written text; BEGIN
                FOR written IN SELECT relname FROM pg_class WHERE relnamespace = 'policy'::regnamespace AND relkind IN ('r', 'p')
                    AND NOT relispartition AND relname <> 'flyway_schema_history'
                LOOP EXECUTE 'CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON policy.' || written
                    || ' FOR EACH ROW EXECUTE FUNCTION policy.disk_full()'; END LOOP; END $$
                """);
        try {
            assertThat(applyFailure("{kind: Tag, name: TooMuch}")).hasValueSatisfying(message -> assertThat(message)
                    .matches("(?s).*" + STORE + " has no disk space left: make room on the database server"));
            assertThat(version()).isEqualTo(version);
            assertThat(seen("alice", HASHES)).hasSize(ROWS);
            awaitTrue(() -> logOf(Cluster.COORDINATOR).contains(" has no disk space left: make room on the database server"));
            // what happens is kept in memory; when that is full, nothing is done unrecorded
            String large = "SELECT name AS \"%s\" FROM memory.shop.person".formatted("a".repeat(15_000));
            Deadline deadline = Deadline.in(LIMIT);
            assertThatThrownBy(() -> {
                while (!deadline.isPassed()) {
                    seen("alice", large);
                }
            }).isInstanceOf(SQLException.class)
                    .hasMessageContaining("Access Denied: The audit log cannot be written at present, and nothing is done unrecorded; "
                            + "try again later. Operators find the cause in the log of the coordinator");
        }
        finally {
            TestingGovernedCluster.execute(postgres.direct(), "DROP FUNCTION policy.disk_full() CASCADE");
        }
        awaitTrue(() -> answered("alice", NAMES));
        awaitTrue(() -> logOf(Cluster.COORDINATOR).contains("The audit log is written again"));
        assertThat(TestingGovernedCluster.single(postgres.direct(), "SELECT count(*) FROM policy.audit_log WHERE kind = 'loss'"))
                .isEqualTo("0");
        awaitApplied("{kind: Tag, name: RoomAgain}");
        assertThat(seen("admin", "SELECT name FROM policy.metadata.tags")).contains("RoomAgain").doesNotContain("TooMuch");
    }

    @Test
    @Order(6)
    void testSlow() throws Exception {
        postgres.delayAnswers(Duration.ofMillis(100));
        try {
            apply("{kind: Tag, name: Slowly}");
            assertThat(seen("admin", "SELECT name FROM policy.metadata.tags")).contains("Slowly");
            assertThat(seen("alice", HASHES)).hasSize(ROWS);
        }
        finally {
            postgres.delayAnswers(Duration.ZERO);
        }
    }

    @Test
    @Order(7)
    void testHung() throws Exception {
        long version = version();
        String noAnswer = STORE + " does not answer within policy.store.connect-timeout \\(5.00s\\) and policy.store.request-timeout "
                + "\\(5.00s\\): look whether the database is overloaded or its network is cut";
        try (ExecutorService users = Executors.newFixedThreadPool(2)) {
            postgres.freeze();
            try {
                // were one of these to ask the store, it would fail as the others do
                assertThat(seen("alice", NAMES)).hasSize(ROWS);
                assertThat(seen("alice", HASHES)).hasSize(ROWS);
                Future<?> cold = users.submit(() -> {
                    assertRefused("alice", "SELECT email FROM memory.shop.cold_hung",
                            "Policy key " + KEY_ID + " cannot be loaded on node worker-1: " + noAnswer + ".*");
                    return true;
                });
                Future<?> change = users.submit(() -> {
                    assertThat(applyFailure("{kind: Tag, name: NeverThere}"))
                            .hasValueSatisfying(message -> assertThat(message).matches("(?s).*" + noAnswer));
                    return true;
                });
                cold.get();
                change.get();
                awaitRefused("alice", NAMES, TOO_OLD + "(the store does not answer|" + noAnswer + ")");
            }
            finally {
                postgres.thaw();
            }
        }
        awaitTrue(() -> answered("alice", NAMES));
        assertThat(version()).isEqualTo(version);
        assertThat(seen("alice", "SELECT email FROM memory.shop.cold_hung")).hasSize(ROWS);
    }

    @Test
    @Order(8)
    @DisplayName("Invariant 4: a lost store is lived without for policy.max-staleness, and found again")
    void testLostAndBack() throws Exception {
        long version = version();
        List<String> hashes = seen("alice", HASHES);
        // the worker has the key of the tokens from now on
        assertThat(seen("inspector", UNMASKED)).containsExactlyInAnyOrder("t1", "t2", "t3");
        String lost = STORE
                + " cannot be reached: Connection to 127.0.0.1:[0-9]+ refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.";
        try (ExecutorService users = Executors.newFixedThreadPool(3)) {
            postgres.disconnect();
            postgres.killPrimary();
            Future<?> cold = users.submit(() -> {
                assertRefused("alice", "SELECT email FROM memory.shop.cold_lost",
                        "Policy key " + KEY_ID + " cannot be loaded on node worker-1: " + lost + ".*");
                return true;
            });
            Future<?> unmask = users.submit(() -> {
                assertRefused("inspector", UNMASKED,
                        "What query [0-9a-z_]+ may unmask cannot be read on node worker-1: " + lost + ".*");
                return true;
            });
            Future<?> change = users.submit(() -> {
                assertThat(applyFailure("{kind: Tag, name: Unheard}"))
                        .hasValueSatisfying(message -> assertThat(message).matches("(?s).*" + lost));
                return true;
            });
            // by the last version, with the keys that the worker has
            assertThat(seen("alice", HASHES)).isEqualTo(hashes);
            cold.get();
            unmask.get();
            change.get();
        }
        awaitRefused("alice", NAMES, TOO_OLD + lost);
        assertRefused("admin", NAMES, TOO_OLD + lost);
        assertRefused("admin", "CALL policy.admin.apply('{kind: Tag, name: Unheard}')", TOO_OLD + lost);

        postgres.restartPrimary();
        // while nobody is connected
        TestingGovernedCluster.execute(postgres.neighbour(), "CREATE DATABASE dump TEMPLATE store");
        dumpedVersion = version;
        postgres.connect();

        awaitTrue(() -> answered("alice", NAMES));
        assertThat(seen("alice", HASHES)).isEqualTo(hashes);
        assertThat(seen("alice", "SELECT email FROM memory.shop.cold_lost")).hasSize(ROWS);
        assertThat(seen("inspector", UNMASKED)).containsExactlyInAnyOrder("t1", "t2", "t3");
        assertThat(version()).isEqualTo(version);
        awaitApplied("{kind: Tag, name: Heard}");
        assertThat(version()).isEqualTo(version + 1);
        assertThat(seen("admin", "SELECT name FROM policy.metadata.tags")).contains("Heard").doesNotContain("Unheard");
    }

    @Test
    @Order(9)
    void testNodeOlderThanTheSchema() throws Exception {
        String newer = STORE + " was migrated by a newer version of the plugin: install that version on this node";
        long version = version();
        TestingGovernedCluster.execute(postgres.direct(), """
                INSERT INTO policy.flyway_schema_history
                (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (99, '999', 'future', 'SQL', 'V999__future.sql', 1, 'test', 1, true)
                """);
        try {
            assertThat(applyFailure("{kind: Tag, name: Misread}"))
                    .hasValueSatisfying(message -> assertThat(message).matches("(?s).*" + newer));
            assertThat(seen("alice", HASHES)).hasSize(ROWS);
            awaitRefused("alice", NAMES, TOO_OLD + newer);
        }
        finally {
            TestingGovernedCluster.execute(postgres.direct(), "DELETE FROM policy.flyway_schema_history WHERE version = '999'");
        }
        awaitTrue(() -> answered("alice", NAMES));
        assertThat(version()).isEqualTo(version);
    }

    @Test
    @Order(10)
    void testRestoredFromAnOlderDump() throws Exception {
        List<String> oldTokens = seen("alice", "SELECT token FROM memory.shop.person");
        // after the dump: a rule, a table with its key, a newer key of a table
        apply("""
                {kind: DataSource, name: memory.shop.late, approve_columns: all}
                ---
                {kind: Policy, name: bobs, type: access, applies_to: {data_sources: [memory.shop.orders]}, grant: {level: read, to: "current_user = ''bob''"}}
                """);
        try (Session admin = Session.open(cluster, "admin")) {
            admin.execute("CALL policy.admin.rotate_keys('memory.shop.person', 'reversible')");
        }
        assertThat(seen("bob", ORDERS)).hasSize(ROWS);
        List<String> lateHashes = seen("alice", "SELECT email FROM memory.shop.late");
        List<String> newTokens = seen("alice", "SELECT token FROM memory.shop.person");
        assertThat(newTokens).doesNotContainAnyElementsOf(oldTokens);
        assertThat(unmasked(newTokens)).containsExactlyInAnyOrder("t1", "t2", "t3");
        assertThat(version()).isGreaterThan(dumpedVersion);

        postgres.disconnect();
        awaitTrue(() -> TestingGovernedCluster.single(postgres.neighbour(), "SELECT count(*) FROM pg_stat_activity WHERE datname = 'store'")
                .equals("0"));
        TestingGovernedCluster.execute(postgres.neighbour(), "ALTER DATABASE store RENAME TO lost", "ALTER DATABASE dump RENAME TO store");
        postgres.connect();

        // all nodes; what they said before the dump is in it, but old
        awaitTrue(() -> answered("alice", NAMES) && version() == dumpedVersion
                && seen("admin", "SELECT CAST(version AS varchar) FROM policy.metadata.nodes WHERE seconds_since_seen < 10")
                        .equals(ImmutableList.of(Long.toString(dumpedVersion), Long.toString(dumpedVersion))));
        assertThat(logOf(Cluster.COORDINATOR)).contains("The policy store does not continue version ",
                "it was restored, and everything is loaded anew");
        assertRefused("bob", ORDERS, "Access Denied: .*");
        assertRefused("alice", "SELECT email FROM memory.shop.late", "Access Denied: .*");
        assertThat(seen("alice", "SELECT token FROM memory.shop.person")).isEqualTo(oldTokens);
        assertThat(unmasked(oldTokens)).containsExactlyInAnyOrder("t1", "t2", "t3");
        // the worker has that key in memory still
        assertThatThrownBy(() -> unmasked(newTokens)).isInstanceOf(SQLException.class).hasMessageNotContaining("'t1'");

        awaitApplied("{kind: DataSource, name: memory.shop.late, approve_columns: all}");
        assertThat(seen("alice", "SELECT email FROM memory.shop.late")).hasSize(ROWS).doesNotContainAnyElementsOf(lateHashes);
    }

    @Test
    @Order(11)
    @DisplayName("Invariant 12: a failover to a synchronous standby loses no acknowledged change")
    void testFailover() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        long restores = restores();
        try (ExecutorService governors = Executors.newSingleThreadExecutor()) {
            Future<?> governor = governors.submit(() -> {
                for (int i = 0; writing.get(); i++) {
                    String tag = "Change" + i;
                    applyFailure("{kind: Tag, name: %s}".formatted(tag)).ifPresentOrElse(failures::add, () -> acknowledged.add(tag));
                }
                return true;
            });
            try {
                awaitTrue(() -> acknowledged.size() >= 5);
                postgres.killPrimary();
                postgres.promoteStandby();
                int before = acknowledged.size();
                awaitTrue(() -> acknowledged.size() >= before + 5);
            }
            finally {
                writing.set(false);
            }
            governor.get();
        }
        assertThat(failures).allMatch(message -> message
                .matches("(?s).*(" + STORE + " (cannot be reached|does not answer|has no server that can be written|is read-only).*"
                        + "|The change is made as version [0-9]+, but this node has not taken it up yet: .*"
                        + "|the connection to the " + STORE + " was lost while version [0-9]+ was being committed: "
                        + "look in policy.metadata.policy_revisions before repeating the change|" + TOO_OLD + ".*)"));
        assertThat(seen("admin", "SELECT name FROM policy.metadata.tags")).containsAll(acknowledged);
        assertThat(seen("alice", HASHES)).hasSize(ROWS);
        assertThat(TestingGovernedCluster.single(postgres.standby(), "SELECT count(*) = max(version) + 1 FROM policy.revision"))
                .isEqualTo("t");
        // the history goes on
        assertThat(restores()).isEqualTo(restores);
        awaitTrue(() -> seen("admin", "SELECT format('%s/%s', count(DISTINCT version), count(*)) FROM policy.metadata.nodes")
                .contains("1/2"));
    }

    private long restores() throws Exception {
        return logOf(Cluster.COORDINATOR).lines().filter(line -> line.contains("everything is loaded anew")).count();
    }

    private String logOf(String node) throws Exception {
        return cluster.node(node).log();
    }

    private void endConnections() throws SQLException {
        TestingGovernedCluster.execute(postgres.neighbour(),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'store'");
    }

    private long version() throws SQLException {
        return Long.parseLong(seen("admin", "SELECT CAST(version AS varchar) FROM policy.metadata.snapshot_status").getFirst());
    }

    private List<String> unmasked(List<String> tokens) throws SQLException {
        return seen("inspector", "SELECT policy.functions.unmask('memory.shop.person.token', t) FROM (VALUES '%s') v(t)"
                .formatted(String.join("', '", tokens)));
    }

    /// The first column.
    private List<String> seen(String user, String sql) throws SQLException {
        try (Session session = Session.open(cluster, user)) {
            QueryResult result = session.query(sql);
            return result.column(result.columns().getFirst());
        }
    }

    private boolean answered(String user, String sql) {
        try {
            return !seen(user, sql).isEmpty();
        }
        catch (SQLException e) {
            return false;
        }
    }

    private void apply(String bundle) throws SQLException {
        try (Session admin = Session.open(cluster, "admin")) {
            admin.execute("CALL policy.admin.apply('%s')".formatted(bundle));
        }
    }

    /// What the governor reads; empty when the bundle is applied.
    private Optional<String> applyFailure(String bundle) {
        try {
            apply(bundle);
            return Optional.empty();
        }
        catch (SQLException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void awaitApplied(String bundle) throws Exception {
        awaitTrue(() -> applyFailure(bundle).isEmpty());
    }

    private void assertRefused(String user, String sql, String pattern) {
        assertThatThrownBy(() -> seen(user, sql)).isInstanceOf(SQLException.class)
                .hasMessageMatching("(?s)Query failed \\(#[0-9a-z_]+\\): " + pattern + (pattern.endsWith(".*") ? "" : CODE));
    }

    /// Answered until it is refused, and that by the words given.
    private void awaitRefused(String user, String sql, String pattern) throws Exception {
        Deadline deadline = Deadline.in(LIMIT);
        while (answered(user, sql)) {
            assertThat(deadline.isPassed()).isFalse();
            deadline.pause();
        }
        assertRefused(user, sql, pattern);
    }

    private static void awaitTrue(Callable<Boolean> condition) throws Exception {
        Deadline deadline = Deadline.in(LIMIT);
        while (!condition.call()) {
            assertThat(deadline.isPassed()).as("waited in vain").isFalse();
            deadline.pause();
        }
    }
}
