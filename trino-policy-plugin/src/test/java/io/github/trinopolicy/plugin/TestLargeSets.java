package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.masking.ValueSet;
import io.github.trinopolicy.snapshot.StoreWait;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.valueset.PublishedSets;
import io.github.trinopolicy.valueset.StoreValueSets;
import io.trino.Session;
import io.trino.spi.TrinoException;
import io.trino.spi.security.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Users with very many values, equalized projects and projects in which masked columns join, through the real engine.
@TestInstance(PER_CLASS)
class TestLargeSets {
    private static final int VALUES = 60_000;
    private static final Pattern REFERENCE = Pattern.compile("value_in_set\\([^']*'([-0-9a-f]{36})'");

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.orders AS SELECT x AS id, CAST(x AS varchar) AS code, x % 3 AS region, "
                + "CAST('c' || CAST(x AS varchar) AS varchar) AS customer FROM UNNEST(sequence(-5, 5)) t(x)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.orders VALUES (NULL, NULL, NULL, NULL)");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customers AS SELECT CAST('c' || CAST(x AS varchar) AS varchar) AS name, "
                + "CAST('c' || CAST(x AS varchar) AS varchar(20)) AS short FROM UNNEST(sequence(1, 5)) t(x)");
        server.apply("""
                {kind: DataSource, name: memory.shop.orders, approve_columns: all}
                ---
                {kind: DataSource, name: memory.shop.customers, approve_columns: all}
                ---
                {kind: Attribute, name: order}
                ---
                {kind: Attribute, name: region}
                ---
                {kind: Group, name: large, attributes: {order: [%s]}}
                ---
                {kind: Group, name: contractors}
                ---
                {kind: User, name: alice, groups: [large], attributes: {order: [junk]}}
                ---
                {kind: User, name: bob, groups: [large]}
                ---
                {kind: User, name: carol, attributes: {order: ['1', '-1'], region: ['1', '2']}}
                ---
                {kind: User, name: dave, groups: [contractors], attributes: {order: ['1', '2'], region: ['1']}}
                ---
                {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                ---
                {kind: Policy, name: own-orders, type: row-filter, applies_to: {data_sources: [memory.shop.orders]},
                    matches: {attribute: order, column: {name: id}}}
                ---
                {kind: Policy, name: codes, type: mask, columns: {names: [memory.shop.orders.code]}, mask: {type: 'null'},
                    condition: "NOT attribute_values_contain('order', code)"}
                ---
                {kind: Policy, name: names, type: mask, mask: {type: hash},
                    columns: {names: [memory.shop.orders.customer, memory.shop.customers.name, memory.shop.customers.short]}}
                ---
                {kind: Policy, name: regions, type: mask, columns: {names: [memory.shop.orders.region]}, mask: {type: 'null'},
                    exempt: "NOT in_any_group('contractors')"}
                """.formatted(IntStream.rangeClosed(1, VALUES).mapToObj("'%s'"::formatted).collect(joining(", "))));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testManyValues() {
        assertThat(server.column("alice", "SELECT id FROM memory.shop.orders ORDER BY id")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(server.column("alice", "SELECT id FROM memory.shop.orders WHERE code IS NULL")).isEmpty();
        assertThat(server.rows("alice", "SELECT id FROM memory.shop.orders WHERE NOT (id > 0)")).isEmpty();
        assertThat(server.column("carol", "SELECT id FROM memory.shop.orders ORDER BY id")).containsExactly(-1L, 1L);
        assertThat(server.rows(AUDITOR, "SELECT reason FROM TABLE(policy.admin.explain('alice', 'memory.shop.orders')) "
                + "WHERE kind = 'row-filter'")).containsExactly(List.of("column 'id' must equal a value of attribute 'order'; "
                        + "there are 60001, so each row is looked up in a set of the store; "
                        + "values of attribute 'order' that are no values of the column's type were left out"));
    }

    /// Invariant 1: the text of a query's plan says nothing of the values, and not that two users have the same.
    @Test
    void testReferencesSayNothing() {
        String alice = reference("alice");
        assertThat(reference("alice")).isEqualTo(alice);
        String bob = reference("bob");
        assertThat(bob).isNotEqualTo(alice);
        try (PolicyStore store = server.database().openStore()) {
            Set<String> values = await(store, UUID.fromString(alice));
            assertThat(values).hasSize(VALUES).isEqualTo(await(store, UUID.fromString(bob)));
        }
        assertThat(server.database().query("SELECT count(DISTINCT set_id) FROM policy.value_set_reference WHERE reference IN ('%s', '%s')"
                .formatted(alice, bob))).containsExactly("1");
    }

    /// Who has read a reference cannot try values with it.
    @Test
    void testFunctionIsForFiltersAlone() {
        String alice = reference("alice");
        for (String user : List.of("alice", "bob", GOVERNOR, PIPELINE)) {
            assertThat(server.failure(user, "SELECT policy.masking.value_in_set(BIGINT '7', '%s')".formatted(alice)))
                    .contains("Access Denied");
        }
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal("""
                {kind: Policy, name: thief, type: row-filter, applies_to: {all: true},
                    where: "policy.masking.value_in_set(id, '%s')"}
                """.formatted(alice))))).contains("value_in_set");
    }

    private String reference(String user) {
        Matcher matcher = REFERENCE.matcher(String.valueOf(server.value(user, "EXPLAIN SELECT id FROM memory.shop.orders")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static Set<String> await(PolicyStore store, UUID reference) {
        StoreValueSets sets = new StoreValueSets(store, "other", new StoreWait(Duration.ofSeconds(10)));
        assertThat(sets.get(reference).size()).isEqualTo(VALUES);
        return store.valueSet(reference).orElseThrow();
    }

    /// A worker is as a rule faster than the coordinator writes, and waits.
    @Test
    void testWorkerWaitsForTheSetAndFailsWithoutIt() {
        try (PolicyStore store = server.database().openStore();
                PublishedSets published = new PublishedSets(store, new StoreValueSets(store, "coordinator", new StoreWait(Duration.ZERO)),
                        Ticker.systemTicker())) {
            StoreValueSets worker = new StoreValueSets(store, "worker-1", new StoreWait(Duration.ofSeconds(10)));
            Set<String> values = ImmutableSet.of("a\u0000b", "ä", "");
            UUID reference = published.reference("alice", values);
            assertThat(published.reference("alice", ImmutableSet.copyOf(values))).isEqualTo(reference);
            assertThat(published.reference("bob", values)).isNotEqualTo(reference);
            ValueSet set = worker.get(reference);
            assertThat(set.size()).isEqualTo(3);
            assertThat(store.valueSet(reference)).contains(values);

            UUID missing = new UUID(0, 4);
            assertThatThrownBy(() -> new StoreValueSets(store, "worker-1", new StoreWait(Duration.ofMillis(20))).get(missing))
                    .isInstanceOf(TrinoException.class)
                    .hasMessage("The values that a row filter or mask compares with (set %s) are not in the store of node worker-1: "
                            .formatted(missing)
                            + "the coordinator could not write them, or the query is older than they are kept; run it again");
        }
    }

    @Test
    void testOldSetsAreRemovedAndUsedOnesAreNot() {
        try (PolicyStore store = server.database().openStore()) {
            UUID old = UUID.randomUUID();
            UUID oldOfUsed = UUID.randomUUID();
            UUID used = UUID.randomUUID();
            store.putValueSet(old, ImmutableSet.of("old"));
            store.putValueSet(oldOfUsed, ImmutableSet.of("used"));
            server.database().execute("UPDATE policy.value_set_reference SET created_at = created_at - interval '8 days' "
                    + "WHERE reference IN ('%s', '%s')".formatted(old, oldOfUsed));
            server.database().execute("UPDATE policy.value_set SET used_at = used_at - interval '8 days' WHERE set_id IN "
                    + "(SELECT set_id FROM policy.value_set_reference WHERE reference IN ('%s', '%s'))".formatted(old, oldOfUsed));
            store.putValueSet(used, ImmutableSet.of("used"));
            store.removeValueSetsOlderThan(PublishedSets.KEPT);
            assertThat(store.valueSet(old)).isEmpty();
            assertThat(store.valueSet(oldOfUsed)).isEmpty();
            assertThat(store.valueSet(used)).contains(ImmutableSet.of("used"));
            assertThat(server.database().query("SELECT count(*) FROM policy.value_set s WHERE NOT EXISTS "
                    + "(SELECT 1 FROM policy.value_set_reference r WHERE r.set_id = s.set_id)")).containsExactly("0");
        }
    }

    @Test
    void testEqualizedProject() {
        server.apply("""
                {kind: Project, name: equal, members: {users: [carol, dave]}, data_sources: [memory.shop.orders], equalized: true}
                """);
        Session carol = inProject("carol", "equal");
        Session dave = inProject("dave", "equal");
        assertThat(server.rows("carol", "SELECT id, region FROM memory.shop.orders ORDER BY id"))
                .containsExactly(List.of(-1L, -1L), List.of(1L, 1L));
        // both have the order 1; the mask of contractors counts for dave alone, and he is not rid of it
        assertThat(server.rows(carol, "SELECT id, region FROM memory.shop.orders ORDER BY id")).containsExactly(List.of(1L, 1L));
        assertThat(server.rows(dave, "SELECT id FROM memory.shop.orders WHERE region IS NULL ORDER BY id")).containsExactly(List.of(1L));
        assertThat(server.rows(dave, "SELECT id FROM memory.shop.orders WHERE region IS NOT NULL")).isEmpty();
        assertThat(server.rows(carol, "SELECT reason FROM TABLE(policy.session.explain('memory.shop.orders')) WHERE kind = 'row-filter' "
                + "AND reason LIKE 'by what all members%'")).hasSize(1);
        // an entitlement that another member loses is lost
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('dave', 'order', '-1', NULL)");
        assertThat(server.rows(carol, "SELECT id FROM memory.shop.orders ORDER BY id")).containsExactly(List.of(-1L), List.of(1L));
        server.execute(GOVERNOR, "CALL policy.admin.unset_attribute('dave', 'order', '-1')");
        assertThat(server.rows(carol, "SELECT id FROM memory.shop.orders ORDER BY id")).containsExactly(List.of(1L));
    }

    @Test
    void testMaskedJoins() {
        String join = "SELECT o.id FROM memory.shop.orders o JOIN memory.shop.customers c ON o.customer = c.name";
        server.apply("""
                {kind: Project, name: joined, members: {users: [alice]}, data_sources: [memory.shop], masked_joins: true}
                ---
                {kind: Project, name: other, members: {users: [alice]}, data_sources: [memory.shop], masked_joins: true}
                ---
                {kind: Project, name: apart, members: {users: [alice]}, data_sources: [memory.shop]}
                ---
                {kind: DataSource, name: memory.shop}
                """);
        assertThat(server.rows("alice", join)).isEmpty();
        assertThat(server.rows(inProject("alice", "apart"), join)).isEmpty();
        assertThat(server.rows(inProject("alice", "joined"), join)).hasSize(5);
        assertThat(server.rows(inProject("alice", "other"), join)).hasSize(5);
        String hash = "SELECT name FROM memory.shop.customers";
        Object inOne = server.rows(inProject("alice", "joined"), hash);
        assertThat(inOne).isNotEqualTo(server.rows(inProject("alice", "other"), hash)).isNotEqualTo(server.rows("alice", hash))
                .isEqualTo(server.rows(inProject("alice", "joined"), hash));
        // other forms of the hash do not join; the author is told so
        assertThat(server.rows(inProject("alice", "joined"), join.replace("c.name", "c.short"))).isEmpty();
        assertThat(warnings("{kind: Project, name: third, members: {users: [alice]}, data_sources: [memory.shop], masked_joins: true}"))
                .containsExactly(
                        "gets a hash key: hashes in the project become others than outside of it, and join: memory.shop",
                        "hashes text in several forms, which do not join; to 16 characters of Base32: memory.shop.customers.short",
                        "hashes text in several forms, which do not join; to 64 hexadecimal digits: memory.shop.customers.name, "
                                + "memory.shop.orders.customer");
        // a project that begins anew joins with nothing of before
        String apart = "{kind: Project, name: joined, members: {users: [alice]}, data_sources: [memory.shop]}";
        assertThat(warnings(apart)).containsExactly("hashes in the project become those outside of it, and no longer join: memory.shop");
        server.apply(apart);
        assertThat(server.rows(inProject("alice", "joined"), hash)).isEqualTo(server.rows("alice", hash));
        String together = "{kind: Project, name: joined, members: {users: [alice]}, data_sources: [memory.shop], masked_joins: true}";
        assertThat(warnings(together)).contains(
                "gets another hash key: hashes in the project change, and match none of an earlier time: memory.shop");
        server.apply(together);
        assertThat(server.rows(inProject("alice", "joined"), hash)).isNotEqualTo(inOne);
        String plan = String.valueOf(requireNonNull(server.rows(inProject("alice", "joined"), "EXPLAIN " + hash)));
        assertThat(server.secrets()).allSatisfy(secret -> assertThat(plan).doesNotContain(secret));
    }

    private List<@Nullable Object> warnings(String bundle) {
        return server.column(GOVERNOR, "SELECT detail FROM TABLE(policy.admin.plan(%s)) WHERE action = 'warn' AND kind = 'Project'"
                .formatted(literal(bundle)));
    }

    private static Session inProject(String user, String project) {
        Identity identity = Identity.forUser(user).withExtraCredentials(ImmutableMap.of("policy.project", project)).build();
        return sessionBuilder(user).setIdentity(identity).setOriginalIdentity(identity).build();
    }
}
