package io.github.trinopolicy.bench;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newFixedThreadPool;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.KeyFile;
import io.github.trinopolicy.development.ServerLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// A coordinator in a process of its own that governs a small table, and clients that ask for it as fast as they are answered.
final class LoadedServer implements AutoCloseable {
    private static final int CLIENTS = 32;
    private static final Duration MEASURED = Duration.ofSeconds(10);
    /// A round that answers so much more than the best one before says that the compiler of the JVM still has work.
    private static final double STILL_WARMING = 1.02;
    private static final int STEADY_ROUNDS = 4;
    private static final int LEAST_WARM_UP_ROUNDS = 12;
    private static final int MOST_WARM_UP_ROUNDS = 40;
    private static final String ADMINISTRATOR = "admin";
    private static final String BUNDLE = """
            {kind: Group, name: analysts}
            ---
            {kind: User, name: alice, groups: [analysts]}
            ---
            {kind: DataSource, name: memory.default.customer, approve_columns: all}
            ---
            kind: Policy
            name: read
            type: access
            applies_to: {all: true}
            grant: {level: read, to: "in_any_group(''analysts'')"}
            ---
            kind: Policy
            name: hash-names
            type: mask
            columns: {names: [memory.default.customer.name]}
            mask: {type: hash}
            ---
            kind: Policy
            name: large-accounts
            type: row-filter
            applies_to: {data_sources: [memory.default.customer]}
            where: "acctbal < 5000"
            """;

    private final String name;
    private final Cluster cluster;
    private final PrintStream progress = System.err;

    private LoadedServer(String name, Cluster cluster) {
        this.name = requireNonNull(name, "name is null");
        this.cluster = requireNonNull(cluster, "cluster is null");
    }

    /// @param name for whoever waits
    /// @param directory for this server alone
    /// @param store a database for this server alone
    /// @param properties of the policy catalog, beside what it needs
    static LoadedServer start(String name, ServerLayout layout, Path directory, Database store, Map<String, String> properties)
            throws IOException, InterruptedException, SQLException {
        Path key = directory.resolve("key");
        KeyFile.writeNew(key);
        Cluster cluster = Cluster.builder(layout, directory.resolve("nodes"))
                .workers(0)
                .readinessUser(ADMINISTRATOR)
                // what is measured runs as in production
                .node(Cluster.COORDINATOR,
                        node -> node.withJvmOptions("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4", "-Xmx2g")
                                // Trino looks through all queries that it remembers again and again, so each would make the next one slower
                                .withProperty("query.min-expire-age", "1s")
                                .withProperty("query.max-history", "10"))
                .catalog("tpch", ImmutableMap.of("connector.name", "tpch"))
                .catalog("memory", ImmutableMap.of("connector.name", "memory"))
                .catalog("policy", ImmutableMap.<String, String>builder()
                        .put("connector.name", "policy")
                        .put("policy.store.url", store.url())
                        .put("policy.store.user", store.user())
                        .put("policy.store.password", store.password())
                        .put("policy.key-encryption-key-file", key.toString())
                        .put("policy.administrators", ADMINISTRATOR)
                        .put("policy.exempt-users", ADMINISTRATOR)
                        .put("policy.ungoverned-tables", "read")
                        .putAll(properties)
                        .buildOrThrow())
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .start();
        LoadedServer server = new LoadedServer(name, cluster);
        try {
            server.prepare();
            server.warmUp();
            return server;
        }
        catch (IOException | InterruptedException | SQLException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void prepare() throws SQLException {
        try (Connection connection = cluster.connect(ADMINISTRATOR); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE memory.default.customer AS SELECT * FROM tpch.tiny.customer LIMIT 100");
            statement.execute("CALL policy.admin.apply('%s')".formatted(BUNDLE));
        }
    }

    /// Trino compiles for minutes under load; until then, what is measured is mostly the compiler.
    private void warmUp() throws IOException, InterruptedException {
        long best = 0;
        int steady = 0;
        for (int round = 0; round < LEAST_WARM_UP_ROUNDS || (steady < STEADY_ROUNDS && round < MOST_WARM_UP_ROUNDS); round++) {
            long answered = load(MEASURED);
            steady = answered > best * STILL_WARMING ? 0 : steady + 1;
            best = Math.max(best, answered);
            progress.println("warming up %s: %s queries in %s s".formatted(name, answered, MEASURED.toSeconds()));
        }
    }

    Measurement measure() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long answered = load(MEASURED);
        // what the clients, which are other processes' threads, allocate says nothing of the server
        return new Measurement((double) (System.nanoTime() - begin) / answered, Double.NaN);
    }

    /// @return the number of queries that were answered
    private long load(Duration duration) throws IOException, InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        try (ExecutorService clients = newFixedThreadPool(CLIENTS)) {
            List<Future<Long>> counts = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                counts.add(clients.submit((Callable<Long>) () -> ask(end)));
            }
            long answered = 0;
            for (Future<Long> count : counts) {
                answered += count.get();
            }
            return answered;
        }
        catch (ExecutionException e) {
            throw new IOException("a client of the server failed", e.getCause());
        }
    }

    private long ask(long end) throws SQLException {
        long answered = 0;
        try (Connection connection = cluster.connect("alice"); Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end) {
                try (ResultSet rows = statement
                        .executeQuery("SELECT custkey, name, acctbal FROM memory.default.customer WHERE custkey > 7")) {
                    while (rows.next()) {
                        if (rows.getString(2).length() == 0) {
                            throw new SQLException("a name is empty");
                        }
                    }
                }
                answered++;
            }
        }
        return answered;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
