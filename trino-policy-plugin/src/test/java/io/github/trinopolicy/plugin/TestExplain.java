package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What the policy catalog tells of itself, and to whom.
@TestInstance(PER_CLASS)
class TestExplain {
    private static final String EXPLAIN = "SELECT * FROM TABLE(policy.session.explain('memory.shop.customer'))";
    private static final String ADMIN_EXPLAIN = "SELECT * FROM TABLE(policy.admin.explain('%s', 'memory.shop.customer'))";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE,
                "CREATE TABLE memory.shop.customer (id bigint, email varchar, salary integer, region varchar, fresh varchar)");
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
                attributes: {region: [ASIA, "it's"]}
                ---
                kind: DataSource
                name: memory.shop.customer
                owners: {users: [dana]}
                columns: {id: {}, email: {}, salary: {}, region: {}}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {all: true}
                matches: {attribute: region, column: {name: region}}
                ---
                kind: Policy
                name: hash-email
                description: Addresses are not read
                type: mask
                columns: {names: [memory.shop.customer.email]}
                mask: {type: hash}
                exempt: "in_any_group('support')"
                ---
                kind: Policy
                name: hide-salary
                type: mask
                columns: {names: [memory.shop.customer.salary]}
                mask: {type: 'null'}
                ---
                kind: Policy
                name: later
                type: mask
                columns: {names: [memory.shop.customer.region]}
                mask: {type: 'null'}
                state: staged
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testSessionExplain() {
        assertThat(server.execute("alice", EXPLAIN).getColumnNames())
                .containsExactly("kind", "column_name", "policy", "effect", "expression", "reason");
        List<List<@Nullable Object>> rows = server.rows("alice", EXPLAIN);
        assertThat(rows).hasSize(8).contains(
                row("access", null, null, "read", null, "by the policies below"),
                row("access", null, "read", "grants read", null, "'to' holds"),
                row("row-filter", null, "own-region", "filters", "(\"region\" IN ('EUROPE'))",
                        "column 'region' must equal a value of attribute 'region'"),
                row("mask", "id", null, "raw", null, "no mask policy applies"),
                row("mask", "salary", "hide-salary", "null", "null", "selected by name"),
                row("mask", "region", null, "raw", null, "no mask policy applies"),
                row("mask", "fresh", null, "null", "null",
                        "the column or its type is not approved yet; an owner can call policy.admin.approve_column"));
        assertThat(rows).filteredOn(row -> "email".equals(row.get(1))).singleElement().satisfies(row -> {
            assertThat(row.subList(0, 4)).isEqualTo(row("mask", "email", "hash-email", "hash"));
            assertThat(String.valueOf(row.get(4))).matches("policy\\.masking\\.hash\\(\"?email\"?, '[0-9a-f-]{36}'\\)");
            assertThat(row.get(5)).isEqualTo("selected by name; 'exempt' does not hold");
        });
        assertThat(server.rows("bob", EXPLAIN)).contains(
                row("mask", "email", null, "raw", null, "'exempt' of hash-email holds"),
                row("mask", "email", "hash-email", "does not apply", null, "selected by name; 'exempt' holds"));
    }

    @Test
    @DisplayName("Invariant 1: explain shows no secret")
    void testExplainShowsNoSecret() {
        assertThat(String.valueOf(server.rows("alice", EXPLAIN))).doesNotContain(server.secrets()).doesNotContain("policy-enforcer");
    }

    @Test
    void testSessionExplainOfWhatMayNotBeRead() {
        // neither columns nor filters of a table that one may not read
        assertThat(server.rows("mallory", EXPLAIN)).containsExactly(
                row("access", null, null, "none", null, "no grant holds"),
                row("access", null, "read", "grants nothing", null, "'to' does not hold"));
        assertThat(server.rows(PIPELINE, EXPLAIN)).containsExactly(row("access", null, null, "own", null,
                "exempt by configuration (policy.exempt-users, policy.exempt-groups)"));
        assertThat(server.rows("mallory", "SELECT * FROM TABLE(policy.session.explain('memory.shop.other'))")).containsExactly(
                row("access", null, null, "allow", null, "the table is not registered (policy.ungoverned-tables)"));
    }

    @Test
    @DisplayName("Invariant 1: explain tells an owner nothing of what another user is entitled to")
    void testOwnersLearnNoEntitlements() {
        List<List<@Nullable Object>> rows = server.rows("dana", ADMIN_EXPLAIN.formatted("alice"));
        assertThat(rows).contains(row("row-filter", null, "own-region", "filters", null,
                "column 'region' must equal a value of attribute 'region'"));
        assertThat(rows).allMatch(row -> row.get(4) == null);
        assertThat(String.valueOf(server.rows("alice", EXPLAIN))).contains("EUROPE");
        assertThat(String.valueOf(rows)).doesNotContain("EUROPE");
        // the same rows otherwise
        assertThat(rows).hasSameSizeAs(server.rows("alice", EXPLAIN));
    }

    @Test
    void testAdminExplain() {
        List<List<@Nullable Object>> own = server.rows("alice", EXPLAIN);
        for (String user : ImmutableList.of(GOVERNOR, AUDITOR)) {
            assertThat(server.rows(user, ADMIN_EXPLAIN.formatted("alice"))).containsExactlyInAnyOrderElementsOf(own);
            // for a steward, also what a user may not see
            assertThat(server.rows(user, ADMIN_EXPLAIN.formatted("mallory"))).contains(
                    row("access", null, null, "none", null, "no grant holds"),
                    row("row-filter", null, "own-region", "filters", "false", "the user has no value of attribute 'region'"));
        }
        assertThat(server.rows(GOVERNOR, "SELECT effect FROM TABLE(policy.admin.explain("
                + "user_name => 'carl', table_name => 'memory.shop.customer', groups => 'analysts, support')) WHERE policy = 'read'"))
                .containsExactly(row("grants read"));
        for (String user : ImmutableList.of("alice", "bob", "mallory", PIPELINE)) {
            server.assertRefused(user, ADMIN_EXPLAIN.formatted("bob"),
                    ("Access Denied: Cannot explain what others see of memory.shop.customer: "
                            + "%s is no administrator, auditor or owner of it; SELECT * FROM TABLE(policy.session.explain(...)) explains what you see "
                            + "yourself").formatted(user));
        }
    }

    @Test
    void testArguments() {
        server.assertRefused("alice", "SELECT * FROM TABLE(policy.session.explain('memory.shop'))",
                "table_name must name a table as catalog.schema.table");
        server.assertRefused("alice", "SELECT * FROM TABLE(policy.session.explain(NULL))",
                "table_name must name a table as catalog.schema.table");
        assertThat(server.failure("alice", "SELECT * FROM TABLE(policy.session.explain('memory.\"shop'))")).startsWith("table_name: ");
        server.assertRefused(GOVERNOR, ADMIN_EXPLAIN.formatted(""), "user_name must name a user");
    }

    @Test
    @DisplayName("Invariant 5: answers are for the asking user, not for the owner of a view")
    void testRefusedInViews() {
        server.execute(PIPELINE, "CREATE SCHEMA memory.views");
        for (String user : ImmutableList.of("alice", GOVERNOR, PIPELINE)) {
            for (String security : ImmutableList.of("DEFINER", "INVOKER")) {
                for (String function : ImmutableList.of("session.explain('memory.shop.customer')",
                        "admin.explain('bob', 'memory.shop.customer')")) {
                    String create = "CREATE VIEW memory.views.told SECURITY %s AS SELECT * FROM TABLE(policy.%s)".formatted(security,
                            function);
                    assertThat(server.failure(user, create)).describedAs("%s by %s", create, user).startsWith("Access Denied:");
                }
            }
        }
        assertThat(server.failure(GOVERNOR,
                "CREATE VIEW memory.views.told AS SELECT * FROM TABLE(policy.admin.explain('bob', 'memory.shop.customer'))"))
                .endsWith("functions of the policy catalog answer the asking user and are refused inside views (POLICY-302)");
        assertThat(server.rows(PIPELINE, "SHOW TABLES FROM memory.views")).isEmpty();
    }

    @Test
    @DisplayName("Invariant 5: metadata tables under a view answer the asking user")
    void testMetadataTablesInViews() {
        server.execute(GOVERNOR,
                "CREATE VIEW memory.\"default\".policies_view SECURITY DEFINER AS SELECT name FROM policy.metadata.policies");
        assertThat(server.column(GOVERNOR, "TABLE memory.\"default\".policies_view")).contains("read");
        assertThat(visible("alice", "TABLE memory.\"default\".policies_view")).isEmpty();
    }

    @Test
    void testSnapshotStatus() {
        for (String user : ImmutableList.of("mallory", GOVERNOR)) {
            assertThat(server.rows(user, "SELECT version > 0, failure, enforcing, broken_policies, age_seconds < 60 "
                    + "FROM policy.metadata.snapshot_status")).containsExactly(row(true, null, true, 0L, true));
        }
    }

    @Test
    void testNodes() {
        assertThat(server.rows("mallory", "SELECT coordinator, enforcing, key_fingerprint LIKE 'local:%', seconds_since_seen < 60 "
                + "FROM policy.metadata.nodes")).containsExactly(row(true, true, true, true));
        assertThat(String.valueOf(server.rows(GOVERNOR, "TABLE policy.metadata.nodes"))).doesNotContain(server.secrets());
    }

    @Test
    void testPolicies() {
        for (String user : ImmutableList.of(GOVERNOR, AUDITOR)) {
            assertThat(server.rows(user, "TABLE policy.metadata.policies")).containsExactlyInAnyOrder(
                    row("read", "access", "active", null, null),
                    row("own-region", "row-filter", "active", null, null),
                    row("hash-email", "mask", "active", "Addresses are not read", null),
                    row("hide-salary", "mask", "active", null, null),
                    row("later", "mask", "staged", null, null));
        }
        // an owner sees what is enforced on what he owns
        assertThat(server.column("dana", "SELECT name FROM policy.metadata.policies")).containsExactlyInAnyOrder("read", "own-region",
                "hash-email", "hide-salary");
        for (String user : ImmutableList.of("alice", "mallory", PIPELINE)) {
            assertThat(server.rows(user, "TABLE policy.metadata.policies")).describedAs(user).isEmpty();
        }
    }

    @Test
    void testEveryTableAndColumnIsDescribed() {
        List<@Nullable Object> tables = server.column("mallory", "SHOW TABLES FROM policy.metadata");
        assertThat(tables).contains("snapshot_status", "nodes", "policies");
        assertThat(server.rows("mallory", "SELECT table_name, comment FROM system.metadata.table_comments "
                + "WHERE catalog_name = 'policy' AND schema_name = 'metadata'")).hasSameSizeAs(tables)
                .allSatisfy(row -> assertThat(row.get(1)).describedAs("comment of %s", row.getFirst()).isNotNull().asString().isNotBlank());
        for (Object table : tables) {
            assertThat(server.rows("mallory", "SHOW COLUMNS FROM policy.metadata.\"%s\"".formatted(table))).isNotEmpty()
                    .allSatisfy(row -> assertThat(row.get(3)).describedAs("comment of %s.%s", table, row.getFirst()).isNotNull().asString()
                            .isNotBlank());
        }
    }

    @Test
    void testNothingIsWrittenToTheCatalog() {
        for (String statement : ImmutableList.of("CREATE TABLE policy.metadata.mine (id bigint)",
                "INSERT INTO policy.metadata.policies (name) VALUES ('mine')", "DELETE FROM policy.metadata.policies",
                "DROP TABLE policy.metadata.policies", "CREATE SCHEMA policy.mine", "CREATE VIEW policy.metadata.mine AS SELECT 1 AS one",
                "CREATE FUNCTION policy.masking.mine() RETURNS bigint RETURN 1")) {
            for (String user : ImmutableList.of("alice", GOVERNOR)) {
                assertThat(server.failure(user, statement)).describedAs("%s by %s", statement, user).isNotBlank();
            }
        }
        assertThat(server.rows(GOVERNOR, "TABLE policy.metadata.policies")).hasSize(5);
    }

    /// What a query shows, where being refused is as good as seeing nothing.
    private List<List<@Nullable Object>> visible(String user, String sql) {
        try {
            return server.rows(user, sql);
        }
        catch (RuntimeException e) {
            assertThat(e).hasMessageStartingWith("Access Denied:");
            return ImmutableList.of();
        }
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
