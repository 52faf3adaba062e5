package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
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

/// The procedures of `policy.admin`: who may call them, what they do, and what they say of a mistake.
@TestInstance(PER_CLASS)
class TestAdministration {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id bigint, email varchar, region varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, 'ann@x.org', 'EUROPE'), (2, 'ben@x.org', 'ASIA')");
        server.apply("""
                kind: Tag
                name: PII.Email
                ---
                kind: Tag
                name: Internal
                ---
                kind: Tag
                name: Readable
                ---
                kind: Attribute
                name: region
                values: [EUROPE, ASIA]
                ---
                kind: Group
                name: analysts
                ---
                kind: DataSource
                name: memory.shop.customer
                owners: {users: [dana]}
                columns: {id: {}, email: {}, region: {}}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: read-readable
                type: access
                applies_to: {tags: [Readable]}
                grant: {level: read, to: "true"}
                ---
                kind: Policy
                name: hide-email
                type: mask
                columns: {tags: [PII.Email]}
                mask: {type: 'null'}
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {all: true}
                matches: {attribute: region, column: {name: region}}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testApplyNeedsAnAdministrator() {
        long version = server.version();
        for (String user : ImmutableList.of("alice", "dana", PIPELINE, OPERATOR, AUDITOR, ENTITLEMENT_ADMINISTRATOR)) {
            server.assertRefused(user, "CALL policy.admin.apply('{kind: Tag, name: Mine}')",
                    "Access Denied: Cannot apply a bundle: %s is not an administrator (policy.administrators)".formatted(user));
        }
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testEntitlementsNeedAnEntitlementAdministrator() {
        long version = server.version();
        for (String user : ImmutableList.of("alice", "dana", PIPELINE, OPERATOR, AUDITOR)) {
            server.assertRefused(user, "CALL policy.admin.set_attribute('%s', 'region', 'ASIA')".formatted(user), ("Access Denied: "
                    + "Cannot set an attribute: %s is not an entitlement administrator (policy.entitlement-administrators)")
                    .formatted(user));
            server.assertRefused(user, "CALL policy.admin.add_group_member('analysts', '%s')".formatted(user), ("Access Denied: "
                    + "Cannot add a member to a group: %s is not an entitlement administrator (policy.entitlement-administrators)")
                    .formatted(user));
        }
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testStewardshipNeedsAnOwner() {
        long version = server.version();
        for (String user : ImmutableList.of("alice", PIPELINE, OPERATOR, AUDITOR, ENTITLEMENT_ADMINISTRATOR)) {
            server.assertRefused(user, "CALL policy.admin.register('memory.shop.customer')", ("Access Denied: Cannot register "
                    + "memory.shop.customer: %s is not an administrator or an owner of the data source").formatted(user));
            server.assertRefused(user, "CALL policy.admin.add_tag('memory.shop.customer.id', 'Internal')", ("Access Denied: Cannot tag "
                    + "memory.shop.customer.id: %s is not an administrator or an owner of the data source").formatted(user));
        }
        // an owner's rights end where his data source does
        server.assertRefused("dana", "CALL policy.admin.register('memory.shop')",
                "Access Denied: Cannot register memory.shop: dana is not an administrator or an owner of the data source");
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    @DisplayName("Section 5: what lets somebody see more needs an administrator")
    void testTagThatMayRevealNeedsAnAdministrator() {
        server.assertRefused("dana", "CALL policy.admin.add_tag('memory.shop.customer', 'Readable')",
                "Access Denied: Cannot add tag 'Readable' to memory.shop.customer, since somebody could then see more "
                        + "(a policy grants access by it): dana is not an administrator (policy.administrators)");
        assertThat(server.failure("mallory", "TABLE memory.shop.customer")).startsWith("Access Denied:");
    }

    @Test
    void testEntitlementsTakeEffectOnTheNextQuery() {
        assertThat(server.failure("erin", "TABLE memory.shop.customer")).startsWith("Access Denied:");
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.add_group_member('analysts', 'erin')");
        assertThat(server.rows("erin", "TABLE memory.shop.customer")).isEmpty();
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('erin', 'region', 'EUROPE')");
        assertThat(server.column("erin", "SELECT id FROM memory.shop.customer")).containsExactly(1L);
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute(user_name => 'erin', name => 'region', value => 'ASIA')");
        assertThat(server.column("erin", "SELECT id FROM memory.shop.customer ORDER BY id")).containsExactly(1L, 2L);
        // an attribute that has expired does not count
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('erin', 'region', 'EUROPE', '2020-01-01T00:00:00Z')");
        assertThat(server.column("erin", "SELECT id FROM memory.shop.customer")).containsExactly(2L);
    }

    @Test
    void testSameCallTwiceMakesNoVersion() {
        for (String call : ImmutableList.of(
                "CALL policy.admin.apply('{kind: Tag, name: Twice}')",
                "CALL policy.admin.set_attribute('frank', 'region', 'ASIA')",
                "CALL policy.admin.add_group_member('analysts', 'frank')",
                "CALL policy.admin.register('memory.twice')",
                "CALL policy.admin.add_tag('memory.twice', 'Internal')")) {
            long before = server.version();
            server.execute(GOVERNOR, call);
            assertThat(server.version()).describedAs(call).isEqualTo(before + 1);
            server.execute(GOVERNOR, call);
            assertThat(server.version()).describedAs(call).isEqualTo(before + 1);
        }
        long before = server.version();
        server.execute(GOVERNOR, "CALL policy.admin.approve_column('memory.shop.customer', 'id')");
        long after = server.version();
        assertThat(after - before).isLessThanOrEqualTo(1);
        server.execute(GOVERNOR, "CALL policy.admin.approve_column('memory.shop.customer', 'id')");
        assertThat(server.version()).isEqualTo(after);
    }

    @Test
    void testSourceOwnsItsObjects() {
        apply("one", false, "{kind: Tag, name: Claimed, description: first}");
        assertBundleRefused("two", "{kind: Tag, name: Claimed, description: second}",
                "line 1, column 1: Tag 'Claimed' belongs to source 'one'; write take_over: true to claim it");
        apply("two", false, "{kind: Tag, name: Claimed, description: second, take_over: true}");
        assertBundleRefused("one", "{kind: Tag, name: Claimed, description: first}",
                "line 1, column 1: Tag 'Claimed' belongs to source 'two'; write take_over: true to claim it");
    }

    @Test
    void testPruneRemovesOfTheSameSourceAndKindsOnly() {
        apply("north", false, """
                {kind: Group, name: north-one}
                ---
                {kind: Group, name: north-two}
                ---
                {kind: Tag, name: North}
                """);
        apply("south", false, "{kind: Group, name: south-one}");
        // without prune nothing goes
        apply("north", false, "{kind: Group, name: north-one}");
        apply("probe", false, "{kind: User, name: probe, groups: [north-one, north-two, south-one]}");
        apply("probe", false, "{kind: User, name: probe}");

        apply("north", true, "{kind: Group, name: north-one}");
        assertBundleRefused("probe", "{kind: User, name: probe, groups: [north-one, north-two, south-one]}",
                "line 1, column 47: User 'probe': group 'north-two' is not declared (did you mean 'north-one'?); add a document of kind Group");
        // kinds that the bundle does not hold stay
        server.execute(GOVERNOR, "CALL policy.admin.add_tag('memory.shop.customer.id', 'North')");
    }

    @Test
    void testPruneRefusesWhatIsStillReferredTo() {
        apply("used", false, """
                {kind: Group, name: used-one}
                ---
                {kind: Group, name: used-two}
                """);
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('used-two', 'gina')");
        long version = server.version();
        assertThat(server.failure(GOVERNOR, call("used", true, "{kind: Group, name: used-one}")))
                .isEqualTo("User 'gina' (not in this bundle): group 'used-two' is not declared; "
                        + "add a document of kind Group");
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testCallsSurviveBundlesAndPrune() {
        apply("people", false, "{kind: User, name: hugo, attributes: {region: [EUROPE]}}");
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('analysts', 'hugo')");
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('hugo', 'region', 'ASIA')");
        assertThat(server.column("hugo", "SELECT id FROM memory.shop.customer ORDER BY id")).containsExactly(1L, 2L);

        apply("people", true, "{kind: User, name: ida}");
        assertThat(server.column("hugo", "SELECT id FROM memory.shop.customer ORDER BY id")).containsExactly(2L);
    }

    @Test
    void testTagsByCallSurviveBundles() {
        server.execute(PIPELINE, "CREATE TABLE memory.shop.tagged AS SELECT 1 AS id, 'EUROPE' AS region, 'ann@x.org' AS email");
        String bundle = "{kind: DataSource, name: memory.shop.tagged, owners: {users: [dana]}, approve_columns: all}";
        server.apply(bundle);
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('analysts', 'jane')");
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('jane', 'region', 'EUROPE')");
        assertThat(server.column("jane", "SELECT email FROM memory.shop.tagged")).containsExactly("ann@x.org");
        server.execute("dana", "CALL policy.admin.add_tag('memory.shop.tagged.email', 'PII.Email')");
        assertThat(server.column("jane", "SELECT email FROM memory.shop.tagged")).containsOnlyNulls();
        server.apply(bundle);
        assertThat(server.column("jane", "SELECT email FROM memory.shop.tagged")).containsOnlyNulls();
    }

    @Test
    @DisplayName("Invariant 12: of a bad bundle nothing is applied")
    void testBadBundles() {
        String policy = """
                kind: Policy
                name: bad
                type: row-filter
                applies_to: {data_sources: [memory.shop.customer]}
                where: "%s"
                """;
        // next to each mistake stands a document that is right
        assertRefusedWhole("{kind: Tag, nme: Bad}",
                "line 3, column 1: missing key 'name' in Tag\nline 3, column 13: unknown key 'nme' in Tag (did you mean 'name'?)");
        assertRefusedWhole("{kind: DataSource, name: memory.shop.customer, columns: {emial: {}}}",
                "line 3, column 65: DataSource 'memory.shop.customer': table 'memory.shop.customer' has no column 'emial' (did you mean 'email'?)");
        assertRefusedWhole("{kind: DataSource, name: memory.shop.custmer, approve_columns: all}",
                "line 3, column 26: DataSource 'memory.shop.custmer': table 'memory.shop.custmer' does not exist; create it first, "
                        + "or register its schema");
        assertRefusedWhole("{kind: User, name: kim, groups: [analyst]}",
                "line 3, column 34: User 'kim': group 'analyst' is not declared (did you mean 'analysts'?); add a document of kind Group");
        assertRefusedWhole("{kind: User, name: kim, attributes: {regoin: [ASIA]}}",
                "line 3, column 47: User 'kim': attribute 'regoin' is not declared (did you mean 'region'?); add a document of kind Attribute");
        assertRefusedWhole("{kind: User, name: kim, attributes: {region: [ASAI]}}",
                "line 3, column 47: User 'kim': 'ASAI' is no value of attribute 'region' (did you mean 'ASIA'?)");
        assertRefusedWhole("{kind: DataSource, name: memory.shop, tags: [Intrnal]}",
                "line 3, column 45: DataSource 'memory.shop': tag 'Intrnal' is not declared (did you mean 'Internal'?); "
                        + "add a document of kind Tag");
        assertRefusedWhole("{kind: DataSource, name: policy.metadata}",
                "line 3, column 26: DataSource 'policy.metadata': 'policy.metadata' belongs to Trino or to the policy plugin and cannot be "
                        + "registered");
        assertRefusedWhole("""
                kind: Policy
                name: bad
                type: access
                applies_to: {data_sources: [memory.shop.custmer]}
                grant: {level: read, to: "in_any_group('analysts')"}
                """,
                "line 6, column 28: Policy 'bad': 'memory.shop.custmer' is not registered (did you mean 'memory.shop.customer'?); "
                        + "add a document of kind DataSource");
        assertRefusedWhole(policy.formatted("region = "), "line 7, column 18: Policy 'bad': mismatched input '<EOF>'.*");
        assertRefusedWhole(policy.formatted("region = 'ASIA' AND count(*) > 1"),
                "line 7, column 29: Policy 'bad': 'count' is an aggregate or window function and is not allowed in a policy");
        assertRefusedWhole(policy.formatted("id IN (SELECT id FROM memory.shop.customer)"),
                "line 7, column [0-9]+: Policy 'bad': a subquery is not allowed in a policy; declare an AttributeSource, which "
                        + "reads the table into an attribute of users, and compare with that");
        assertRefusedWhole(policy.formatted("regoin = 'ASIA'"),
                "line 7, column 9: Policy 'bad': none of the selected tables has an approved column 'regoin' (did you mean 'region'?)");
        assertRefusedWhole(policy.formatted("random() > 0.5"),
                "line 7, column 9: Policy 'bad': function 'random' is not deterministic and is not allowed in a policy");
        assertRefusedWhole(policy.formatted("lowr(region) = 'asia'"),
                "line 7, column 9: Policy 'bad': function 'lowr' is not among those that a policy may call (did you mean 'lower'?)");
        assertRefusedWhole("""
                kind: Policy
                name: bad
                type: mask
                columns: {names: [memory.shop.customer.emial]}
                mask: {type: 'null'}
                """,
                "line 6, column 18: Policy 'bad': table 'memory.shop.customer' has no approved column 'emial' (did you mean 'email'?)");
    }

    @Test
    void testKindsThatAreNotSupportedYet() {
        assertRefusedWhole("{kind: Policy, name: bad, type: mask, columns: {tags: [PII]}, mask: {type: k-anonymity, k: 5}}",
                "line 3, column [0-9]+: Policy 'bad': masks of type k-anonymity are not supported yet");
        assertRefusedWhole("{kind: Classifier, name: bad, tag: PII, pattern: x}",
                "line 3, column [0-9]+: Classifier 'bad': documents of this kind are not supported yet");
    }

    @Test
    void testAllMistakesAreReportedAtOnce() {
        assertRefusedWhole("{kind: User, name: kim, groups: [analyst, readers], attributes: {regoin: [ASIA]}}",
                """
                        line 3, column 34: User 'kim': group 'analyst' is not declared (did you mean 'analysts'?); add a document of kind Group
                        line 3, column 43: User 'kim': group 'readers' is not declared; add a document of kind Group
                        line 3, column 75: User 'kim': attribute 'regoin' is not declared (did you mean 'region'?); add a document of kind Attribute""");
    }

    @Test
    void testNamesWithQuotesUnicodeAndSql() {
        String hostile = "Robert'); DROP TABLE customer;-- \"ü 猫\"";
        server.execute(PIPELINE, "CREATE TABLE memory.shop.%s (%s varchar, region varchar)".formatted(identifier("we\"ird.tä'ble"),
                identifier("co\"l.umn'")));
        server.execute(PIPELINE, "INSERT INTO memory.shop.%s VALUES ('a', %s), ('b', 'EUROPE')".formatted(identifier("we\"ird.tä'ble"),
                literal(hostile)));
        server.apply("""
                kind: Attribute
                name: place
                ---
                kind: Group
                name: "O'Neil \\"team\\""
                ---
                kind: DataSource
                name: 'memory.shop."we""ird.tä''ble"'
                approve_columns: all
                ---
                kind: Policy
                name: "it's \\"named\\" 猫"
                type: access
                applies_to: {data_sources: ['memory.shop."we""ird.tä''ble"']}
                grant: {level: read, to: "in_any_group('O''Neil \\"team\\"')"}
                ---
                kind: Policy
                name: odd-places
                type: row-filter
                applies_to: {data_sources: ['memory.shop."we""ird.tä''ble"']}
                where: "attribute_values_contain('place', region)"
                ---
                kind: Policy
                name: odd-constant
                type: mask
                columns: {names: ['memory.shop."we""ird.tä''ble"."co""l.umn''"']}
                mask: {type: constant, value: "'); SELECT 1 --"}
                """);
        String odd = "o'connor \"x\"; --";
        server.execute(ENTITLEMENT_ADMINISTRATOR,
                "CALL policy.admin.add_group_member(%s, %s)".formatted(literal("O'Neil \"team\""), literal(odd)));
        server.execute(ENTITLEMENT_ADMINISTRATOR,
                "CALL policy.admin.set_attribute(%s, 'place', %s)".formatted(literal(odd), literal(hostile)));
        // own-region applies to all tables: nobody has such a region
        server.execute(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal("""
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {data_sources: [memory.shop.customer]}
                matches: {attribute: region, column: {name: region}}
                """)));
        assertThat(server.rows(odd, "TABLE memory.shop." + identifier("we\"ird.tä'ble"))).containsExactly(row("'); SELECT 1 --", hostile));
        assertThat(server.column(GOVERNOR, "SELECT name FROM policy.metadata.policies")).contains("it's \"named\" 猫");
        assertThat(server.rows(odd, "SELECT kind FROM TABLE(policy.session.explain(%s)) WHERE column_name = %s".formatted(
                literal("memory.shop.\"we\"\"ird.tä'ble\""), literal("co\"l.umn'")))).containsExactly(row("mask"));
    }

    @Test
    void testArguments() {
        server.assertRefused(GOVERNOR, "CALL policy.admin.apply(NULL)", "Argument bundle must not be NULL");
        server.assertRefused(GOVERNOR, "CALL policy.admin.set_attribute('', 'region', 'ASIA')", "user_name must not be empty");
        server.assertRefused(GOVERNOR, "CALL policy.admin.add_group_member('analysts', ' ')", "member must not be empty");
        server.assertRefused(GOVERNOR, "CALL policy.admin.set_attribute('kim', 'region', 'ASIA', 'tomorrow')",
                "expires: 'tomorrow' is no instant such as 2027-01-01T00:00:00Z");
        server.assertRefused(GOVERNOR, "CALL policy.admin.set_attribute('kim', 'regoin', 'ASIA')",
                "User 'kim' (not in this bundle): attribute 'regoin' is not declared (did you mean 'region'?); "
                        + "add a document of kind Attribute");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.register('')")).isNotBlank().doesNotContain("Exception");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.register('memory.\"shop')")).isNotBlank().doesNotContain("Exception");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.add_tag('memory.shop.customer.missing', 'Internal')"))
                .contains("has no column 'missing'");
    }

    private void apply(String source, boolean prune, String bundle) {
        server.execute(GOVERNOR, call(source, prune, bundle));
    }

    private static String call(String source, boolean prune, String bundle) {
        return "CALL policy.admin.apply(bundle => %s, prune => %s, source => %s, reason => 'a test')".formatted(literal(bundle), prune,
                literal(source));
    }

    private void assertBundleRefused(String source, String bundle, String message) {
        long version = server.version();
        server.assertRefused(GOVERNOR, call(source, false, bundle), message);
        assertThat(server.version()).isEqualTo(version);
    }

    /// @param message the whole of it; a regular expression where it holds `.*` or `[0-9]+`
    private void assertRefusedWhole(String document, String message) {
        long version = server.version();
        String bundle = "{kind: Tag, name: Fine}\n---\n" + document;
        String failure = server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(bundle)));
        if (message.contains(".*") || message.contains("[0-9]+")) {
            assertThat(failure).matches(message.replace("(", "\\(").replace(")", "\\)"));
        }
        else {
            assertThat(failure).isEqualTo(message);
        }
        assertThat(server.version()).isEqualTo(version);
    }

    private static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
