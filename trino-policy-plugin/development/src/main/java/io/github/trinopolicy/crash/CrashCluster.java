package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.demo.Lake;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.KeyFile;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;

/// A coordinator and two workers that govern the table of [Person]. The workers' account in the store has no more rights than it needs.
public final class CrashCluster implements AutoCloseable {
    static final String ADMINISTRATOR = "admin";

    private static final int WORKERS = 2;
    private static final String WORKER_ACCOUNT = "crash_worker";

    private final Cluster cluster;
    private final Database database;

    private CrashCluster(Cluster cluster, Database database) {
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.database = requireNonNull(database, "database is null");
    }

    /// @param directory for this cluster alone
    /// @param server gets a database and an account for this cluster alone
    public static CrashCluster start(ServerLayout layout, Path directory, Database server) throws Exception {
        Database database = server.named("crash");
        Database worker = new Database(database.url(), WORKER_ACCOUNT, UUID.randomUUID().toString());
        server.execute("CREATE DATABASE crash", "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(worker.user(), worker.password()));
        database.execute("CREATE SCHEMA policy",
                "GRANT USAGE ON SCHEMA policy TO crash_worker",
                // for the time in which it waits for the migration
                "ALTER DEFAULT PRIVILEGES IN SCHEMA policy GRANT SELECT ON TABLES TO crash_worker");
        Path warehouse = directory.resolve("warehouse");
        PrivateDirectory.create(warehouse);
        Path key = directory.resolve("key");
        KeyFile.writeNew(key);
        Lake lake = new Lake(database, warehouse);
        lake.prepare();
        Cluster cluster = Cluster.builder(layout, directory)
                .workers(WORKERS)
                .readinessUser(ADMINISTRATOR)
                .catalog("lake", lake.catalogProperties())
                .catalog("policy", policyProperties(worker, key))
                .node(Cluster.COORDINATOR, node -> node.withCatalog("policy", policyProperties(database, key)))
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .start();
        try {
            CrashCluster started = new CrashCluster(cluster, database);
            started.limitWorkers();
            started.createTable();
            return started;
        }
        catch (SQLException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static Map<String, String> policyProperties(Database account, Path key) {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "policy")
                .put("policy.store.url", account.url())
                .put("policy.store.user", account.user())
                .put("policy.store.password", account.password())
                .put("policy.key-encryption-key-file", key.toString())
                .put("policy.administrators", ADMINISTRATOR)
                .put("policy.exempt-users", ADMINISTRATOR)
                .put("policy.ungoverned-tables", "read")
                .buildOrThrow();
    }

    /// As docs/operations.md says.
    private void limitWorkers() throws SQLException {
        database.execute("REVOKE ALL ON ALL TABLES IN SCHEMA policy FROM crash_worker",
                "GRANT SELECT ON policy.flyway_schema_history, policy.store_info, policy.data_key, policy.value_set,"
                        + " policy.value_set_reference, policy.unmask_right, policy.unmask_query, policy.node TO crash_worker",
                "GRANT INSERT, UPDATE ON policy.node TO crash_worker",
                "GRANT INSERT ON policy.audit_log TO crash_worker");
    }

    private void createTable() throws SQLException {
        try (Connection connection = cluster.connect(ADMINISTRATOR); Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA lake.crash");
            statement.execute(Person.createTable());
        }
    }

    public Cluster cluster() {
        return cluster;
    }

    /// The store is its schema `policy`.
    public Database database() {
        return database;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
