package io.github.trinopolicy.demo;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.ServerLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Starts everything the demo consists of.
///
/// @param data the directory of the state; absent: nothing outlives the run
/// @param externalDatabase absent: an embedded server
/// @param httpPort absent: a free one
/// @param governed false: without the policy plugin, to see the difference
record DemoServer(
        ServerLayout layout,
        Optional<Path> data,
        Optional<Database> externalDatabase,
        OptionalInt httpPort,
        int workers,
        boolean governed) {
    static final String ADMINISTRATOR = "admin";

    // what the plugin uses where `policy.store.schema` is not set
    private static final String STORE_SCHEMA = "policy";

    DemoServer {
        requireNonNull(layout, "layout is null");
        requireNonNull(data, "data is null");
        requireNonNull(externalDatabase, "externalDatabase is null");
        requireNonNull(httpPort, "httpPort is null");
    }

    /// Returns when queries run on all nodes, with data and policies in place. What was opened is in `resources`, also after a failure.
    Cluster start(OpenResources resources, Progress progress) throws Exception {
        DataDirectory directory = resources.add(DataDirectory.open(data));
        Database database = database(resources, directory, progress);
        Lake lake = new Lake(database, directory.warehouse());
        lake.prepare();
        progress.step("Starting a Trino coordinator with %s ...".formatted(
                workers == 0 ? "no worker" : workers == 1 ? "a worker" : workers + " workers"));
        Cluster cluster = resources.add(cluster(directory, database, lake).start());
        progress.step("Queries run on all nodes");
        try (Session administrator = Session.open(cluster, ADMINISTRATOR)) {
            SampleData.load(administrator);
            progress.step("Sample data are in lake.shop");
            if (governed) {
                new PolicyAdministration(administrator, layout.policies()).applySampleBundle();
                progress.step("Policies of etc/policies are active");
            }
        }
        return cluster;
    }

    private Database database(OpenResources resources, DataDirectory directory, Progress progress) throws Exception {
        if (externalDatabase.isEmpty()) {
            progress.step("Starting PostgreSQL ...");
            return resources.add(PostgresProcess.start(directory.postgres(), directory.run().resolve("postgres"))).database();
        }
        Database database = externalDatabase.get();
        progress.step("Using PostgreSQL at " + database.url());
        if (directory.isTemporary()) {
            requireUnused(database);
            resources.add(() -> dropSchemas(database));
        }
        return database;
    }

    /// The key and the data files of a temporary run are lost at its end, so it must neither find nor leave anything that needs them.
    private static void requireUnused(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT nspname FROM pg_namespace WHERE nspname IN ('%s', '%s') ORDER BY 1".formatted(STORE_SCHEMA, Lake.SCHEMA))) {
            checkState(!rows.next(),
                    "PostgreSQL: the database has a schema %s or %s already; give --data with the directory that belongs to it,"
                            + " or drop them",
                    STORE_SCHEMA, Lake.SCHEMA);
        }
    }

    private static void dropSchemas(Database database) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS %s, %s CASCADE".formatted(STORE_SCHEMA, Lake.SCHEMA));
        }
    }

    private Cluster.Builder cluster(DataDirectory directory, Database database, Lake lake) throws IOException {
        Cluster.Builder builder = Cluster.builder(layout, directory.run())
                .workers(workers)
                .readinessUser(ADMINISTRATOR)
                .catalog("tpch", ImmutableMap.of("connector.name", "tpch"))
                .catalog("memory", ImmutableMap.of("connector.name", "memory"))
                .catalog("lake", lake.catalogProperties());
        httpPort.ifPresent(builder::httpPort);
        if (governed) {
            builder.catalog("policy", policyProperties(directory, database))
                    .accessControl(ImmutableMap.of("access-control.name", "policy"));
        }
        return builder;
    }

    private static Map<String, String> policyProperties(DataDirectory directory, Database database) throws IOException {
        return ImmutableMap.<String, String>builder()
                .put("connector.name", "policy")
                .put("policy.store.url", database.url())
                .put("policy.store.user", database.user())
                .put("policy.store.password", database.password())
                .put("policy.key-encryption-key-file", directory.keyEncryptionKey().toString())
                .put("policy.administrators", ADMINISTRATOR)
                .put("policy.exempt-users", ADMINISTRATOR)
                .put("policy.ungoverned-tables", "read")
                .buildOrThrow();
    }
}
