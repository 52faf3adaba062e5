package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// Statistics of governed tables, as the service user takes them through Trino, and what follows from them.
@TestInstance(PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TestFingerprints {
    private static final List<String> CANARIES = List.of("canary-region-77", "canary-person", "91827364");

    private final TestingLogCapture log = new TestingLogCapture();
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        Logger.getLogger("").addHandler(log);
        server = TestingPolicyServer.start(ImmutableMap.of("policy.fingerprint.enabled", "true"));
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, """
                CREATE TABLE memory.shop.sales AS
                SELECT orderkey AS id, CAST(orderpriority AS varchar) AS priority, CAST(totalprice AS decimal(12, 2)) AS amount,
                    orderdate AS ordered, 'canary-person-' || CAST(custkey AS varchar) || '@example.com' AS email,
                    ARRAY[orderkey] AS "odd ""name"
                FROM tpch.tiny.orders
                UNION ALL SELECT 1, 'canary-region-77', 91827364.55, DATE '1901-02-03', NULL, NULL
                """);
        server.execute(PIPELINE, "CREATE TABLE memory.shop.quiet AS SELECT * FROM memory.shop.sales");
        server.apply("""
                {kind: Tag, name: DirectIdentifier.Email}
                ---
                {kind: DataSource, name: memory.shop, owners: {users: [olga]}}
                ---
                kind: DataSource
                name: memory.shop.sales
                approve_columns: all
                key_columns: [id]
                columns: {email: {tags: [DirectIdentifier.Email]}}
                ---
                {kind: DataSource, name: memory.shop.quiet, approve_columns: all}
                ---
                {kind: Policy, name: read-shop, type: access, applies_to: {data_sources: [memory.shop]}, grant: {level: read, to: "true"}}
                ---
                kind: Policy
                name: coarse
                type: mask
                columns: {names: [memory.shop.sales.amount, memory.shop.sales.ordered]}
                mask: {type: rounding, from: fingerprint}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
        Logger.getLogger("").removeHandler(log);
    }

    @Test
    @Order(1)
    void testBeforeTheFirstOneRoundingHides() {
        assertThat(server.rows("alice", "SELECT DISTINCT amount, ordered FROM memory.shop.sales")).hasSize(1)
                .allSatisfy(row -> assertThat(row).containsOnlyNulls());
        assertThat(server.rows("olga", "SELECT * FROM policy.metadata.fingerprints")).isEmpty();
    }

    @Test
    @Order(2)
    void testOnSchedule() {
        server.apply("""
                kind: DataSource
                name: memory.shop.sales
                approve_columns: all
                key_columns: [id]
                columns: {email: {tags: [DirectIdentifier.Email]}}
                fingerprint: {enabled: true, interval: 1d}
                """);
        await(() -> taken("memory.shop.sales") == 1);
        assertThat(server.rows("olga", "SELECT row_count, baseline FROM policy.metadata.fingerprints WHERE column_name IS NULL"))
                .containsExactly(List.of(15_001L, true));
        assertThat(server.rows("olga",
                "SELECT column_name, null_count, distinct_estimate BETWEEN 4 AND 8 FROM policy.metadata.fingerprints "
                        + "WHERE column_name IN ('email', 'priority') ORDER BY 1"))
                .containsExactly(List.of("email", 1L, false),
                        List.of("priority", 0L, true));
        // the table that nobody asked for is left alone
        assertThat(taken("memory.shop.quiet")).isEqualTo(0);
        assertThat(server.column(AUDITOR, "SELECT status FROM policy.metadata.health WHERE \"check\" = 'fingerprint' "
                + "AND object = 'memory.shop.sales'")).containsExactly("passed");
    }

    @Test
    @Order(3)
    void testFirstOneChoosesRounding() {
        await(() -> server.value("alice", "SELECT max(amount) FROM memory.shop.sales") != null);
        assertThat(server.rows("alice", "SELECT count(DISTINCT amount) BETWEEN 5 AND 40, count(*) FROM memory.shop.sales "
                + "WHERE amount % 10000 = 0")).containsExactly(List.of(true, 15_001L));
        assertThat(server.rows("alice",
                "SELECT count(DISTINCT ordered) BETWEEN 50 AND 120, count_if(day(ordered) <> 1) FROM memory.shop.sales"))
                .containsExactly(List.of(true, 0L));
        assertThat(server.column(GOVERNOR, "SELECT expression FROM TABLE(policy.admin.explain('alice', 'memory.shop.sales')) "
                + "WHERE column_name IN ('amount', 'ordered') AND effect = 'rounding' ORDER BY column_name"))
                .containsExactly("policy.masking.round_down(\"amount\", '20000')", "policy.masking.truncate(\"ordered\", 'month')");
    }

    @Test
    @Order(4)
    void testDrift() {
        long version = server.version();
        server.execute(PIPELINE, "INSERT INTO memory.shop.sales SELECT id + 1000000, CASE WHEN id % 4 = 0 THEN '6-NEW' ELSE priority END, "
                + "amount + 300000, ordered, email, NULL FROM memory.shop.quiet WHERE amount < 1000000");
        server.execute("olga", "CALL policy.admin.run_fingerprint('memory.shop.sales')");
        await(() -> taken("memory.shop.sales") == 2);
        List<Object> found = List.copyOf(server.column("olga", "SELECT DISTINCT coalesce(column_name, '-') || ' ' || metric "
                + "FROM policy.metadata.fingerprint_drift WHERE level = 'drift'"));
        assertThat(found).contains("- row-count", "amount distribution", "priority values", "odd \"name null-rate")
                .doesNotContain("ordered distribution", "email null-rate");
        assertThat(server.rows("olga", "SELECT DISTINCT object, column_name, after FROM policy.metadata.schema_events "
                + "WHERE kind = 'drift' AND column_name = 'amount'")).contains(List.of("memory.shop.sales", "amount", "distribution"));
        // what is rounded stays comparable, and a fingerprint alone is no version
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    @Order(5)
    void testOnRequest() {
        assertThat(server.failure("alice", "CALL policy.admin.run_fingerprint('memory.shop.quiet')"))
                .contains("Cannot look at memory.shop.quiet");
        server.execute("olga", "CALL policy.admin.run_fingerprint('memory.shop.quiet')");
        await(() -> taken("memory.shop.quiet") == 1);
        server.execute(PIPELINE, "CREATE TABLE memory.shop.fresh (a bigint)");
        assertThat(server.failure("olga", "CALL policy.admin.run_fingerprint('memory.shop.fresh')"))
                .contains("memory.shop.fresh has no approved columns, and others are not measured");
    }

    @Test
    @Order(6)
    void testNobodyElseSeesThem() {
        assertThat(server.rows(AUDITOR, "SELECT * FROM policy.metadata.fingerprints")).isNotEmpty();
        assertThat(server.rows("alice", "SELECT * FROM policy.metadata.fingerprints")).isEmpty();
        assertThat(server.rows("alice", "SELECT * FROM policy.metadata.fingerprint_drift")).isEmpty();
        // the functions that hash values are for nobody to guess by
        for (String call : List.of("policy.masking.fingerprint('a', 'b', 'c')", "policy.masking.shape('a')")) {
            assertThat(server.failure("olga", "SELECT " + call)).contains("Cannot execute function");
            assertThat(server.failure(GOVERNOR, "SELECT " + call)).contains("Cannot execute function");
        }
    }

    @Test
    @Order(7)
    void testInvariant11NoValueIsKept() {
        await(() -> server.database().query("SELECT 1 FROM policy.audit_log WHERE client_source = 'policy-fingerprint'").size() > 3);
        String store = server.dump();
        assertThat(store).contains("policy-fingerprint");
        for (String canary : CANARIES) {
            assertThat(store).doesNotContain(canary);
            assertThat(log.text()).doesNotContain(canary);
        }
        assertThat(server.column(AUDITOR, "SELECT document FROM policy.metadata.fingerprints WHERE document IS NOT NULL"))
                .allSatisfy(document -> assertThat((String) document).doesNotContain("canary").doesNotContain("1-URGENT")
                        .doesNotContain("6-NEW"));
    }

    private int taken(String table) {
        return server.rows(AUDITOR, "SELECT 1 FROM policy.metadata.fingerprints WHERE column_name IS NULL AND table_name = '%s'"
                .formatted(table)).size();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(90);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                Thread.sleep(200);
            }
            catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
