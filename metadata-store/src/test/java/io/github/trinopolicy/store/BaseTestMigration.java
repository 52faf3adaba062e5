package io.github.trinopolicy.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.airlift.units.Duration;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Creating the store, and opening it, on one version of the server.
abstract class BaseTestMigration {
    private static final UUID TOKEN = new UUID(1, 1);
    private static final UUID SCOPE = new UUID(2, 2);

    private final TestingDatabase database;

    BaseTestMigration(TestingPostgres postgres) {
        database = postgres.createDatabase();
    }

    @AfterEach
    public void dropDatabase() {
        database.close();
    }

    @Test
    public void testEmptyDatabase() {
        try (PolicyStore store = database.openStore()) {
            StoreContents contents = store.load();
            assertThat(contents.version().version()).isZero();
            assertThat(contents.objects()).isEmpty();
            assertThat(contents.tables()).isEmpty();
            assertThat(contents.keys()).isEmpty();
            assertThat(contents.storeId().toString()).isEqualTo(database.query("SELECT store_id FROM policy.store_info").getFirst());
            assertThat(store.revisions(10)).hasSize(1).first().satisfies(revision -> {
                assertThat(revision.version()).isEqualTo(contents.version());
                assertThat(revision.act().action()).isEqualTo("create store");
            });
            assertThat(store.changesSince(contents.version())).isPresent();
        }
    }

    @Test
    public void testMigrateTwice() {
        StoreContents first;
        try (PolicyStore store = database.openStore()) {
            first = store.load();
        }
        try (PolicyStore store = database.openStore()) {
            assertThat(store.load()).isEqualTo(first);
        }
    }

