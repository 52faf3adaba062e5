package io.github.trinopolicy.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import io.github.trinopolicy.development.TrinoProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Keys rotate under load: a coordinator and two workers, each a process of its own, and then a look at everything that these have written.
@TestInstance(PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(TestingServers.class)
final class TestRotation {
    private static final String CANARY = "canary-4711-";
    private static final int ROWS = 2_000;
    private static final int CLIENTS = 8;
    private static final int ROTATIONS = 20;
    /// How many of the tokens that a client saw it keeps, to unmask them later.
    private static final int KEPT = 5;

    private final PostgresProcess postgres;
    private final Path directory;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    private Cluster cluster;
    private Database worker;

    TestRotation(PostgresProcess postgres, @TempDir Path directory) {
        this.postgres = postgres;
        this.directory = directory;
    }

    @BeforeAll
    void startCluster() throws Exception {
        TestingGovernedCluster.writeNewKey(key());
        Path warehouse = directory.resolve("warehouse");
        PrivateDirectory.create(warehouse);
        Database superuser = postgres.database();
        worker = new Database(superuser.url(), "rotation_worker", "rotation-secret-of-worker");
        TestingGovernedCluster.execute(superuser, "CREATE SCHEMA rotation",
                "CREATE ROLE rotation_worker LOGIN PASSWORD 'rotation-secret-of-worker'",
                "GRANT USAGE ON SCHEMA rotation TO rotation_worker",
                // for the time in which it waits for the migration
                "ALTER DEFAULT PRIVILEGES IN SCHEMA rotation GRANT SELECT ON TABLES TO rotation_worker");
        cluster = Cluster.builder(ServerLayout.ofSourceTree(Path.of("..", "..")), directory.resolve("nodes"))
                .workers(2)
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .catalog("memory", ImmutableMap.of("connector.name", "memory"))
                .catalog("policy", policyProperties(superuser))
                .node("worker-1", node -> node.withCatalog("policy", policyProperties(worker)))
                .node("worker-2", node -> node.withCatalog("policy", policyProperties(worker)))
                .start();
        // as docs/operations.md says
        TestingGovernedCluster.execute(superuser, "REVOKE ALL ON ALL TABLES IN SCHEMA rotation FROM rotation_worker",
                "GRANT SELECT ON rotation.flyway_schema_history, rotation.store_info, rotation.data_key, rotation.value_set,"
                        + " rotation.value_set_reference, rotation.unmask_right, rotation.unmask_query, rotation.node"
                        + " TO rotation_worker",
                "GRANT INSERT, UPDATE ON rotation.node TO rotation_worker", "GRANT INSERT ON rotation.audit_log TO rotation_worker");
        try (Session admin = Session.open(cluster, "admin")) {
            admin.execute("CREATE SCHEMA memory.shop");
            admin.execute("""
                    CREATE TABLE memory.shop.person AS SELECT x AS id, CAST('%s' || CAST(x AS varchar) AS varchar) AS email,
                        CAST('%1$s' || CAST(x AS varchar) AS varchar) AS nick, 4111111111110000 + x AS card
                    FROM UNNEST(sequence(1, %s)) t(x)
                    """.formatted(CANARY, ROWS));
            admin.execute("CALL policy.admin.apply('%s')".formatted("""
                    {kind: DataSource, name: memory.shop.person, approve_columns: all, key_columns: [id]}
                    ---
                    {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                    ---
                    {kind: Policy, name: tokens, type: mask, columns: {names: [memory.shop.person.email]}, mask: {type: reversible}}
                    ---
                    {kind: Policy, name: hashes, type: mask, columns: {names: [memory.shop.person.nick]}, mask: {type: hash}}
                    ---
                    {kind: Policy, name: formats, type: mask, columns: {names: [memory.shop.person.card]}, mask: {type: format-preserving}}
                    ---
                    {kind: Policy, name: inspectors, type: unmask, columns: {in: [memory.shop.person]}, to: "current_user = ''inspector''"}
                    """));
        }
    }

    private Path key() {
        return directory.resolve("key");
    }

    private Map<String, String> policyProperties(Database account) {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "policy")
                .put("policy.store.url", account.url())
                .put("policy.store.user", account.user())
                .put("policy.store.password", account.password())
                .put("policy.store.schema", "rotation")
                .put("policy.key-encryption-key-file", key().toString())
                .put("policy.key-cache-max-age", "2s")
                .put("policy.administrators", "admin")
                .put("policy.exempt-users", "admin")
                .put("policy.ungoverned-tables", "allow")
                .buildOrThrow();
    }

    @AfterAll
    void stopCluster() {
        cluster.close();
    }

    @Test
    @Order(1)
    void testRotationUnderLoad() throws Exception {
        AtomicBoolean rotating = new AtomicBoolean(true);
        AtomicInteger queries = new AtomicInteger();
        String nicks = nicks();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                running.add(clients.submit(() -> {
                    while (rotating.get()) {
                        see();
                        unmaskCells();
                        unmaskOldTokens();
                        assertThat(nicks()).isEqualTo(nicks);
                        queries.addAndGet(4);
                    }
                    return true;
                }));
            }
            try (Session admin = Session.open(cluster, "admin")) {
                for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
                    admin.execute("CALL policy.admin.rotate_keys('memory.shop.person', '%s')"
                            .formatted(rotation % 4 == 0 ? "format-preserving" : "reversible"));
                    int before = queries.get();
                    while (queries.get() < before + CLIENTS && running.stream().noneMatch(Future::isDone)) {
                        Thread.sleep(10);
                    }
                }
            }
            finally {
                rotating.set(false);
            }
            for (Future<?> client : running) {
                assertThat(client.get()).isEqualTo(true);
            }
        }
        unmaskOldTokens();
        assertThat(versions()).hasSize(ROTATIONS - ROTATIONS / 4 + 1);
        // both workers made and unmasked tokens
        assertThat(TestingGovernedCluster.single(postgres.database(),
                "SELECT count(DISTINCT node_id) FROM rotation.audit_log WHERE unmasked > 0")).isEqualTo("2");
    }

    private void see() throws SQLException {
        try (Session alice = Session.open(cluster, "alice")) {
            int first = ThreadLocalRandom.current().nextInt(ROWS - KEPT);
            QueryResult result = alice.query("SELECT CAST(id AS varchar) AS id, email FROM memory.shop.person WHERE id > %s AND id <= %s"
                    .formatted(first, first + KEPT));
            List<String> ids = result.column("id");
            List<String> seen = result.column("email");
            for (int i = 0; i < ids.size(); i++) {
                assertThat(seen.get(i)).doesNotContain(CANARY);
                tokens.put(seen.get(i), CANARY + ids.get(i));
            }
        }
    }

    private void unmaskCells() throws SQLException {
        try (Session inspector = Session.open(cluster, "inspector")) {
            QueryResult result = inspector.query("""
                    SELECT CAST(id AS varchar) AS id, policy.functions.unmask('memory.shop.person.email', email) AS email,
                        CAST(policy.functions.unmask('memory.shop.person.card', card) - 4111111111110000 AS varchar) AS card
                    FROM memory.shop.person
                    """);
            List<String> ids = result.column("id");
            assertThat(ids).hasSize(ROWS);
            assertThat(result.column("email")).isEqualTo(ids.stream().map(id -> CANARY + id).toList());
            assertThat(result.column("card")).isEqualTo(ids);
        }
    }

    /// All that were ever seen, of whatever key.
    private void unmaskOldTokens() throws SQLException {
        Map<String, String> old = new TreeMap<>(tokens);
        List<String> some = new ArrayList<>(old.keySet());
        if (some.isEmpty()) {
            return;
        }
        try (Session inspector = Session.open(cluster, "inspector")) {
            for (int from = 0; from < some.size(); from += 500) {
                List<String> part = some.subList(from, Math.min(from + 500, some.size()));
                QueryResult result = inspector
                        .query("SELECT t, policy.functions.unmask('memory.shop.person.email', t) AS u FROM (VALUES '%s') v(t)"
                                .formatted(String.join("', '", part)));
                List<String> unmasked = result.column("u");
                List<String> texts = result.column("t");
                assertThat(texts).hasSize(part.size());
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(unmasked.get(i)).isEqualTo(old.get(texts.get(i)));
                }
            }
        }
    }

    /// Hash keys do not rotate, so this never changes.
    private String nicks() throws SQLException {
        try (Session alice = Session.open(cluster, "alice")) {
            return alice.query("SELECT to_hex(checksum(nick)) AS sum FROM memory.shop.person").single();
        }
    }

    /// By the key that each token names.
    private List<String> versions() {
        return tokens.keySet().stream().map(token -> token.substring(0, 24)).distinct().toList();
    }

    /// Invariants 1 and 11, over all that the processes have written: logs, tables of the store, query JSON.
    @Test
    @Order(2)
    void testNothingIsWrittenDown() throws Exception {
        byte[] secret = Base64.getDecoder().decode(Files.readString(key()).strip());
        List<String> canaries = ImmutableList.of(CANARY, Base64.getEncoder().encodeToString(secret), HexFormat.of().formatHex(secret),
                HexFormat.of().withUpperCase().formatHex(secret), postgres.database().password(), worker.password());
        for (TrinoProcess node : cluster.nodes()) {
            assertThat(node.log()).describedAs("log of %s", node.id()).contains("SERVER STARTED").doesNotContain(canaries);
        }
        try (Stream<Path> files = Files.walk(directory.resolve("nodes"))) {
            for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.toString().contains("/etc/catalog/")).toList()) {
                assertThat(Files.readString(file, ISO_8859_1)).describedAs("%s", file).doesNotContain(canaries);
            }
        }
        int tables = 0;
        try (Connection connection = postgres.database().connect(); Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'rotation'")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            for (String name : names) {
                try (ResultSet rows = statement.executeQuery("SELECT t::text FROM rotation.\"%s\" t".formatted(name))) {
                    while (rows.next()) {
                        assertThat(rows.getString(1)).describedAs(name).doesNotContain(canaries);
                    }
                }
                tables++;
            }
        }
        assertThat(tables).isGreaterThan(10);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String all = get(client, "/v1/query");
            List<String> ids = Splitter.on("\"queryId\":\"").splitToStream(all).skip(1)
                    .map(rest -> rest.substring(0, rest.indexOf('"'))).toList();
            assertThat(ids).hasSizeGreaterThan(10);
            int of = 0;
            for (String id : ids) {
                String json = get(client, "/v1/query/" + id);
                // the statement that made the table has the canary in its own text
                if (!json.contains("CREATE TABLE memory.shop.person")) {
                    assertThat(json).describedAs(id).doesNotContain(canaries);
                    of++;
                }
            }
            assertThat(of).isGreaterThan(10);
        }
    }

    private String get(HttpClient client, String path) throws IOException, InterruptedException {
        return client
                .send(HttpRequest.newBuilder(URI.create(cluster.uri() + path)).header("X-Trino-User", "admin").build(),
                        BodyHandlers.ofString())
                .body();
    }
}
