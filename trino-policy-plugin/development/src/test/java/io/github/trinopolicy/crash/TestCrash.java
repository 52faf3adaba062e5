package io.github.trinopolicy.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.demo.Progress;
import io.github.trinopolicy.demo.TestingServers;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(TestingServers.class)
final class TestCrash {
    private static final String BEFORE = """
            kind: Tag
            name: Before
            """;
    private static final String AFTER = """
            kind: Tag
            name: After
            ---
            kind: Tag
            name: Further
            """;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    // any number that nobody else uses
    private static final int GATE = 471_100;

    private final PostgresProcess postgres;
    private final Path directory;

    private CrashCluster cluster;
    private StoreReader store;

    TestCrash(PostgresProcess postgres, @TempDir Path directory) {
        this.postgres = postgres;
        this.directory = directory;
    }

    @BeforeAll
    void startCluster() throws Exception {
        cluster = CrashCluster.start(ServerLayout.ofSourceTree(Path.of("..", "..")), directory, postgres.database());
        store = StoreReader.of(cluster.database());
    }

    @AfterAll
    void stopCluster() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("Invariant 12: a coordinator killed inside apply leaves the old version")
    void testKilledInsideApply() throws Exception {
        apply(BEFORE);
        String contents = contents();
        assertThat(contents).contains("Before");
        try (Connection gate = cluster.database().connect();
                Statement gateStatement = gate.createStatement();
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            // holds every change back between its writes and its commit
            cluster.database().execute("""
                    CREATE FUNCTION policy.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_advisory_xact_lock(%s); RETURN NEW; END $$
                    """.formatted(GATE),
                    "CREATE TRIGGER gate AFTER INSERT ON policy.revision_change FOR EACH ROW EXECUTE FUNCTION policy.wait_at_gate()");
            gateStatement.execute("SELECT pg_advisory_lock(%s)".formatted(GATE));

            Future<?> call = executor.submit(() -> {
                apply(AFTER);
                return true;
            });
            await("1", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted".formatted(GATE));
            assertThat(call).isNotDone();
            cluster.cluster().node(Cluster.COORDINATOR).kill();

            // left alone, the driver would look for the coordinator for minutes
            executor.shutdownNow();
            assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class);
        }
        // the gate is open now, and the rest of the transaction finds nobody who would commit it
        await("0", "SELECT count(*) FROM pg_locks WHERE relation = 'policy.object'::regclass");
        assertThat(contents()).isEqualTo(contents);

        cluster.database().execute("DROP TRIGGER gate ON policy.revision_change");
        cluster.cluster().restart(Cluster.COORDINATOR);
        cluster.cluster().awaitReady();
        assertThat(contents()).isEqualTo(contents);

        apply(AFTER);
        assertThat(store.single("SELECT version FROM policy.store_info")).isEqualTo("2");
        assertThat(contents()).contains("After", "Further");
    }

    private void apply(String bundle) throws SQLException {
        new Account(cluster.cluster(), CrashCluster.ADMINISTRATOR, new Ledger()).ask(Bundles.call(bundle, "test", "test"));
    }

    /// All that a change writes.
    private String contents() throws SQLException {
        return store.single("""
                SELECT concat_ws(' ', (SELECT string_agg(o::text, ' ' ORDER BY name) FROM policy.object o),
                    (SELECT string_agg(r::text, ' ' ORDER BY version) FROM policy.revision r),
                    (SELECT string_agg(c::text, ' ' ORDER BY version, position) FROM policy.revision_change c),
                    (SELECT string_agg(s::text, ' ') FROM policy.store_info s))
                """);
    }

    private void await(String expected, String sql) throws Exception {
        Deadline deadline = Deadline.in(LIMIT);
        while (!store.single(sql).equals(expected)) {
            assertThat(deadline.isPassed()).as(sql).isFalse();
            deadline.pause();
        }
    }

    @Test
    @Order(2)
    @DisplayName("Invariant 12: random kills under load")
    void testRandomKills() throws Exception {
        // the promise is a second; a machine that is this busy may take longer to end a query that was answered
        CrashRun run = new CrashRun(cluster, Duration.ofSeconds(30), System.nanoTime(), Duration.ofSeconds(3), new Progress(System.out));

        CrashReport report = run.run();

        assertThat(report.findings()).describedAs(report.text()).isEmpty();
        assertThat(report.kills()).describedAs(report.text()).containsKey(Cluster.COORDINATOR).hasSizeGreaterThan(1);
        assertThat(report.acts().keySet()).describedAs(report.text()).containsExactly("bundles applied", "cells unmasked", "keys rotated",
                "masked reads", "raw reads", "tokens unmasked");
    }

    /// A run that could find nothing would prove nothing.
    @Test
    @Order(3)
    void testWhatIsWrongInTheStoreIsFound() throws Exception {
        List<Generations> series = ImmutableList.of(present(1), present(2));
        assertThat(findings(store, series)).isEmpty();

        assertFound(series, "UPDATE policy.object SET document = 'generation 1' WHERE name = 'first-2'",
                "Policy first-2 is of version", "the store holds of series-2 (documents, generation)");
        assertFound(series, "DELETE FROM policy.object WHERE name = 'filter-1'",
                "Policy filter-1 is of version  in the store", "the store holds of series-1 (documents, generation)");
        assertFound(series,
                "DELETE FROM policy.revision_change WHERE name = 'filter-1' AND version = (SELECT min(version) FROM policy.revision_change WHERE name = 'filter-1')",
                "of series-1 is in the history with 5 documents in 1 versions");
        assertFound(series, "DELETE FROM policy.audit_log WHERE policy_version = 2",
                "the change of version 2 (apply) has 0 rows in the audit log");
        assertFound(series, "UPDATE policy.data_key SET state = 'RETIRED' WHERE family = 'REVERSIBLE'", "of the REVERSIBLE key there are");
        assertFound(series, "UPDATE policy.store_info SET version = version + 1", "its history ends at");

        long next = series.getFirst().begin();
        series.getFirst().acknowledge(next);
        assertThat(findings(store, series)).hasSize(2)
                .anyMatch(finding -> finding.contains("generations [%s] of series-1 were acknowledged and are lost".formatted(next)))
                .anyMatch(finding -> finding.contains("of series-1, and only %1$s to %1$s were in force".formatted(next)));
    }

    /// As if the present generation were the only one.
    private Generations present(int number) throws SQLException {
        long last = Long.parseLong(
                store.single("SELECT substring(document FROM 'generation ([0-9]+)') FROM policy.object WHERE name = 'generation-%s'"
                        .formatted(number)));
        Generations generations = new Generations();
        while (generations.newest() < last) {
            generations.begin();
        }
        generations.acknowledge(last);
        return generations;
    }

    private void assertFound(List<Generations> series, String sql, String... findings) throws SQLException {
        try (Connection connection = cluster.database().connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThat(statement.executeUpdate(sql)).isPositive();
            List<String> found = findings(query -> StoreReader.read(connection, query), series);
            connection.rollback();
            for (String finding : findings) {
                assertThat(found).anyMatch(text -> text.contains(finding));
            }
        }
    }

    private static List<String> findings(StoreReader store, List<Generations> series) throws SQLException {
        Findings findings = new Findings();
        new StoreCheck(store, series, findings).check();
        return findings.texts();
    }
}
