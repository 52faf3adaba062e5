package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What becomes of governed tables is noticed, nothing of it shows before it is approved, and the data sources' health says so.
@TestInstance(PER_CLASS)
class TestSchemaMonitoring {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of("policy.fingerprint.enabled", "true"));
        for (String schema : List.of("shop", "hr", "outside")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, email varchar, age integer)");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.people (name varchar)");
        server.execute(PIPELINE, "CREATE TABLE memory.outside.notes (text varchar)");
        server.apply("""
                {kind: Tag, name: PII}
                ---
                {kind: DataSource, name: memory.shop, owners: {users: [olga]}, fingerprint: {interval: 1h}}
                ---
                {kind: DataSource, name: memory.shop.customer, approve_columns: all}
                ---
                {kind: DataSource, name: memory.hr, owners: {users: [henry]}}
                ---
                {kind: Policy, name: read-shop, type: access, applies_to: {data_sources: [memory.shop]}, grant: {level: read, to: "true"}}
                """);
        await(() -> looks("memory.shop") == 1 && looks("memory.hr") == 1);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testChangesAreNoticedAndNeverSeenUnmaskedBefore() {
        long version = server.version();
        // unlike other statements these do not tell who did it, as with another engine
        server.execute(PIPELINE, "ALTER TABLE memory.shop.customer ADD COLUMN IF NOT EXISTS salary varchar");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, 'secret@example.com', 43, 'secret-salary')");
        assertThat(server.column("alice", "SELECT salary FROM memory.shop.customer")).containsOnlyNulls();
        assertThat(server.column("alice", "SELECT email FROM memory.shop.customer")).contains("secret@example.com");
        look("memory.shop");
        assertThat(server.rows(AUDITOR, events("added-column", "memory.shop.customer")))
                .containsExactly(Arrays.asList("salary", null, "varchar", null));
        assertThat(server.column("alice", "SELECT salary FROM memory.shop.customer")).containsOnlyNulls();
        assertThat(server.value("olga", health("columns", "memory.shop")))
                .isEqualTo("not approved, and NULL until an owner calls policy.admin.approve_column: memory.shop.customer.salary");
        // a look makes no version
        assertThat(server.version()).isEqualTo(version);
        server.execute("olga", "CALL policy.admin.approve_column('memory.shop.customer', 'salary')");
        assertThat(server.column("alice", "SELECT salary FROM memory.shop.customer")).contains("secret-salary");
        assertThat(server.value("olga", health("columns", "memory.shop"))).isNull();

        // other columns under the same name
        server.execute(PIPELINE, "CREATE TABLE memory.shop.card (id bigint, holder varchar, pin varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.card VALUES (1, 'secret-holder', 'secret-pin')");
        assertThat(server.rows("alice", "SELECT * FROM memory.shop.card")).containsExactly(Arrays.asList(null, null, null));
        look("memory.shop");
        assertThat(server.rows(AUDITOR, events("created-table", "memory.shop.card")))
                .containsExactly(Arrays.asList(null, null, null, PIPELINE));
        for (String column : List.of("id", "holder", "pin")) {
            server.execute("olga", "CALL policy.admin.approve_column('memory.shop.card', '%s')".formatted(column));
        }
        assertThat(server.rows("alice", "SELECT * FROM memory.shop.card")).containsExactly(List.of(1L, "secret-holder", "secret-pin"));
        server.execute(PIPELINE, "DROP TABLE memory.shop.card");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.card (id varchar, bearer varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.card VALUES ('secret-id', 'secret-bearer')");
        assertThat(server.rows("alice", "SELECT * FROM memory.shop.card")).containsExactly(Arrays.asList(null, null));
        look("memory.shop");
        assertThat(server.rows(AUDITOR, events("retyped-column", "memory.shop.card")))
                .containsExactly(Arrays.asList("id", "bigint", "varchar", null));
        assertThat(server.column(AUDITOR, "SELECT kind FROM policy.metadata.schema_events WHERE object = 'memory.shop.card' "
                + "AND column_name IN ('holder', 'bearer', 'pin') AND user_name IS NULL ORDER BY column_name"))
                .containsExactly("added-column", "dropped-column", "dropped-column");
        assertThat(server.rows("alice", "SELECT * FROM memory.shop.card")).containsExactly(Arrays.asList(null, null));
        server.execute(PIPELINE, "DROP TABLE memory.shop.card");
        assertThat(server.database().query("SELECT count(*) FROM policy.schema_event WHERE schema_event::text LIKE '%secret%'"))
                .containsExactly("0");
    }

    @Test
    void testWhatUsersDoIsTheirs() {
        server.execute(PIPELINE, "CREATE TABLE memory.hr.pay (id bigint, amount bigint)");
        server.execute(PIPELINE, "ALTER TABLE memory.hr.pay ADD COLUMN bonus bigint");
        server.execute(PIPELINE, "ALTER TABLE memory.hr.pay RENAME COLUMN bonus TO extra");
        server.execute(PIPELINE, "ALTER TABLE memory.hr.pay RENAME TO memory.hr.wages");
        server.execute(PIPELINE, "CREATE VIEW memory.hr.total AS SELECT sum(amount) AS total FROM memory.hr.wages");
        server.execute(PIPELINE, "DROP VIEW memory.hr.total");
        server.execute(PIPELINE, "DROP TABLE memory.hr.wages");
        await(() -> server.column(AUDITOR, "SELECT kind FROM policy.metadata.schema_events WHERE kind = 'dropped-table' "
                + "AND object = 'memory.hr.wages'").size() == 1);
        assertThat(server.rows(AUDITOR, "SELECT kind, object, column_name, after FROM policy.metadata.schema_events "
                + "WHERE object LIKE 'memory.hr.%' AND user_name = '" + PIPELINE + "' AND query_id IS NOT NULL AND job_id IS NULL "
                + "ORDER BY at")).containsExactly(
                        Arrays.asList("created-table", "memory.hr.pay", null, null),
                        Arrays.asList("added-column", "memory.hr.pay", "bonus", null),
                        Arrays.asList("renamed-column", "memory.hr.pay", "bonus", "extra"),
                        Arrays.asList("renamed-table", "memory.hr.pay", null, "memory.hr.wages"),
                        Arrays.asList("created-view", "memory.hr.total", null, null),
                        Arrays.asList("dropped-view", "memory.hr.total", null, null),
                        Arrays.asList("dropped-table", "memory.hr.wages", null, null));
        look("memory.hr");
        assertThat(server.column(AUDITOR, "SELECT kind FROM policy.metadata.schema_events WHERE job_id IS NOT NULL "
                + "AND object LIKE 'memory.hr.%' AND object <> 'memory.hr.people'")).isEmpty();
        // of what is not governed nothing is kept
        assertThat(server.column(AUDITOR, "SELECT object FROM policy.metadata.schema_events WHERE object LIKE 'memory.outside%'"))
                .isEmpty();
    }

    @Test
    void testPoliciesAndTags() {
        server.apply(
                "{kind: Policy, name: hide-names, type: mask, columns: {names: [memory.shop.customer.id]}, mask: {type: 'null'}, state: staged}");
        server.execute("olga", "CALL policy.admin.add_tag('memory.shop.customer.age', 'PII')");
        server.execute(GOVERNOR, "CALL policy.admin.remove_tag('memory.shop.customer.age', 'PII')");
        server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'hide-names')");
        assertThat(server.rows(AUDITOR,
                "SELECT kind, object, column_name, policy, before, after, user_name FROM policy.metadata.schema_events "
                        + "WHERE policy = 'hide-names' OR kind LIKE '%-tag' ORDER BY version"))
                .containsExactly(
                        Arrays.asList("applied-policy", null, null, "hide-names", null, null, GOVERNOR),
                        Arrays.asList("added-tag", "memory.shop.customer", "age", null, null, "PII", "olga"),
                        Arrays.asList("removed-tag", "memory.shop.customer", "age", null, "PII", null, GOVERNOR),
                        Arrays.asList("removed-policy", null, null, "hide-names", null, null, GOVERNOR));
        assertThat(server.column("olga", "SELECT policy FROM policy.metadata.schema_events WHERE kind = 'applied-policy'"))
                .contains("read-shop");
    }

    @Test
    void testNobodyElseLearnsOfIt() {
        for (String table : List.of("schema_events", "fingerprints", "fingerprint_drift", "health")) {
            assertThat(server.rows("alice", "SELECT * FROM policy.metadata." + table)).describedAs(table).isEmpty();
        }
        assertThat(server.rows(OPERATOR, "SELECT * FROM policy.metadata.schema_events")).isEmpty();
        assertThat(server.column("olga", "SELECT DISTINCT object FROM policy.metadata.schema_events WHERE object LIKE 'memory.hr%'"))
                .isEmpty();
        assertThat(server.column("olga", "SELECT DISTINCT object FROM policy.metadata.health"))
                .containsExactlyInAnyOrder("memory.shop", "memory.shop.customer");
        assertThat(server.column("henry", "SELECT DISTINCT object FROM policy.metadata.health")).containsExactly("memory.hr");
        // not through a view of somebody who may
        server.execute(GOVERNOR, "CREATE VIEW memory.outside.leak AS SELECT * FROM policy.metadata.schema_events");
        assertThat(server.rows("alice", "SELECT * FROM memory.outside.leak")).isEmpty();
        assertThat(server.rows(GOVERNOR, "SELECT * FROM memory.outside.leak")).isNotEmpty();
    }

    @Test
    void testHealthOfADataSource() {
        assertThat(server.rows("henry", "SELECT \"check\", status FROM policy.metadata.health WHERE object = 'memory.hr' ORDER BY 1"))
                .contains(List.of("reachable", "passed"), List.of("policies-compile", "passed"), List.of("keys-present", "passed"),
                        List.of("fingerprint", "skipped"), List.of("row-count", "skipped"), List.of("rules", "skipped"));
        assertThat(server.value("henry", health("fingerprint", "memory.hr")))
                .isEqualTo("its data source does not say fingerprint: {enabled: true}");
    }

    @Test
    void testAskingForALookNeedsAnOwner() {
        assertThat(server.failure("alice", "CALL policy.admin.run_fingerprint('memory.shop.customer')"))
                .contains("Cannot look at memory.shop.customer: alice is not an administrator or an owner of the data source");
        assertThat(server.failure("henry", "CALL policy.admin.run_fingerprint('memory.shop.customer')")).contains("Cannot look at");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.run_fingerprint('memory.outside.notes')"))
                .contains("memory.outside.notes is not governed: CALL policy.admin.register('memory.outside.notes') first");
    }

    /// Asked for, it happens at once, though the data source is due in an hour.
    private void look(String dataSource) {
        long before = looks(dataSource);
        server.execute(GOVERNOR, "CALL policy.admin.run_fingerprint('%s')".formatted(dataSource));
        await(() -> looks(dataSource) > before);
    }

    private long looks(String dataSource) {
        return server.rows(AUDITOR, "SELECT job_id FROM policy.metadata.jobs WHERE kind = 'schema-monitoring' AND state = 'succeeded' "
                + "AND object = '%s'".formatted(dataSource)).size();
    }

    private static String events(String kind, String table) {
        return "SELECT column_name, before, after, user_name FROM policy.metadata.schema_events WHERE kind = '%s' AND object = '%s'"
                .formatted(kind, table);
    }

    private static String health(String check, String object) {
        return "SELECT why FROM policy.metadata.health WHERE \"check\" = '%s' AND object = '%s'".formatted(check, object);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                Thread.sleep(100);
            }
            catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
