package io.github.trinopolicy.impact;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.group;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.github.trinopolicy.decision.TestingStore.user;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.enforcement.UngovernedTables;
import io.github.trinopolicy.impact.ImpactAnalysis.Limits;
import io.github.trinopolicy.impact.ImpactAnalysis.Result;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.PolicyObject;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class TestImpactAnalysis {
    private static final String CUSTOMER = "lake.shop.customer";
    private static final String ORDERS = "lake.shop.orders";
    private static final Policy READ = grant("read", Level.READ, "in_any_group('analysts')", everywhere());
    private static final Policy HASHED = mask("hash-email", HASH, columnsTagged("PII"));
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            table(CUSTOMER, ImmutableMap.of("email", ImmutableSet.of("PII"), "region", ImmutableSet.of())),
            table(ORDERS, ImmutableMap.of("total", ImmutableSet.of())),
            group("analysts", Map.of()),
            group("support", Map.of()),
            user("alice", ImmutableSet.of("analysts"), Map.of("region", ImmutableSet.of("EU"))),
            user("bob", ImmutableSet.of("analysts", "support"), Map.of("region", ImmutableSet.of("US"))),
            user("carol", ImmutableSet.of(), Map.of()),
            user("root", ImmutableSet.of("analysts"), Map.of()))
            .withApproved(CUSTOMER, ImmutableMap.of("email", VARCHAR, "region", VARCHAR))
            .withApproved(ORDERS, ImmutableMap.of("total", VARCHAR));

    @Test
    void testMask() {
        assertThat(rows(STORE.with(READ), HASHED)).containsExactly(
                row("(others in group analysts), alice, bob", CUSTOMER, "email", "raw", "hash"));
        assertThat(rows(STORE.with(READ), exempt(HASHED, "in_any_group('support')"))).containsExactly(
                row("(others in group analysts), alice", CUSTOMER, "email", "raw", "hash"));
    }

    @Test
    void testAccess() {
        assertThat(rows(STORE, READ)).containsExactly(
                row("(others in group analysts), alice, bob", "lake.*.*", null, "none", "read"),
                row("(others in group analysts), alice, bob", "lake.*.*", null, "no access", "all rows"),
                row("(others in group analysts), alice, bob", CUSTOMER, null, "none", "read"),
                row("(others in group analysts), alice, bob", CUSTOMER, null, "no access", "all rows"),
                row("(others in group analysts), alice, bob", CUSTOMER, "email", "no access", "raw"),
                row("(others in group analysts), alice, bob", CUSTOMER, "region", "no access", "raw"),
                row("(others in group analysts), alice, bob", ORDERS, null, "none", "read"),
                row("(others in group analysts), alice, bob", ORDERS, null, "no access", "all rows"),
                row("(others in group analysts), alice, bob", ORDERS, "total", "no access", "raw"));
        // who loses a table loses all of it
        assertThat(rows(STORE.with(READ), grant("read", Level.READ, "in_any_group('support')", everywhere())))
                .contains(row("(others in group analysts), alice", CUSTOMER, null, "read", "none"))
                .doesNotContain(row("(others in group analysts), alice", CUSTOMER, "email", "raw", "no access"));
    }

    @Test
    void testFilters() {
        Policy ownRegion = matches("own-region", Optional.of("region"), new ColumnReference.ByName("region"), tables(CUSTOMER));
        assertThat(rows(STORE.with(READ), ownRegion)).containsExactly(
                row("(others in group analysts)", CUSTOMER, null, "all rows", "filtered: false"),
                row("alice", CUSTOMER, null, "all rows", "filtered: (\"region\" IN ('EU'))"),
                row("bob", CUSTOMER, null, "all rows", "filtered: (\"region\" IN ('US'))"));
    }

    @Test
    void testConditionsAndConstants() {
        assertThat(rows(STORE.with(READ, HASHED), conditional(mask("abroad", constant("x"), columnsTagged("PII")), "region = 'EU'")))
                .containsExactly(row("(others in group analysts), alice, bob", CUSTOMER, "email", "hash",
                        "IF(COALESCE((\"region\" = 'EU'), true), \"constant 'x'\", \"hash\")"));
    }

    @Test
    @DisplayName("Staged policies are shown as what they would do, and marked")
    void testStagedPolicies() {
        assertThat(rows(STORE.with(READ), staged(HASHED))).containsExactly(
                row("(others in group analysts), alice, bob", CUSTOMER, "email", "raw", "hash (staged)"));
        // staging what is enforced takes it back
        assertThat(rows(STORE.with(READ, HASHED), staged(mask("hash-email", NULL, columnsTagged("PII"))))).containsExactly(
                row("(others in group analysts), alice, bob", CUSTOMER, "email", "hash", "raw; null (staged)"));
    }

    @Test
    void testEntitlements() {
        TestingStore store = STORE.with(READ, exempt(HASHED, "in_any_group('support')"));
        // only of those whose entitlements change, and only where a policy looks at them
        assertThat(rows(store, user("alice", ImmutableSet.of("analysts", "support"), Map.of("region", ImmutableSet.of("EU")))))
                .containsExactly(row("alice", CUSTOMER, "email", "hash", "raw"));
        assertThat(rows(store, user("alice", ImmutableSet.of("analysts"), Map.of("region", ImmutableSet.of("US"))))).isEmpty();
        Policy ownRegion = where("own-region", "attribute_values_contain('region', region)", tables(CUSTOMER));
        assertThat(rows(store.with(ownRegion), group("support", Map.of("region", ImmutableSet.of("ASIA"))))).containsExactly(
                row("bob", CUSTOMER, null, "filtered: (\"region\" IN ('US'))", "filtered: (\"region\" IN ('ASIA', 'US'))"));
    }

    @Test
    void testDataSources() {
        assertThat(rows(STORE.with(READ, HASHED),
                table(CUSTOMER, ImmutableMap.of("email", ImmutableSet.of("PII"), "region", ImmutableSet.of("PII"))))).containsExactly(
                        row("(others in group analysts), alice, bob", CUSTOMER, "region", "raw", "hash"));
        TestingStore bare = new TestingStore(STORE.objects().subList(3, STORE.objects().size()), STORE.tables(), STORE.keys());
        assertThat(rows(bare.with(READ), registered("lake.shop.orders"))).containsExactly(
                row("(any other user), carol", ORDERS, null, "not governed: read", "none"),
                row("(others in group analysts), alice, bob", ORDERS, null, "not governed: read", "read"));
    }

    @Test
    @DisplayName("Invariant 1: no key shows")
    void testNoKeys() {
        assertThat(rows(STORE.with(READ), conditional(HASHED, "region = 'EU'")).toString()).contains("hash")
                .doesNotContain(TestingStore.hashKey(CUSTOMER).toString());
    }

    @Test
    @DisplayName("The cost grows with the change, not with the number of users and tables")
    void testDecisionsAreBounded() {
        List<PolicyObject> objects = new ArrayList<>();
        Map<String, Map<String, Type>> approved = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            objects.add(group("g" + i, Map.of()));
            objects.add(table("lake.wide.t" + i, ImmutableMap.of("email", ImmutableSet.of(i < 50 ? "PII" : "Other"))));
            objects.add(grant("read-" + i, Level.READ, "in_any_group('g%s')".formatted(i), tables("lake.wide.t" + i)));
            approved.put("lake.wide.t" + i, ImmutableMap.of("email", VARCHAR));
        }
        for (int i = 0; i < 2_000; i++) {
            objects.add(user("u" + i, ImmutableSet.of("g" + i % 200), Map.of("region", ImmutableSet.of("r" + i % 5))));
        }
        TestingStore store = STORE.with(objects);
        for (Map.Entry<String, Map<String, Type>> table : approved.entrySet()) {
            store = store.withApproved(table.getKey(), table.getValue());
        }
        // 50 tables with the tag: those in its group and all others, before and after; one that nobody may read, once
        Result masked = analyze(store, HASHED);
        assertThat(masked.rows()).hasSize(50);
        assertThat(masked.decisions()).isEqualTo(50 * 2 * 2 + 2);
        // one user, one table
        assertThat(analyze(store, user("u7", ImmutableSet.of("g8"), Map.of())).decisions()).isLessThanOrEqualTo(8);
        assertThat(analyze(store, user("new", ImmutableSet.of(), Map.of())).decisions()).isZero();
        // what is too much is told
        Result limited = new ImpactAnalysis(evaluator(), subject -> subject.user().equals("root"), UngovernedTables.READ, _ -> VARCHAR,
                new Limits(10, 1_000_000)).analyze(change(store, HASHED), Instant.now());
        assertThat(limited.rows()).hasSize(11);
        assertThat(limited.rows().getLast()).isEqualTo(row("...", "40 more", null, "not shown",
                "not shown: the answer is limited to 10 rows; see a smaller bundle for all of it"));
    }

    private static PolicyEvaluator evaluator() {
        return new PolicyEvaluator(new MaskCatalogue(), "policy");
    }

    private static List<ImpactRow> rows(TestingStore store, PolicyObject... documents) {
        return analyze(store, documents).rows();
    }

    private static Result analyze(TestingStore store, PolicyObject... documents) {
        return new ImpactAnalysis(evaluator(), subject -> subject.user().equals("root"), UngovernedTables.READ, _ -> VARCHAR,
                Limits.DEFAULT)
                .analyze(change(store, documents), Instant.now());
    }

    private static ProposedChange change(TestingStore store, PolicyObject... documents) {
        PolicySnapshot after = replaced(store, List.of(documents)).snapshot();
        List<PolicyObject> active = List.of(documents).stream()
                .map(document -> document instanceof Policy policy
                        ? new Policy(policy.name(), policy.description(), Policy.State.ACTIVE, policy.exempt(), policy.body())
                        : document)
                .collect(toImmutableList());
        return new ProposedChange(store.snapshot(), after, replaced(store, active).snapshot());
    }

    private static TestingStore replaced(TestingStore store, List<PolicyObject> documents) {
        return new TestingStore(store.objects().stream()
                .filter(object -> documents.stream().noneMatch(document -> document.kind() == object.object().kind()
                        && document.name().equals(object.object().name())))
                .collect(toImmutableList()), store.tables(), store.keys()).with(documents);
    }

    private static ImpactRow row(String users, String object, @Nullable String column, String before, String after) {
        return new ImpactRow(users, object, Optional.ofNullable(column), before, after);
    }
}