    /// A store of each former version of the schema, the previous one among them, keeps all that it holds.
    @Test
    public void testFormerSchemas() {
        database.openStore().close();
        List<String> versions = database
                .query("SELECT version FROM policy.flyway_schema_history WHERE version IS NOT NULL ORDER BY installed_rank");
        for (String former : versions.subList(0, versions.size() - 1)) {
            String schema = "former_" + former;
            Flyway.configure(StoreMigration.class.getClassLoader()).dataSource(database.url(), "postgres", "").schemas(schema)
                    .locations("classpath:db/policy").placeholderReplacement(false).target(former).load().migrate();
            for (String statement : List.of(
                    "INSERT INTO %s.revision (version, token, author, action) VALUES (1, '" + TOKEN + "', 'alice', 'apply')",
                    "INSERT INTO %s.revision_change (version, position, kind, name, origin, after_document) "
                            + "VALUES (1, 0, 'Tag', 'PII', 'BUNDLE', 'PII')",
                    "UPDATE %s.store_info SET version = 1, token = '" + TOKEN + "'",
                    "INSERT INTO %s.object (kind, name, origin, document, version) VALUES ('Tag', 'PII', 'BUNDLE', 'PII', 1)",
                    "INSERT INTO %s.known_table (table_id, name, version) VALUES ('" + SCOPE + "', 'c.s.t', 1)",
                    "INSERT INTO %s.data_key (key_id, scope_id, family, key_version, state, provider, wrapped, version) "
                            + "VALUES (gen_random_uuid(), '" + SCOPE + "', 'HASH', 1, 'PRIMARY', 'local', '\\x00', 1)",
                    "INSERT INTO %s.node (node_id, coordinator, key_fingerprint, enforcing, started_at, seen_at) "
                            + "VALUES ('one', true, 'f', true, now(), now())")) {
                database.execute(statement.formatted(schema));
            }
            StoreConfig config = database.config().setSchema(schema);
            try (PolicyStore store = new PolicyStoreFactory(config).migrateAndOpen()) {
                StoreContents contents = store.load();
                assertThat(contents.version()).describedAs(former).isEqualTo(new StoreVersion(1, TOKEN));
                assertThat(contents.objects()).extracting(StoredObject::name).containsExactly("PII");
                assertThat(contents.tables()).extracting(KnownTable::id).containsExactly(SCOPE);
                assertThat(contents.keys()).extracting(KeyReference::scope).containsExactly(SCOPE);
                assertThat(store.nodes()).extracting(status -> status.report().nodeId()).containsExactly("one");
                assertThat(store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("New"))).version().version())
                        .isEqualTo(2);
            }
        }
    }

    @Test
    public void testForeignTablesInOtherSchemas() {
        database.execute("CREATE TABLE public.object (id int)");
        database.execute("CREATE TABLE public.store_info (id int)");
        try (PolicyStore store = database.openStore()) {
            assertThat(store.currentVersion().version()).isZero();
        }
        assertThat(database.query("SELECT count(*) FROM public.store_info")).containsExactly("0");
    }

    @Test
    public void testForeignTablesInTheSchema() {
        database.execute("CREATE SCHEMA policy CREATE TABLE policy.something (id int)");
        assertThatThrownBy(database::openStore)
                .isInstanceOf(PolicyStoreException.class)
                .hasMessageStartingWith(
                        "policy store at %s cannot be migrated in schema 'policy': policy.store.user must own it, and it must hold nothing else ("
                                .formatted(database.url()));
    }

    @Test
    public void testTwoSchemasAreTwoStores() {
        try (PolicyStore one = new PolicyStoreFactory(database.config().setSchema("one")).migrateAndOpen();
                PolicyStore two = new PolicyStoreFactory(database.config().setSchema("two")).migrateAndOpen()) {
            assertThat(one.load().storeId()).isNotEqualTo(two.load().storeId());
        }
    }

    @Test
    public void testConcurrentMigration()
            throws Exception {
        int nodes = 4;
        CyclicBarrier barrier = new CyclicBarrier(nodes);
        List<Future<UUID>> storeIds = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(nodes)) {
            for (int node = 0; node < nodes; node++) {
                storeIds.add(executor.submit(() -> {
                    barrier.await();
                    try (PolicyStore store = database.openStore()) {
                        return store.load().storeId();
                    }
                }));
            }
        }
        for (Future<UUID> storeId : storeIds) {
            assertThat(storeId.get()).isEqualTo(storeIds.getFirst().get());
        }
        assertThat(database.query("SELECT version FROM policy.revision")).containsExactly("0");
    }

    @Test
    public void testWorkerWaitsForMigration()
            throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<UUID> storeId = executor.submit(() -> {
                try (PolicyStore store = new PolicyStoreFactory(database.config()).awaitMigrationAndOpen()) {
                    return store.load().storeId();
                }
            });
            try (PolicyStore store = database.openStore()) {
                assertThat(storeId.get(30, SECONDS)).isEqualTo(store.load().storeId());
            }
        }
    }

    @Test
    public void testWorkerGivesUpAndCreatesNothing() {
        StoreConfig config = database.config().setMigrationTimeout(new Duration(1, SECONDS));
        assertFails(
                () -> new PolicyStoreFactory(config).awaitMigrationAndOpen(),
                Category.INCOMPATIBLE,
                "policy store at %s was not migrated to the version of this plugin within 1.00s: start a coordinator with the same version and store"
                        .formatted(database.url()));
        assertThat(database.query("SELECT 1 FROM information_schema.schemata WHERE schema_name = 'policy'")).isEmpty();
    }

    /// Rights as the documentation gives them to workers.
    @Test
    public void testWorkerNeedsNoRightToWrite() {
        String worker = database.name() + "_worker";
        database.openStore().close();
        database.execute("CREATE ROLE %s LOGIN".formatted(worker));
        database.execute("GRANT USAGE ON SCHEMA policy TO %s".formatted(worker));
        database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA policy TO %s".formatted(worker));
        try (PolicyStore store = new PolicyStoreFactory(database.config().setUser(worker)).awaitMigrationAndOpen()) {
            assertThat(store.load().version().version()).isZero();
            assertThatThrownBy(() -> store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII"))))
                    .isInstanceOf(PolicyStoreException.class)
                    .hasMessage("policy store at %s refused a statement (SQLSTATE 42501): the log of the database has the details"
                            .formatted(database.url()));
        }
        finally {
            database.execute("DROP OWNED BY %s".formatted(worker));
            database.execute("DROP ROLE %s".formatted(worker));
        }
    }

    @Test
    public void testStoreOfNewerPlugin() {
        database.openStore().close();
        database.execute("""
                INSERT INTO policy.flyway_schema_history
                (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (99, '999', 'future', 'SQL', 'V999__future.sql', 1, 'test', 1, true)
                """);
        String message = "policy store at %s was migrated by a newer version of the plugin: install that version on this node"
                .formatted(database.url());
        assertFails(database::openStore, Category.INCOMPATIBLE, message);
        assertFails(() -> new PolicyStoreFactory(database.config()).awaitMigrationAndOpen(), Category.INCOMPATIBLE, message);
    }

    @Test
    public void testStoreMigratedUnderARunningNode() {
        try (PolicyStore store = database.openStore()) {
            for (String version : List.of("14.1", "999")) {
                database.execute("""
                        INSERT INTO policy.flyway_schema_history
                        (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                        VALUES (99, '%s', 'future', 'SQL', 'V999__future.sql', 1, 'test', 1, true)
                        """.formatted(version));
                String message = "policy store at %s was migrated by a newer version of the plugin: install that version on this node"
                        .formatted(database.url());
                assertFails(store::currentVersion, Category.INCOMPATIBLE, message);
                assertFails(() -> store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII"))),
                        Category.INCOMPATIBLE, message);
                database.execute("DELETE FROM policy.flyway_schema_history WHERE version = '%s'".formatted(version));
                assertThat(store.currentVersion().version()).isZero();
            }
        }
    }

    @Test
    public void testReadOnlyDatabase() {
        try (PolicyStore store = database.openStore()) {
            database.execute("ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            // finds out that its connections are gone
            while (true) {
                try {
                    store.currentVersion();
                    break;
                }
                catch (PolicyStoreException e) {
                    assertThat(e.category()).isEqualTo(Category.UNREACHABLE);
                }
            }
            assertFails(() -> store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII"))), Category.UNABLE,
                    "policy store at %s is read-only: make it writable, or name all its servers in policy.store.url with targetServerType=primary"
                            .formatted(database.url()));
            database.execute("BEGIN READ WRITE; ALTER DATABASE %s RESET default_transaction_read_only; COMMIT"
                    .formatted(database.name()));
            // the pool may have replaced the connection by another one that is read-only, and loses it by the next attempt
            for (int attempt = 1; store.currentVersion().version() == 0; attempt++) {
                assertThat(attempt).isLessThan(5);
                try {
                    store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII")));
                }
                catch (PolicyStoreException e) {
                    assertThat(e.category()).isEqualTo(Category.UNABLE);
                }
            }
        }
    }

    @Test
    public void testFullDisk() {
        try (PolicyStore store = database.openStore()) {
            database.execute("CREATE FUNCTION policy.disk_full() RETURNS trigger LANGUAGE plpgsql AS "
                    + "$$ BEGIN RAISE EXCEPTION 'salary-of-bob' USING ERRCODE = '53100'; END $$");
            database.execute("CREATE TRIGGER disk_full BEFORE INSERT ON policy.object FOR EACH ROW EXECUTE FUNCTION policy.disk_full()");
            assertFails(() -> store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII"))), Category.UNABLE,
                    "policy store at %s has no disk space left: make room on the database server".formatted(database.url()));
        }
    }

    @Test
    public void testEverythingIsExplained() {
        database.openStore().close();
        assertThat(database.query("""
                SELECT c.relname || coalesce('.' || a.attname, '')
                FROM pg_class c
                CROSS JOIN LATERAL (
                    SELECT NULL AS attname, 0 AS attnum
                    UNION ALL
                    SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                ) a
                WHERE c.relnamespace = 'policy'::regnamespace AND c.relkind = 'r' AND c.relname <> 'flyway_schema_history'
                    AND col_description(c.oid, a.attnum) IS NULL AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
                """)).isEmpty();
    }

    @Test
    public void testUnreachable() {
        StoreConfig config = database.config().setUrl("jdbc:postgresql://localhost:1/policy?sslmode=disable");
        assertFails(
                () -> new PolicyStoreFactory(config).migrateAndOpen(),
                Category.UNREACHABLE,
                "policy store at jdbc:postgresql://localhost:1/policy cannot be reached: Connection to localhost:1 refused. "
                        + "Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.");
    }

    @Test
    public void testMissingDatabase() {
        StoreConfig config = database.config().setUrl(database.url() + "_missing");
        assertFails(
                () -> new PolicyStoreFactory(config).migrateAndOpen(),
                Category.UNREACHABLE,
                "policy store at %s_missing cannot be reached: FATAL: database \"%s_missing\" does not exist"
                        .formatted(database.url(), database.name()));
    }

    @Test
    public void testPassword() {
        StoreConfig config = database.config().setUser(TestingPostgres.USER_WITH_PASSWORD);
        new PolicyStoreFactory(config.setPassword(TestingPostgres.PASSWORD)).migrateAndOpen().close();
        ImmutableMap.of(
                "wrong-secret", "FATAL: password authentication failed for user \"with_password\"",
                "", "The server requested SCRAM-based authentication, but the password is an empty string.")
                .forEach((password, cause) -> assertFails(
                        () -> new PolicyStoreFactory(config.setPassword(password)).migrateAndOpen(),
                        Category.LOGIN_REFUSED,
                        "policy store at %s refused the user 'with_password': check policy.store.user and policy.store.password (%s)"
                                .formatted(database.url(), cause)));
        assertThatThrownBy(() -> new PolicyStoreFactory(config.setPassword("wrong-secret")).migrateAndOpen())
                .hasStackTraceContaining("PSQLException")
                .satisfies(failure -> assertThat(TestingActs.stackTrace(failure)).doesNotContain("wrong-secret"));
    }

    private static void assertFails(Runnable work, Category category, String message) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(PolicyStoreException.class, failure -> assertThat(failure.category()).isEqualTo(category))
                .hasMessage(message);
    }
}
