package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.session;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.trino.Session;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.type.VarcharType;
import io.trino.sql.SqlPath;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// One test for each door by which somebody may try to get at what policies hide. Ungoverned tables are open to all here, which is the
/// setting with the most doors.
@TestInstance(PER_CLASS)
class TestAttacks {
    private static final String KEY = "00000000-0000-0000-0000-000000000000";
    private static final String CANNOT_HASH = "Access Denied: Cannot execute function policy.masking.hash";

    private TestingPolicyServer server;
    private @Nullable Object hashOfAnn;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE SCHEMA memory.views");
        server.execute(PIPELINE, "CREATE SCHEMA memory.scratch");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, code varchar, email varchar, region varchar)");
        server.execute(PIPELINE,
                "INSERT INTO memory.shop.customer VALUES (1, '11', 'ann@x.org', 'EUROPE'), (2, '22', 'ben@x.org', 'EUROPE'), "
                        + "(3, 'hidden-code', 'cid@x.org', 'ASIA')");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.orders AS SELECT 1 AS id");
        server.apply("""
                kind: Attribute
                name: region
                ---
                kind: Group
                name: analysts
                ---
                kind: Group
                name: support
                ---
                kind: User
                name: alice
                groups: [analysts]
                attributes: {region: [EUROPE]}
                ---
                kind: User
                name: bob
                groups: [analysts, support]
                attributes: {region: [EUROPE]}
                ---
                kind: DataSource
                name: memory.shop
                owners: {users: [dana]}
                ---
                kind: DataSource
                name: memory.shop.customer
                approve_columns: all
                ---
                kind: DataSource
                name: memory.shop.orders
                approve_columns: all
                ---
                kind: DataSource
                name: memory.views
                new_columns: allow
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {data_sources: [memory.shop]}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: own
                type: access
                applies_to: {data_sources: [memory.shop]}
                grant: {level: own, to: "current_user = 'olga'"}
                ---
                kind: Policy
                name: everyone-views
                type: access
                applies_to: {data_sources: [memory.views]}
                grant: {level: own, to: "true"}
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {data_sources: [memory.shop.customer]}
                matches: {attribute: region, column: {name: region}}
                ---
                kind: Policy
                name: hash-email
                type: mask
                columns: {names: [memory.shop.customer.email]}
                mask: {type: hash}
                exempt: "in_any_group('support')"
                """);
        hashOfAnn = server.value("alice", "SELECT email FROM memory.shop.customer WHERE id = 1");
        assertThat(String.valueOf(hashOfAnn)).matches("[0-9a-f]{64}");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @DisplayName("Invariant 3: a masking function cannot be called")
    void testCallMaskingFunction() {
        for (String user : ImmutableList.of("alice", "mallory", GOVERNOR, PIPELINE, OPERATOR)) {
            server.assertRefused(user, "SELECT policy.masking.hash('ann@x.org', '%s')".formatted(KEY), refusedAt(8, CANNOT_HASH));
        }
        server.assertRefused("alice", "SELECT policy.masking.hash(email, '%s') FROM memory.shop.customer".formatted(KEY),
                refusedAt(8, CANNOT_HASH));
        server.assertRefused("alice", "EXPLAIN SELECT policy.masking.hash('ann@x.org', '%s')".formatted(KEY), refusedAt(16, CANNOT_HASH));
        server.assertRefused("alice", "EXPLAIN (TYPE VALIDATE) SELECT policy.masking.hash('ann@x.org', '%s')".formatted(KEY),
                refusedAt(32, CANNOT_HASH));
        server.assertRefused("alice", "VALUES policy.masking.hash('ann@x.org', '%s')".formatted(KEY), refusedAt(8, CANNOT_HASH));
        server.assertRefused("alice",
                "SELECT id FROM memory.shop.customer WHERE email = policy.masking.hash('ann@x.org', '%s')".formatted(KEY),
                refusedAt(51, CANNOT_HASH));
        server.assertRefused("alice", "SELECT transform(ARRAY['ann@x.org'], x -> policy.masking.hash(x, '%s'))".formatted(KEY),
                refusedAt(43, CANNOT_HASH));
        assertThat(server.failure("alice",
                "CREATE TABLE memory.scratch.stolen AS SELECT policy.masking.hash('ann@x.org', '%s') AS h".formatted(
                        KEY)))
                .endsWith(CANNOT_HASH);
        assertThat(server.failure("alice", "CREATE TABLE memory.scratch.stolen (h varchar DEFAULT policy.masking.hash('ann@x.org', '%s'))"
                .formatted(KEY))).doesNotContain(String.valueOf(hashOfAnn));
    }

    @Test
    @DisplayName("Invariant 3: a masking function cannot be called by a prepared statement")
    void testCallMaskingFunctionPrepared() {
        Session prepared = sessionBuilder("alice")
                .addPreparedStatement("guess", "SELECT policy.masking.hash(?, '%s')".formatted(KEY)).build();
        assertThat(server.failure(prepared, "EXECUTE guess USING 'ann@x.org'")).endsWith(CANNOT_HASH);
        assertThat(server.failure(prepared, "DESCRIBE OUTPUT guess")).endsWith(CANNOT_HASH);
        assertThat(
                server.failure("alice", "EXECUTE IMMEDIATE %s".formatted(literal("SELECT policy.masking.hash('a', '%s')".formatted(KEY)))))
                .endsWith(CANNOT_HASH);
        // not by the path either
        Session path = sessionBuilder("alice").setPath(SqlPath.buildPath("policy.masking", Optional.empty())).build();
        assertThat(server.failure(path, "SELECT hash('ann@x.org', '%s')".formatted(KEY)))
                .endsWith("Access Denied: Cannot execute function hash");
    }

    @Test
    @DisplayName("Invariant 3: a masking function cannot be called by a view")
    void testCallMaskingFunctionInView() {
        for (String security : ImmutableList.of("DEFINER", "INVOKER")) {
            for (String user : ImmutableList.of("alice", PIPELINE)) {
                String create = "CREATE VIEW memory.scratch.oracle SECURITY %s AS SELECT policy.masking.hash('ann@x.org', '%s') AS h"
                        .formatted(security, KEY);
                assertThat(server.failure(user, create)).endsWith(CANNOT_HASH);
            }
        }
        assertThat(server.column(PIPELINE, "SHOW TABLES FROM memory.scratch")).doesNotContain("oracle");
    }

    @Test
    @DisplayName("Invariant 3: a masking function cannot be called by a SQL routine")
    void testCallMaskingFunctionInRoutine() {
        assertThat(server.failure("alice", ("WITH FUNCTION guess(x varchar) RETURNS varchar RETURN policy.masking.hash(x, '%s') "
                + "SELECT guess('ann@x.org')").formatted(KEY))).endsWith(CANNOT_HASH);
        // whatever the routine's rights are, nobody comes by the hash
        for (String security : ImmutableList.of("DEFINER", "INVOKER")) {
            for (String user : ImmutableList.of("alice", PIPELINE)) {
                String create = ("CREATE FUNCTION memory.scratch.guess(x varchar) RETURNS varchar SECURITY %s "
                        + "RETURN policy.masking.hash(x, '%s')").formatted(security, KEY);
                assertThat(catchThrowable(() -> {
                    server.execute(user, create);
                    server.execute("alice", "SELECT memory.scratch.guess('ann@x.org')");
                })).hasMessageContaining("Access Denied").hasMessageContaining("function");
            }
        }
    }

    @Test
    @DisplayName("Invariant 3: masking functions are not shown")
    void testMaskingFunctionsAreNotListed() {
        for (String user : ImmutableList.of("alice", GOVERNOR, PIPELINE)) {
            assertThat(server.rows(user, "SHOW FUNCTIONS FROM policy.masking")).isEmpty();
        }
    }

    @Test
    @DisplayName("Invariant 2: nobody is the enforcement user")
    void testEnforcementUser() {
        String enforcer = "policy-enforcer-0123456789abcdef";
        server.assertRefused(enforcer, "SELECT 1", "Access Denied: Principal %s cannot become user %s: the user name is reserved".formatted(
                enforcer, enforcer));
        for (String user : ImmutableList.of("alice", GOVERNOR, PIPELINE)) {
            server.assertRefused(user, "SET SESSION AUTHORIZATION '%s'".formatted(enforcer),
                    "Access Denied: Principal %s cannot become user %s: the user name is reserved".formatted(user, enforcer));
        }
        // and the check for a query refuses by itself
        assertThatThrownBy(() -> server.accessControl().checkCanExecuteQuery(
                Identity.forUser(enforcer).withPrincipal(new BasicPrincipal("alice")).build(), QueryId.valueOf("attack")))
                .hasMessage("Access Denied: Cannot execute query: the user name is reserved (POLICY-101)");
    }

    @Test
    @DisplayName("Invariant 2: nobody impersonates anybody without a policy")
    void testImpersonation()
            throws IOException, InterruptedException {
        assertThat(new TestingProtocolClient(server).answers(ImmutableMap.of("X-Trino-User", PIPELINE, "X-Trino-Original-User", "alice"),
                "SELECT 1"))
                .contains("Access Denied: User alice cannot impersonate user pipeline: no policy of type impersonation allows it");
        assertThat(new TestingProtocolClient(server)
                .answers(ImmutableMap.of("X-Trino-User", "policy-enforcer-0123", "X-Trino-Original-User", "alice"), "SELECT 1"))
                .contains("Access Denied: ").contains("the user name is reserved");
        server.assertRefused("alice", "SET SESSION AUTHORIZATION 'pipeline'",
                "Access Denied: User alice cannot impersonate user pipeline: no policy of type impersonation allows it");
        server.assertRefused(GOVERNOR, "SET SESSION AUTHORIZATION 'pipeline'",
                "Access Denied: User governor cannot impersonate user pipeline: no policy of type impersonation allows it");
    }

    @Test
    @DisplayName("Invariant 2: the enforcement user owns nothing")
    void testAuthorizationOfViewIsNotGivenAway() {
        server.execute(PIPELINE, "CREATE VIEW memory.views.given SECURITY DEFINER AS SELECT 1 AS one");
        for (String user : ImmutableList.of("alice", GOVERNOR, PIPELINE)) {
            assertThat(server.failure(user, "ALTER VIEW memory.views.given SET AUTHORIZATION USER \"policy-enforcer-0123\""))
                    .startsWith("Access Denied:").contains("policy.admin.apply");
        }
    }

    @Test
    @DisplayName("Invariant 5: a definer view shows the asker's masks and rows")
    void testDefinerView() {
        for (String schema : ImmutableList.of("views", "scratch")) {
            String view = "memory.%s.definer".formatted(schema);
            server.execute(PIPELINE, "CREATE VIEW %s SECURITY DEFINER AS SELECT id, email FROM memory.shop.customer".formatted(view));
            assertThat(server.rows(PIPELINE, "TABLE " + view)).hasSize(3).contains(row(1L, "ann@x.org"));
            assertThat(server.rows("alice", "TABLE " + view)).hasSize(2).contains(row(1L, hashOfAnn));
            assertThat(server.rows("bob", "TABLE " + view)).hasSize(2).contains(row(1L, "ann@x.org"));
            String over = "memory.%s.over".formatted(schema);
            server.execute("bob", "CREATE VIEW %s SECURITY DEFINER AS SELECT * FROM %s".formatted(over, view));
            assertThat(server.rows("alice", "TABLE " + over)).hasSize(2).contains(row(1L, hashOfAnn));
            assertThat(server.rows("bob", "TABLE " + over)).hasSize(2).contains(row(1L, "ann@x.org"));
            // who may not read the table may not read it through a view
            for (String asker : ImmutableList.of("mallory", GOVERNOR)) {
                for (String name : ImmutableList.of(view, over)) {
                    assertThat(server.failure(asker, "TABLE " + name)).startsWith("Access Denied:").contains("memory.shop.customer");
                }
            }
        }
    }

    @Test
    @DisplayName("Invariant 5: an invoker view shows the asker's masks and rows")
    void testInvokerView() {
        server.execute("bob", "CREATE VIEW memory.views.invoker SECURITY INVOKER AS SELECT id, email FROM memory.shop.customer");
        assertThat(server.rows("alice", "TABLE memory.views.invoker")).hasSize(2).contains(row(1L, hashOfAnn));
        assertThat(server.rows("bob", "TABLE memory.views.invoker")).hasSize(2).contains(row(1L, "ann@x.org"));
        assertThat(server.failure("mallory", "TABLE memory.views.invoker")).startsWith("Access Denied:").contains("memory.shop.customer");
    }

    @Test
    @DisplayName("Invariant 6: an error does not tell of hidden rows")
    void testErrorsOverHiddenRows() {
        String table = "memory.shop.customer";
        for (String query : ImmutableList.of(
                "SELECT id FROM %s WHERE 1 / (id - 3) > -5",
                "SELECT 1 / (id - 3) FROM %s",
                "SELECT id FROM %s WHERE CAST(code AS integer) > 0",
                "SELECT id FROM (SELECT id, CAST(code AS integer) AS c FROM %s) WHERE c > 0",
                "SELECT a.id FROM %1$s a JOIN %1$s b ON CAST(a.code AS integer) = CAST(b.code AS integer)",
                "SELECT id FROM %1$s a WHERE EXISTS (SELECT 1 FROM %1$s b WHERE b.id = a.id AND CAST(b.code AS integer) > 0)",
                "SELECT id FROM %1$s WHERE id IN (SELECT CAST(code AS bigint) / 11 FROM %1$s)",
                "SELECT min(id) OVER (ORDER BY CAST(code AS integer)) FROM %s",
                "SELECT id FROM %s WHERE region <> 'nowhere' AND CAST(code AS integer) > 0")) {
            assertThat(server.rows("alice", query.formatted(table))).describedAs(query).hasSize(2);
        }
        // asking for the hidden rows themselves
        assertThat(server.rows("alice", "SELECT id FROM %s WHERE region = 'ASIA' AND CAST(code AS integer) > 0".formatted(table)))
                .isEmpty();
        assertThat(server.rows("alice", "SELECT id FROM %s WHERE id = 3 AND 1 / (id - 3) > 0".formatted(table))).isEmpty();
        assertThat(server.rows("alice", "SELECT id FROM %s WHERE if(code = 'hidden-code', fail('found'), true)".formatted(table)))
                .hasSize(2);
    }

    @Test
    @DisplayName("Invariants 6 and 8: an error shows masked values only")
    void testErrorsShowMaskedValues() {
        assertThat(server.failure("alice", "SELECT CAST(email AS integer) FROM memory.shop.customer WHERE id = 1"))
                .isEqualTo("Cannot cast '%s' to INT".formatted(hashOfAnn));
        assertThat(server.failure("alice", "SELECT CAST(email AS integer) FROM memory.shop.customer")).doesNotContain("@x.org");
        assertThat(server.failure("alice", "SELECT fail(email) FROM memory.shop.customer")).doesNotContain("@x.org");
        assertThat(server.failure("alice", "SELECT date_parse(email, '%Y') FROM memory.shop.customer")).doesNotContain("@x.org");
    }

    @Test
    @DisplayName("Invariant 6: a session property does not change the plan")
    void testSessionProperties() {
        for (String property : ImmutableList.of("enable_dynamic_filtering", "optimize_hash_generation", "join_reordering_strategy")) {
            Session switched = sessionBuilder("alice").setSystemProperty(property, "false").build();
            assertThat(server.failure(switched, "SELECT 1")).startsWith("Access Denied: Cannot set system session property " + property);
        }
        server.assertRefused("alice", "SET SESSION enable_dynamic_filtering = false",
                "Access Denied: Cannot set system session property enable_dynamic_filtering: policy.allowed-session-properties does not name it");
        assertThat(server.failure(sessionBuilder("alice").setCatalogSessionProperty("tpch", "splits_per_node", "1").build(), "SELECT 1"))
                .contains("policy.allowed-session-properties does not name it");
        server.assertRefused("alice", "WITH SESSION enable_dynamic_filtering = false SELECT id FROM memory.shop.customer",
                "Access Denied: Cannot set system session property enable_dynamic_filtering: policy.allowed-session-properties does not name it");
        server.execute("alice", "SET SESSION query_max_run_time = '1m'");
        server.execute(PIPELINE, "SET SESSION enable_dynamic_filtering = false");
    }

    @Test
    @DisplayName("Invariant 6: rights are given by policies alone")
    void testGrantsAndRoles() {
        for (String user : ImmutableList.of("alice", GOVERNOR, "olga", PIPELINE)) {
            for (String statement : ImmutableList.of(
                    "GRANT SELECT ON memory.shop.customer TO alice",
                    "GRANT ALL PRIVILEGES ON SCHEMA memory.shop TO USER alice",
                    "REVOKE SELECT ON memory.shop.customer FROM alice",
                    "DENY SELECT ON memory.shop.customer TO alice",
                    "CREATE ROLE wizard",
                    "ALTER TABLE memory.shop.customer SET AUTHORIZATION alice",
                    "ALTER SCHEMA memory.shop SET AUTHORIZATION alice")) {
                assertThat(server.failure(user, statement)).describedAs("%s by %s", statement, user).startsWith("Access Denied:")
                        .contains("policy.admin.apply");
            }
            assertThat(server.failure(user, "SHOW ROLES")).startsWith("Access Denied:");
        }
    }

    @Test
    @DisplayName("Invariant 6: queries of others are not shown")
    void testQueriesOfOthers() {
        server.execute("bob", "SELECT 'a text of bob' FROM memory.shop.customer");
        assertThat(server.failure("alice", "SELECT * FROM system.runtime.queries"))
                .startsWith("Access Denied: Cannot select from columns")
                .endsWith("in table or view system.runtime.queries: only operators and administrators read system tables (POLICY-105)");
        for (String table : ImmutableList.of("nodes", "tasks", "transactions")) {
            assertThat(server.failure("alice", "SELECT * FROM system.runtime." + table)).startsWith("Access Denied:");
        }
        assertThat(server.column(OPERATOR, "SELECT query FROM system.runtime.queries WHERE \"user\" = 'bob'"))
                .contains("SELECT 'a text of bob' FROM memory.shop.customer");
    }

    @Test
    @DisplayName("Invariant 1: no secret in the texts of queries and plans that operators see")
    void testOperatorsSeeNoSecret() {
        server.execute("alice", "SELECT email FROM memory.shop.customer");
        String seen = String.valueOf(server.rows(OPERATOR, "SELECT * FROM system.runtime.queries"));
        assertThat(seen).contains("memory.shop.customer").doesNotContain(server.secrets());
    }

    @Test
    @Timeout(value = 60, unit = SECONDS)
    @DisplayName("Invariant 6: queries of others are not killed")
    void testKillQueryOfOthers()
            throws InterruptedException {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<String> failure = executor.submit(() -> server.failure("bob", "SELECT count(*) FROM tpch.sf1000.lineitem"));
            String find = "SELECT query_id FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE '%sf1000.lineitem' AND \"user\" = 'bob'";
            List<@Nullable Object> found = server.column(OPERATOR, find);
            while (found.isEmpty()) {
                Thread.sleep(50);
                found = server.column(OPERATOR, find);
            }
            String kill = "CALL system.runtime.kill_query(query_id => '%s', message => 'enough')".formatted(found.getFirst());
            server.assertRefused("alice", kill, "Access Denied: Cannot kill query: only operators and administrators may");
            assertThat(failure).isNotDone();
            server.execute(OPERATOR, kill);
            assertThat(failure).succeedsWithin(Duration.ofSeconds(30)).asString().contains("enough");
        }
        finally {
            executor.shutdownNow();
        }
    }

    @Test
    @DisplayName("Invariant 6: a governed table is not changed without right")
    void testChangesWithoutRight() {
        String table = "memory.shop.customer";
        for (String user : ImmutableList.of("alice", "bob", "mallory", GOVERNOR)) {
            for (String statement : ImmutableList.of(
                    "INSERT INTO %s VALUES (9, '99', 'zoe@x.org', 'EUROPE')",
                    "DELETE FROM %s",
                    "UPDATE %s SET region = 'EUROPE'",
                    "TRUNCATE TABLE %s",
                    "DROP TABLE %s",
                    "ALTER TABLE %s ADD COLUMN spy varchar",
                    "ALTER TABLE %s RENAME COLUMN email TO mail",
                    "ALTER TABLE %s RENAME TO memory.scratch.customer",
                    "COMMENT ON TABLE %s IS 'mine'",
                    "COMMENT ON COLUMN %s.email IS 'mine'",
                    "SHOW CREATE TABLE %s",
                    "CREATE OR REPLACE TABLE %s AS SELECT 1 AS id",
                    "CREATE TABLE memory.shop.mine AS SELECT 1 AS id",
                    "CREATE VIEW memory.shop.mine AS SELECT 1 AS id",
                    "DROP SCHEMA memory.shop CASCADE",
                    "ALTER SCHEMA memory.shop RENAME TO mine",
                    "CREATE FUNCTION memory.shop.mine() RETURNS bigint RETURN 1",
                    "SHOW CREATE SCHEMA memory.shop")) {
                String sql = statement.formatted(table);
                assertThat(server.failure(user, sql)).describedAs("%s by %s", sql, user).startsWith("Access Denied:");
            }
        }
        // of these Trino looks first whether there is such a table
        for (String statement : ImmutableList.of("CREATE TABLE %s (id bigint)", "CREATE TABLE %s AS SELECT 1 AS id")) {
            assertThat(server.failure("mallory", statement.formatted(table)))
                    .matches("line 1:1: (Table|Destination table) 'memory\\.shop\\.customer' already exists");
        }
        assertThat(server.value(PIPELINE, "SELECT count(*) FROM " + table)).isEqualTo(3L);
    }

    @Test
    @DisplayName("Invariant 6: catalogs are for administrators")
    void testCatalogs() {
        for (String user : ImmutableList.of("alice", "olga", PIPELINE, OPERATOR)) {
            server.assertRefused(user, "CREATE CATALOG mine USING memory",
                    "Access Denied: Cannot create catalog mine: only administrators may");
            server.assertRefused(user, "DROP CATALOG policy", "Access Denied: Cannot drop catalog policy: only administrators may");
        }
    }

    @Test
    @DisplayName("Invariant 6: an owner who is masked does not look behind the mask by a rename")
    void testRenameOfWhatIsHidden() {
        for (String statement : ImmutableList.of("ALTER TABLE memory.shop.customer RENAME COLUMN email TO mail",
                "ALTER TABLE memory.shop.customer RENAME TO memory.shop.customer2", "ALTER SCHEMA memory.shop RENAME TO views2")) {
            assertThat(server.failure("olga", statement)).describedAs(statement).startsWith("Access Denied: Cannot rename");
        }
        assertThat(server.failure("olga", "ALTER TABLE memory.shop.customer RENAME COLUMN email TO mail"))
                .endsWith("policies that hide rows or columns of memory.shop.customer from olga would not know them by another name; "
                        + "ask somebody from whom they hide nothing (POLICY-206)");
    }

    @Test
    @DisplayName("Invariant 6: nobody renames a table out of the reach of its policies")
    void testRenameOutOfGovernedSchema() {
        for (String user : ImmutableList.of("olga", PIPELINE)) {
            server.assertRefused(user, "ALTER TABLE memory.shop.customer RENAME TO memory.scratch.customer",
                    "Access Denied: Cannot rename table from memory.shop.customer to memory.scratch.customer: memory.shop.customer is governed "
                            + "and memory.scratch.customer would not be; register its schema first");
            assertThat(server.failure(user, "ALTER SCHEMA memory.shop RENAME TO away"))
                    .endsWith("memory.shop is governed and memory.away would not be; register its schema first (POLICY-206)");
        }
        server.execute("olga", "ALTER TABLE memory.shop.orders RENAME TO memory.shop.orders2");
        server.execute("olga", "ALTER TABLE memory.shop.orders2 RENAME TO memory.shop.orders");
    }

    @Test
    @DisplayName("Invariant 6: what an exception shows is not copied out")
    void testCopyUnderAnException() {
        // bob sees addresses by an exception; his copy would show them to everybody
        for (String statement : ImmutableList.of(
                "CREATE TABLE memory.scratch.copy AS SELECT email FROM memory.shop.customer",
                "CREATE TABLE memory.scratch.copy AS SELECT id FROM memory.shop.customer",
                "CREATE TABLE memory.scratch.copy AS WITH t AS (TABLE memory.shop.customer) SELECT upper(email) AS e FROM t")) {
            assertThat(server.failure("bob", statement)).startsWith("Access Denied:")
                    .endsWith("the query reads a governed table under an exception, so it may only fill governed tables (POLICY-207)");
        }
        server.execute("bob", "CREATE TABLE memory.scratch.target (email varchar)");
        assertThat(server.failure("bob", "INSERT INTO memory.scratch.target SELECT email FROM memory.shop.customer"))
                .startsWith("Access Denied:")
                .endsWith("the query reads a governed table under an exception, so it may only fill governed tables (POLICY-207)");
        assertThat(server.rows("bob", "TABLE memory.scratch.target")).isEmpty();
        // alice has no exception; her copy holds masked values
        server.execute("alice", "CREATE TABLE memory.scratch.masked AS SELECT email FROM memory.shop.customer WHERE id = 1");
        assertThat(server.value("mallory", "TABLE memory.scratch.masked")).isEqualTo(hashOfAnn);
    }

    @Test
    @DisplayName("Invariant 6: an exception does not leave through a view that is filled from")
    void testCopyUnderAnExceptionThroughView() {
        server.execute(PIPELINE, "CREATE VIEW memory.scratch.source SECURITY DEFINER AS SELECT id, email FROM memory.shop.customer");
        assertThat(server.failure("bob", "CREATE TABLE memory.scratch.copied AS SELECT * FROM memory.scratch.source"))
                .endsWith("the query reads a governed table under an exception, so it may only fill governed tables (POLICY-207)");
    }

    @Test
    @DisplayName("Invariant 6: what may not be read is not shown")
    void testMetadataIsFiltered() {
        assertThat(server.column("alice", "SHOW TABLES FROM memory.shop")).containsExactlyInAnyOrder("customer", "orders");
        assertThat(server.column("mallory", "SELECT table_name FROM memory.information_schema.tables WHERE table_schema = 'shop'"))
                .isEmpty();
        assertThat(server.column("mallory", "SELECT column_name FROM memory.information_schema.columns WHERE table_schema = 'shop'"))
                .isEmpty();
        assertThat(server.column("mallory", "SELECT table_name FROM system.jdbc.tables WHERE table_schem = 'shop'")).isEmpty();
        assertThat(server.column("mallory", "SELECT column_name FROM system.jdbc.columns WHERE table_schem = 'shop'")).isEmpty();
        assertThat(server.column("mallory", "SELECT table_name FROM system.metadata.table_comments WHERE schema_name = 'shop'")).isEmpty();
        assertThat(server.column("mallory", "SHOW SCHEMAS FROM memory")).doesNotContain("shop").contains("scratch");
        assertThat(server.column("mallory", "SELECT schema_name FROM memory.information_schema.schemata")).doesNotContain("shop");
        assertThat(server.failure("mallory", "SHOW TABLES FROM memory.shop")).startsWith("Access Denied:");
        assertThat(server.failure("mallory", "DESCRIBE memory.shop.customer")).startsWith("Access Denied:");
        assertThat(server.failure("mallory", "SHOW COLUMNS FROM memory.shop.customer")).startsWith("Access Denied:");
        assertThat(server.failure("mallory", "SHOW STATS FOR memory.shop.customer")).startsWith("Access Denied:");
        assertThat(server.failure("mallory", "EXPLAIN SELECT * FROM memory.shop.customer")).startsWith("Access Denied:");
        assertThat(server.failure("mallory", "EXPLAIN (TYPE IO) SELECT * FROM memory.shop.customer")).startsWith("Access Denied:");
        // a table that is not there answers like one that may not be read, but for what everybody knows
        assertThat(server.failure("mallory", "SELECT count(*) FROM memory.shop.customer")).startsWith("Access Denied:");
    }

    @Test
    @DisplayName("Invariant 6: statistics show no value that a mask hides")
    void testStatistics() {
        List<List<@Nullable Object>> statistics = server.rows("alice", "SHOW STATS FOR (SELECT email FROM memory.shop.customer)");
        assertThat(String.valueOf(statistics)).doesNotContain("@x.org");
        assertThat(statistics.getFirst().subList(1, 4)).containsOnlyNulls();
    }

    @Test
    @DisplayName("Invariant 6: hidden columns and metadata tables are refused")
    void testMetadataTablesOfTables() {
        for (String suffix : ImmutableList.of("files", "partitions", "history", "data")) {
            assertThat(server.failure("alice", "SELECT * FROM memory.shop.\"customer$%s\"".formatted(suffix)))
                    .matches("(Access Denied:|line 1:15: Table 'memory\\.shop\\.\"?customer\\$.* does not exist).*");
        }
        CatalogSchemaTableName files = new CatalogSchemaTableName("memory", "shop", "customer$files");
        SystemAccessControl accessControl = server.accessControl();
        SystemSecurityContext alice = entered("alice");
        assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(alice, files, Optional.empty(), ImmutableSet.of("lower_bounds")))
                .hasMessageEndingWith("metadata tables show values and rows that policies hide (POLICY-204)");
        CatalogSchemaTableName table = new CatalogSchemaTableName("memory", "shop", "customer");
        for (String column : ImmutableList.of("$path", "$partition", "$file_modified_time", "_change_type")) {
            assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(alice, table, Optional.empty(), ImmutableSet.of("id", column)))
                    .hasMessageEndingWith("metadata columns show values that policies hide (POLICY-204)");
        }
    }

    @Test
    @DisplayName("Invariant 6: routines of governed catalogs are refused")
    void testRoutinesOfGovernedCatalogs() {
        SystemSecurityContext alice = entered("alice");
        for (String routine : ImmutableList.of("query", "table_changes", "register_table")) {
            CatalogSchemaRoutineName name = new CatalogSchemaRoutineName("memory", "system", routine);
            assertThat(server.accessControl().canExecuteFunction(alice, name)).isFalse();
            assertThatThrownBy(() -> server.accessControl().checkCanExecuteProcedure(alice, name))
                    .hasMessageEndingWith("policy.allowed-routines does not name it (POLICY-301)");
        }
    }

    @Test
    @DisplayName("Section 5: a revoked entitlement works on the next query")
    void testRevocation() {
        server.apply("{kind: User, name: rita, groups: [analysts, support], attributes: {region: [EUROPE, ASIA]}}");
        assertThat(server.column("rita", "SELECT email FROM memory.shop.customer")).contains("ann@x.org", "cid@x.org");
        Session prepared = sessionBuilder("rita").addPreparedStatement("mails", "SELECT email FROM memory.shop.customer").build();
        assertThat(server.rows(prepared, "EXECUTE mails")).hasSize(3);

        server.apply("{kind: User, name: rita, groups: [analysts], attributes: {region: [EUROPE]}}");
        assertThat(server.column("rita", "SELECT email FROM memory.shop.customer")).hasSize(2).contains(hashOfAnn);
        assertThat(server.rows(prepared, "EXECUTE mails")).hasSize(2).contains(row(hashOfAnn));

        server.apply("{kind: User, name: rita}");
        assertThat(server.failure("rita", "SELECT email FROM memory.shop.customer")).startsWith("Access Denied:");
    }

    @Test
    @DisplayName("Section 5: a query sees exactly one version")
    void testQueryPinsOneVersion() {
        server.apply("{kind: User, name: paul, groups: [analysts], attributes: {region: [EUROPE]}}");
        SystemSecurityContext before = entered("paul");
        CatalogSchemaTableName table = new CatalogSchemaTableName("memory", "shop", "customer");
        List<ColumnSchema> columns = ImmutableList.of(
                ColumnSchema.builder().setName("email").setType(VarcharType.VARCHAR).build(),
                ColumnSchema.builder().setName("region").setType(VarcharType.VARCHAR).build());
        assertThat(server.accessControl().getColumnMasks(before, table, columns)).hasSize(1);

        server.apply("{kind: User, name: paul, groups: [analysts, support], attributes: {region: [ASIA]}}");
        assertThat(server.accessControl().getColumnMasks(before, table, columns)).hasSize(1);
        assertThat(server.accessControl().getRowFilters(before, table)).singleElement()
                .satisfies(filter -> assertThat(filter.getExpression()).contains("EUROPE").doesNotContain("ASIA"));

        SystemSecurityContext after = entered("paul");
        assertThat(server.accessControl().getColumnMasks(after, table, columns)).isEmpty();
        assertThat(server.accessControl().getRowFilters(after, table)).singleElement()
                .satisfies(filter -> assertThat(filter.getExpression()).contains("ASIA").doesNotContain("EUROPE"));
    }

    @Test
    @DisplayName("Invariant 4: a query that is not known is denied")
    void testUnknownQuery() {
        SystemSecurityContext unknown = new SystemSecurityContext(session("alice").getIdentity(), QueryId.valueOf("unknown_query"),
                Instant.now());
        CatalogSchemaTableName table = new CatalogSchemaTableName("memory", "shop", "customer");
        assertThatThrownBy(() -> server.accessControl().getRowFilters(unknown, table))
                .hasMessage("Access Denied: Query unknown_query is not known to the policy plugin (POLICY-109)");
        assertThatThrownBy(() -> server.accessControl().getColumnMasks(unknown, table, ImmutableList.of()))
                .hasMessage("Access Denied: Query unknown_query is not known to the policy plugin (POLICY-109)");
    }

    /// A query of the user as far as its first check.
    private SystemSecurityContext entered(String user) {
        QueryId query = session(user).getQueryId();
        Identity identity = Identity.forUser(user).withPrincipal(new BasicPrincipal(user)).build();
        server.accessControl().checkCanExecuteQuery(identity, query);
        return new SystemSecurityContext(identity, query, Instant.now());
    }

    private static String refusedAt(int column, String message) {
        return "line 1:%s: %s".formatted(column, message);
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
