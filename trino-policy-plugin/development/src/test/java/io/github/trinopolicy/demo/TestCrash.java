package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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
    private static final Duration LIMIT = Duration.ofSeconds(30);
    // any number that nobody else uses
    private static final int GATE = 471_100;

    private final Database database;
    private final Path directory;

    TestCrash(PostgresProcess postgres, @TempDir Path directory) {
        this.database = postgres.database();
        this.directory = directory;
    }

    @Test
    @DisplayName("Invariant 12: a coordinator killed inside apply leaves the old version")
    void testKilledInsideApply() throws Exception {
        TestingGovernedCluster.writeNewKey(directory.resolve("key"));
        String contents;
        try (Cluster cluster = start();
                Connection gate = database.connect();
                Statement gateStatement = gate.createStatement();
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            apply(cluster, BEFORE);
            contents = contents();
            assertThat(contents).contains("Before");
            // holds every change back between its writes and its commit
            TestingGovernedCluster.execute(database, """
                    CREATE FUNCTION crash.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_advisory_xact_lock(%s); RETURN NEW; END $$
                    """.formatted(GATE),
                    "CREATE TRIGGER gate AFTER INSERT ON crash.revision_change FOR EACH ROW EXECUTE FUNCTION crash.wait_at_gate()");
            gateStatement.execute("SELECT pg_advisory_lock(%s)".formatted(GATE));

            Future<?> call = executor.submit(() -> {
                apply(cluster, AFTER);
                return true;
            });
            await("1", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted".formatted(GATE));
            assertThat(call).isNotDone();
            cluster.node(Cluster.COORDINATOR).kill();

            // left alone, the driver would look for the coordinator for minutes
            executor.shutdownNow();
            assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class);
        }
        // the gate is open now, and the rest of the transaction finds nobody who would commit it
        await("0", "SELECT count(*) FROM pg_locks WHERE relation = 'crash.object'::regclass");
        assertThat(contents()).isEqualTo(contents);

        TestingGovernedCluster.execute(database, "DROP TRIGGER gate ON crash.revision_change");
        try (Cluster cluster = start()) {
            assertThat(version(cluster)).isEqualTo(1);
            assertThat(contents()).isEqualTo(contents);

            apply(cluster, AFTER);
            assertThat(version(cluster)).isEqualTo(2);
            assertThat(contents()).contains("After", "Further");
        }
    }

    private Cluster start() throws Exception {
        return Cluster.builder(ServerLayout.ofSourceTree(Path.of("..", "..")), directory)
                .workers(0)
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .catalog("policy", ImmutableMap.<String, String>builder()
                        .put("connector.name", "policy")
                        .put("policy.store.url", database.url())
                        .put("policy.store.user", database.user())
                        .put("policy.store.password", database.password())
                        .put("policy.store.schema", "crash")
                        .put("policy.key-encryption-key-file", directory.resolve("key").toString())
                        .put("policy.administrators", "admin")
                        .put("policy.ungoverned-tables", "deny")
                        .buildOrThrow())
                .start();
    }

    private static void apply(Cluster cluster, String bundle) throws SQLException {
        try (Session admin = Session.open(cluster, "admin")) {
            admin.execute("CALL policy.admin.apply(bundle => '%s', prune => true, source => 'test')".formatted(bundle));
        }
    }

    private static long version(Cluster cluster) throws SQLException {
        try (Session admin = Session.open(cluster, "admin")) {
            return Long.parseLong(admin.query("SELECT version FROM policy.metadata.snapshot_status").single());
        }
    }

    /// All that a change writes.
    private String contents() throws SQLException {
        return TestingGovernedCluster.single(database, """
                SELECT concat_ws(' ', (SELECT string_agg(o::text, ' ' ORDER BY name) FROM crash.object o),
                    (SELECT string_agg(r::text, ' ' ORDER BY version) FROM crash.revision r),
                    (SELECT string_agg(c::text, ' ' ORDER BY version, position) FROM crash.revision_change c),
                    (SELECT string_agg(s::text, ' ') FROM crash.store_info s))
                """);
    }

    private void await(String expected, String sql) throws Exception {
        Deadline deadline = Deadline.in(LIMIT);
        while (!TestingGovernedCluster.single(database, sql).equals(expected)) {
            assertThat(deadline.isPassed()).as(sql).isFalse();
            deadline.pause();
        }
    }
}
