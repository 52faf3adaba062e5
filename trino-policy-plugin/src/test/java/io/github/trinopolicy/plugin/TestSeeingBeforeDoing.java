package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// `impact`, the warnings of `plan`, why a mask decides, and what an owner may do and see.
@TestInstance(PER_CLASS)
class TestSeeingBeforeDoing {
    private static final String HASH_EMAIL = """
            kind: Policy
            name: hash-email
            type: mask
            columns: {tags: [PII.Email]}
            mask: {type: hash}
            exempt: "in_any_group('support')"
            """;

    private final TestingCountedPlugin counted = new TestingCountedPlugin();

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.runner().installPlugin(counted);
        server.runner().createCatalog("counted", "counted", ImmutableMap.of());
        server.execute(PIPELINE, "CREATE SCHEMA counted.shop");
        server.execute(PIPELINE, "CREATE TABLE counted.shop.customer (email varchar, age double, region varchar, fresh varchar)");
        server.execute(PIPELINE, "CREATE TABLE counted.shop.orders (total bigint)");
        server.execute(PIPELINE, "INSERT INTO counted.shop.customer VALUES ('ann@x.org', 1, 'EUROPE', 'secret')");
        server.apply("""
                {kind: Tag, name: PII.Email}
                ---
                {kind: Tag, name: Geo.Region}
                ---
                {kind: Tag, name: Public}
                ---
                {kind: Tag, name: Unused}
                ---
                {kind: Attribute, name: region}
                ---
                {kind: Group, name: analysts}
                ---
                {kind: Group, name: support}
                ---
                kind: User
                name: alice
                groups: [analysts]
                attributes: {region: [EUROPE]}
                ---
                kind: User
                name: bob
                groups: [analysts, support]
                ---
                kind: DataSource
                name: counted.shop
                owners: {users: [sandra]}
                ---
                kind: DataSource
                name: counted.shop.customer
                owners: {users: [dana]}
                columns: {email: {tags: [PII.Email]}, age: {}, region: {}}
                ---
                kind: DataSource
                name: counted.shop.orders
                columns: {total: {}}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: hide-customers
                description: Nothing of customers
                type: mask
                columns: {in: [counted.shop.customer], not: {tags: [Public]}}
                mask: {type: 'null'}
                state: staged
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testImpact() {
        assertThat(server.execute(GOVERNOR, impact(HASH_EMAIL)).getColumnNames())
                .containsExactly("user_name", "object", "column_name", "before", "after");
        for (String user : ImmutableList.of(GOVERNOR, AUDITOR)) {
            assertThat(server.rows(user, impact(HASH_EMAIL))).containsExactly(
                    row("(others in group analysts), alice", "counted.shop.customer", "email", "raw", "hash"));
        }
        assertThat(server.rows(GOVERNOR, impact(HASH_EMAIL + "state: staged"))).containsExactly(
                row("(others in group analysts), alice", "counted.shop.customer", "email", "raw", "hash (staged)"));
        // nothing was changed
        assertThat(server.column(GOVERNOR, "SELECT name FROM policy.metadata.policies")).doesNotContain("hash-email");
        assertThat(server.rows(GOVERNOR, impact("{kind: Tag, name: Other}"))).isEmpty();
        assertThat(server.failure(GOVERNOR, impact("kind: Tga\nname: x"))).contains("did you mean 'Tag'?");
        assertThat(server.failure(GOVERNOR, "SELECT * FROM TABLE(policy.admin.impact(NULL))")).contains("bundle must not be NULL");
    }

    /// The bundles of the documentation, over a table that is here.
    @Test
    void testDocumentedAdoption() throws IOException {
        long before = server.version();
        String page = Files.readString(Path.of("..", "docs", "adoption.md")).replace("lake.shop.customer", "counted.adopted.member");
        server.execute(PIPELINE, "CREATE SCHEMA counted.adopted");
        server.execute(PIPELINE, "CREATE TABLE counted.adopted.member AS SELECT varchar 'ann@x.org' AS email");
        List<String> bundles = Splitter.on("```yaml\n").splitToStream(page).skip(1)
                .map(rest -> rest.substring(0, rest.indexOf("```"))).toList();
        assertThat(bundles).hasSize(2);
        String email = "SELECT email FROM counted.adopted.member";
        server.apply(bundles.getFirst());
        assertThat(server.value("alice", email)).isEqualTo("ann@x.org");
        assertThat(server.rows(GOVERNOR, impact(bundles.getLast()))).anySatisfy(row -> assertThat(row).contains("hash (staged)"));
        server.apply(bundles.getLast());
        assertThat(server.value("alice", email)).isEqualTo("ann@x.org");
        server.apply(bundles.getLast().replace("state: staged\n", ""));
        assertThat(server.value("alice", email)).asString().hasSize(64);
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(before));
        assertThat(server.value("alice", email)).isEqualTo("ann@x.org");
        // who reads what, before anything is registered
        assertThat(page).contains(WHO_READS_WHAT);
        assertThat(server.rows(AUDITOR, WHO_READS_WHAT)).contains(row("alice", "counted.adopted.member"));
    }

    private static final String WHO_READS_WHAT = """
            SELECT DISTINCT user_name, t.name
            FROM policy.metadata.audit_log
            CROSS JOIN UNNEST(CAST(json_parse(tables) AS array(row("table" varchar)))) AS t (name)
            WHERE happened_at > current_timestamp - INTERVAL '7' DAY AND kind = 'query'
            """;

    @Test
    void testImpactOfPruning() {
        assertThat(server.rows(GOVERNOR, "SELECT * FROM TABLE(policy.admin.impact(bundle => '{kind: Policy, name: other, type: access, "
                + "applies_to: {all: true}, guardrail: \"true\"}', prune => true, source => 'elsewhere'))")).isEmpty();
        server.execute(GOVERNOR, "CALL policy.admin.apply(bundle => '{kind: Group, name: passing}', source => 'pruned')");
        assertThat(server.failure(GOVERNOR, "SELECT * FROM TABLE(policy.admin.impact(bundle => '{kind: Group, name: analysts}', "
                + "source => 'pruned'))")).contains("take_over: true");
    }

    @Test
    @DisplayName("impact and plan run no statement and look at no data")
    void testNoDataIsRead() {
        int reads = counted.reads();
        assertThat(server.rows(GOVERNOR, impact(HASH_EMAIL))).isNotEmpty();
        assertThat(server.rows(GOVERNOR, plan(HASH_EMAIL))).isNotEmpty();
        assertThat(server.rows("alice", "SELECT * FROM TABLE(policy.session.explain('counted.shop.customer'))")).isNotEmpty();
        assertThat(counted.reads()).isEqualTo(reads);
        server.rows(PIPELINE, "TABLE counted.shop.customer");
        assertThat(counted.reads()).isGreaterThan(reads);
        assertThat(server.column(OPERATOR, "SELECT query FROM system.runtime.queries WHERE query LIKE '%counted.shop.customer%'"))
                .allSatisfy(query -> assertThat(String.valueOf(query)).containsAnyOf("apply", "policy.", "TABLE counted.shop.customer",
                        "CREATE TABLE", "INSERT INTO", "runtime.queries"));
    }

    @Test
    @DisplayName("Invariant 1: nobody but administrators and auditors learns what others will see, and no key shows")
    void testImpactIsNotForEverybody() {
        for (String user : ImmutableList.of("alice", "dana", "sandra", PIPELINE, OPERATOR, ENTITLEMENT_ADMINISTRATOR)) {
            assertThat(server.failure(user, impact(HASH_EMAIL))).startsWith("Access Denied: Cannot read all policies");
            assertThat(server.failure(user, "EXPLAIN " + impact(HASH_EMAIL))).startsWith("Access Denied:");
        }
        assertThat(server.failure(GOVERNOR, "CREATE VIEW memory.default.told SECURITY DEFINER AS " + impact(HASH_EMAIL)))
                .startsWith("Access Denied:");
        assertThat(String.valueOf(server.rows(GOVERNOR, impact(HASH_EMAIL)))).doesNotContain(server.secrets());
    }

    @Test
    @DisplayName("Invariant 10: plan names a weaker mask that outranks a stronger one")
    void testPlanWarnsOfWeakerMasks() {
        assertThat(warnings("""
                kind: Policy
                name: hide-all
                type: mask
                columns: {in: [counted.shop]}
                mask: {type: 'null'}
                ---
                """ + HASH_EMAIL))
                .containsExactly(row("Policy", "hash-email", "outranks a stronger mask: 'hash' (selected by tag PII.Email) "
                        + "comes before 'null' of hide-all (selected by its schema), on counted.shop.customer.email"));
        // the staged policy is shown as well, since the hash would come before it
        assertThat(warnings(HASH_EMAIL + "---\n" + """
                kind: Policy
                name: hide-customers
                type: mask
                columns: {in: [counted.shop.customer]}
                mask: {type: 'null'}
                state: staged
                """)).containsExactly(row("Policy", "hash-email", "outranks a stronger mask: 'hash' (selected by tag PII.Email) "
                + "comes before 'null' of hide-customers (selected by its table), on counted.shop.customer.email"));
        assertThat(warnings(HASH_EMAIL)).isEmpty();
    }

    @Test
    void testPlanWarnsOfWhatCannotWork() {
        assertThat(warnings("""
                kind: Policy
                name: small
                type: row-filter
                applies_to: {data_sources: [counted.shop]}
                where: "total < 10"
                ---
                kind: Policy
                name: hash-all
                type: mask
                columns: {in: [counted.shop.customer]}
                mask: {type: hash}
                condition: "column_tagged('Geo.Region') = 'EUROPE'"
                """)).containsExactlyInAnyOrder(
                row("Policy", "hash-all", "gives NULL instead, since hash does not serve type double, on counted.shop.customer.age"),
                row("Policy", "hash-all", "masks every row, as 'condition' cannot be judged: there is no column tagged 'Geo.Region': "
                        + "counted.shop.customer.age, counted.shop.customer.email, counted.shop.customer.region"),
                row("Policy", "small", "closes, but to those who are exempt, since there is no column 'total': counted.shop.customer"));
        assertThat(warnings("""
                kind: DataSource
                name: counted.shop.customer
                owners: {users: [dana]}
                columns: {email: {tags: [PII.Email]}, age: {}, region: {}}
                """)).containsExactly(row("DataSource", "counted.shop.customer", "stay NULL until somebody approves them: fresh"));
    }

    @Test
    void testExplainOfSeveralMasks() {
        server.execute(PIPELINE, "CREATE SCHEMA counted.masks");
        server.execute(PIPELINE, "CREATE TABLE counted.masks.masked (email varchar, region varchar)");
        server.apply("""
                kind: DataSource
                name: counted.masks.masked
                columns: {email: {tags: [Unused]}, region: {}}
                ---
                kind: Policy
                name: m-abroad
                type: mask
                columns: {names: [counted.masks.masked.email]}
                mask: {type: constant, value: abroad}
                condition: "region = 'ASIA'"
                ---
                kind: Policy
                name: m-broken-off
                type: mask
                columns: {tags: [Unused]}
                rules:
                  - {for: "in_any_group('support')", mask: {type: 'null'}}
                ---
                kind: Policy
                name: m-hash
                type: mask
                columns: {tags: [Unused]}
                rules:
                  - {for: "in_any_group('support')", mask: {type: 'null'}}
                  - {mask: {type: hash}}
                exempt: "has_attribute('region', 'NOWHERE')"
                ---
                kind: Policy
                name: m-schema
                type: mask
                columns: {in: [counted.masks.masked]}
                mask: {type: 'null'}
                """);
        List<List<@Nullable Object>> rows = server.rows("alice", "SELECT policy, effect, reason FROM TABLE(policy.session.explain("
                + "'counted.masks.masked')) WHERE kind = 'mask' AND column_name = 'email'");
        assertThat(rows).containsExactly(
                row("m-abroad", "constant", "selected by name; in rows where 'condition' is not certainly false"),
                row("m-hash", "comes next",
                        "hash of m-hash, selected by tag Unused; m-abroad is selected more closely, and decides where its "
                                + "condition holds; rule 2 of 2 fits; 'exempt' does not hold"),
                row("m-schema", "outranked", "null of m-schema, selected by its table; m-hash is selected more closely"),
                row("m-broken-off", "does not apply", "selected by tag Unused; none of its rules fits (1)"));
        // nothing of what policies say of others
        assertThat(String.valueOf(server.rows("alice", "SELECT * FROM TABLE(policy.session.explain('counted.masks.masked'))")))
                .doesNotContain("support").doesNotContain("NOWHERE");
        assertThat(server.rows("bob", "SELECT policy, effect, reason FROM TABLE(policy.session.explain("
                + "'counted.masks.masked')) WHERE kind = 'mask' AND column_name = 'email' AND policy = 'm-broken-off'")).containsExactly(
                        row("m-broken-off", "comes next",
                                "null of m-broken-off, selected by tag Unused; m-abroad is selected more closely, and "
                                        + "decides where its condition holds"));
    }

    @Test
    @DisplayName("Section 5: an owner opens nothing by a tag, whatever a policy makes of it")
    void testOwnersDeclassifyNothing() {
        server.execute(PIPELINE, "CREATE SCHEMA counted.stock");
        server.execute(PIPELINE, "CREATE TABLE counted.stock.closed (region varchar, email varchar)");
        server.execute(PIPELINE, "CREATE TABLE counted.stock.open (total bigint)");
        server.apply("""
                {kind: Tag, name: Stock.Region}
                ---
                {kind: Tag, name: Stock.Public}
                ---
                {kind: Tag, name: Stock.Email}
                ---
                {kind: DataSource, name: counted.stock, owners: {users: [sandra]}}
                ---
                kind: DataSource
                name: counted.stock.closed
                owners: {users: [dana]}
                columns: {region: {}, email: {}}
                ---
                kind: DataSource
                name: counted.stock.open
                columns: {total: {tags: [Stock.Region]}}
                ---
                kind: Policy
                name: by-region
                type: row-filter
                applies_to: {data_sources: [counted.stock.closed, counted.stock.open]}
                where: "column_tagged('Stock.Region') IS NOT NULL"
                ---
                kind: Policy
                name: hide-all-but-public
                type: mask
                columns: {in: [counted.stock.closed], not: {tags: [Stock.Public]}}
                mask: {type: 'null'}
                """);
        server.execute(PIPELINE, "INSERT INTO counted.stock.closed VALUES ('EUROPE', 'ann@x.org')");
        String refusal = "Access Denied: Cannot add tag '%s' to counted.stock.closed.%s, since somebody could then see more (%s): "
                + "dana is not an administrator (policy.administrators)";
        assertThat(server.rows("alice", "TABLE counted.stock.closed")).isEmpty();
        server.assertRefused("dana", "CALL policy.admin.add_tag('counted.stock.closed.region', 'Stock.Region')",
                refusal.formatted("Stock.Region", "region", "a row filter looks for a column by it"));
        server.assertRefused("dana", "CALL policy.admin.add_tag('counted.stock.closed.email', 'Stock.Public')",
                refusal.formatted("Stock.Public", "email", "a mask leaves out what has it"));
        assertThat(server.failure("sandra", "CALL policy.admin.add_tag('counted.stock', 'Stock.Public')"))
                .contains("since somebody could then see more (a mask leaves out what has it)");
        // what only ever hides more is an owner's
        server.execute("dana", "CALL policy.admin.add_tag('counted.stock.closed.email', 'Stock.Email')");
        server.execute("dana", "CALL policy.admin.register('counted.stock.closed')");
        assertThat(server.rows("alice", "TABLE counted.stock.closed")).isEmpty();
        server.execute(GOVERNOR, "CALL policy.admin.add_tag('counted.stock.closed.region', 'Stock.Region')");
        assertThat(server.rows("alice", "TABLE counted.stock.closed")).containsExactly(row(null, null));
    }

    @Test
    void testMetadataForOwners() {
        // what is enforced on what they own, and no texts; a schema's owner sees what holds for any of its tables
        assertThat(server.rows("dana", "SELECT name, type, state, problem FROM policy.metadata.policies"))
                .contains(row("read", "access", "active", null)).doesNotContain(row("hide-customers", "mask", "staged", null));
        assertThat(server.column("sandra", "SELECT name FROM policy.metadata.policies")).contains("read");
        for (String user : ImmutableList.of("alice", "mallory", PIPELINE, OPERATOR, ENTITLEMENT_ADMINISTRATOR)) {
            for (String table : ImmutableList.of("policies", "tags", "data_sources", "columns", "policy_revisions")) {
                assertThat(server.rows(user, "TABLE policy.metadata." + table)).describedAs("%s for %s", table, user).isEmpty();
            }
        }
        assertThat(server.column("dana", "SELECT name FROM policy.metadata.data_sources")).contains("counted.shop.customer")
                .doesNotContain("counted.shop", "counted.shop.orders");
        assertThat(server.column("dana", "SELECT DISTINCT table_name FROM policy.metadata.columns")).contains("counted.shop.customer")
                .doesNotContain("counted.shop.orders");
        assertThat(server.column("sandra", "SELECT name FROM policy.metadata.data_sources")).contains("counted.shop",
                "counted.shop.orders");
        for (String user : ImmutableList.of("dana", GOVERNOR, AUDITOR)) {
            assertThat(server.column(user, "SELECT name FROM policy.metadata.tags")).contains("PII.Email", "Public");
        }
        // oneself
        assertThat(server.rows("alice", "SELECT DISTINCT user_name FROM policy.metadata.users")).containsExactly(row("alice"));
        assertThat(server.rows("alice", "SELECT name FROM policy.metadata.groups")).containsExactly(row("analysts"));
        assertThat(server.rows("alice", "SELECT holder, name, value FROM policy.metadata.attributes"))
                .containsExactly(row("alice", "region", "EUROPE"));
        assertThat(server.rows("dana", "SELECT user_name FROM policy.metadata.users")).isEmpty();
        assertThat(server.column(AUDITOR, "SELECT DISTINCT user_name FROM policy.metadata.users")).contains("alice", "bob");
        // and nobody reads it through somebody else's view
        server.execute(GOVERNOR, "CREATE VIEW memory.default.all_users SECURITY DEFINER AS SELECT user_name FROM policy.metadata.users");
        assertThat(server.rows("alice", "SELECT DISTINCT user_name FROM memory.default.all_users")).containsExactly(row("alice"));
    }

    private List<List<@Nullable Object>> warnings(String bundle) {
        return server.rows(GOVERNOR, "SELECT kind, name, detail FROM TABLE(policy.admin.plan(%s)) WHERE action = 'warn'"
                .formatted(literal(bundle)));
    }

    private static String impact(String bundle) {
        return "SELECT * FROM TABLE(policy.admin.impact(%s))".formatted(literal(bundle));
    }

    private static String plan(String bundle) {
        return "SELECT * FROM TABLE(policy.admin.plan(%s))".formatted(literal(bundle));
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
