package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.KeyFile;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;

/// A coordinator and a worker with the sample data and the sample policies.
///
/// Each node has an account of its own in PostgreSQL, with no more rights than it needs. From the moment in which the policies are in
/// place the coordinator's account cannot read wrapped data keys, so what takes a key to compute was computed by the worker.
///
/// What nobody registered may be changed by everybody, and the procedures of the lake that are off by default are on: whatever is
/// refused here is refused by policies.
final class TestingGovernedCluster implements AutoCloseable {
    static final String WORKER = "worker-1";

    private static final ServerLayout LAYOUT = ServerLayout.ofSourceTree(Path.of("..", ".."));
    private static final String COORDINATOR_ACCOUNT = "policy_coordinator";
    private static final String WORKER_ACCOUNT = "policy_worker";

    private final Path directory;
    private final Database superuser;
    private final Database coordinatorAccount;
    private final Cluster cluster;

    private TestingGovernedCluster(Path directory, Database superuser, Database coordinatorAccount, Cluster cluster) {
        this.directory = requireNonNull(directory, "directory is null");
        this.superuser = requireNonNull(superuser, "superuser is null");
        this.coordinatorAccount = requireNonNull(coordinatorAccount, "coordinatorAccount is null");
        this.cluster = requireNonNull(cluster, "cluster is null");
    }

    /// @param directory for this cluster alone
    /// @param superuser of a database whose schema `policy` is for this cluster alone
    static TestingGovernedCluster start(Path directory, Database superuser) throws Exception {
        PrivateDirectory.create(warehouse(directory));
        writeNewKey(key(directory));
        new Lake(superuser, warehouse(directory)).prepare();
        Database coordinator = createAccount(superuser, COORDINATOR_ACCOUNT);
        Database worker = createAccount(superuser, WORKER_ACCOUNT);
        // the worker waits for the tables, so it must be able to see them once they are there
        execute(superuser,
                "CREATE SCHEMA policy AUTHORIZATION policy_coordinator",
                "GRANT USAGE ON SCHEMA policy TO policy_worker",
                "ALTER DEFAULT PRIVILEGES FOR ROLE policy_coordinator IN SCHEMA policy GRANT SELECT ON TABLES TO policy_worker");
        Cluster cluster = builder(directory, new Lake(superuser, warehouse(directory)))
                .node(Cluster.COORDINATOR, node -> node.withCatalog("policy", policyProperties(coordinator, key(directory))))
                .node(WORKER, node -> node.withCatalog("policy", policyProperties(worker, key(directory))))
                .start();
        TestingGovernedCluster governed = new TestingGovernedCluster(directory, superuser, coordinator, cluster);
        try {
            governed.limitWorkerAccount();
            try (Session admin = governed.session("admin")) {
                SampleData.load(admin);
            }
            governed.applySampleBundle();
            governed.hideKeysFromCoordinator();
            return governed;
        }
        catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    /// A cluster over the same lake and the same store, whose nodes may do everything in the store.
    ///
    /// @param another for that cluster alone
    Cluster.Builder another(Path another) {
        return builder(another, new Lake(superuser, warehouse(directory))).catalog("policy", policyProperties());
    }

    /// How a node of this cluster is configured that may do everything in the store.
    Map<String, String> policyProperties() {
        return policyProperties(superuser, key(directory));
    }

    Cluster cluster() {
        return cluster;
    }

    ServerLayout layout() {
        return LAYOUT;
    }

    /// With all rights.
    Database database() {
        return superuser;
    }

    /// With the rights of the coordinator.
    Database coordinatorAccount() {
        return coordinatorAccount;
    }

    Session session(String user) throws SQLException {
        return Session.open(cluster, user);
    }

    void applySampleBundle() throws IOException, SQLException {
        try (Session admin = session("admin")) {
            new PolicyAdministration(admin, LAYOUT.policies()).applySampleBundle();
        }
    }

    void applySampleBundleWith(String text, String replacement) throws IOException, SQLException {
        try (Session admin = session("admin")) {
            new PolicyAdministration(admin, LAYOUT.policies()).applySampleBundleWith(text, replacement, "test");
        }
    }

    /// The worker's account may from now on, or may not, read data keys. Those in the worker's memory it keeps for a second.
    void setWorkerReadsKeys(boolean readsKeys) throws SQLException {
        execute(superuser,
                readsKeys ? "GRANT SELECT ON policy.data_key TO policy_worker" : "REVOKE SELECT ON policy.data_key FROM policy_worker");
    }

    private void limitWorkerAccount() throws SQLException {
        execute(superuser,
                "REVOKE ALL ON ALL TABLES IN SCHEMA policy FROM policy_worker",
                "GRANT SELECT ON policy.flyway_schema_history, policy.store_info, policy.data_key TO policy_worker",
                "GRANT SELECT, INSERT, UPDATE ON policy.node TO policy_worker");
    }

    private void hideKeysFromCoordinator() throws SQLException {
        // rights are taken from an owner like from everybody else
        execute(superuser,
                "REVOKE SELECT ON policy.data_key FROM policy_coordinator",
                "GRANT SELECT (key_id, scope_id, family, key_version, state, provider, created_at, changed_at, version)"
                        + " ON policy.data_key TO policy_coordinator");
    }

    /// 32 random bytes in Base64, in a file that its owner alone may read.
    static void writeNewKey(Path file) throws IOException {
        KeyFile.writeNew(file);
    }

    static void execute(Database database, String... statements) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// The only value of a result of one row and one column.
    static String single(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            String value = requireNonNull(rows.getString(1), "value is null");
            if (rows.next()) {
                throw new IllegalStateException("more than one row: " + sql);
            }
            return value;
        }
    }

    private static Database createAccount(Database superuser, String name) throws SQLException {
        String password = UUID.randomUUID().toString();
        execute(superuser, "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(name, password));
        return new Database(superuser.url(), name, password);
    }

    private static Cluster.Builder builder(Path directory, Lake lake) {
        return Cluster.builder(LAYOUT, directory)
                .catalog("tpch", ImmutableMap.of("connector.name", "tpch"))
                .catalog("lake", ImmutableMap.<String, String>builder()
                        .putAll(lake.catalogProperties())
                        .put("iceberg.register-table-procedure.enabled", "true")
                        .put("iceberg.add-files-procedure.enabled", "true")
                        .buildOrThrow())
                // the same tables, as another engine has them
                .catalog("elsewhere", lake.catalogProperties())
                .accessControl(ImmutableMap.of("access-control.name", "policy"));
    }

    private static Map<String, String> policyProperties(Database account, Path key) {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "policy")
                .put("policy.store.url", account.url())
                .put("policy.store.user", account.user())
                .put("policy.store.password", account.password())
                .put("policy.key-encryption-key-file", key.toString())
                .put("policy.key-cache-max-age", "1s")
                .put("policy.administrators", "admin")
                .put("policy.exempt-users", "admin")
                .put("policy.ungoverned-tables", "allow")
                .put("policy.fingerprint.enabled", "true")
                .buildOrThrow();
    }

    private static Path warehouse(Path directory) {
        return directory.resolve("warehouse");
    }

    private static Path key(Path directory) {
        return directory.resolve("key");
    }

    @Override
    public void close() {
        cluster.close();
    }
}
