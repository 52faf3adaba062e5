package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.RandomPolicies.COLUMNS;
import static io.github.trinopolicy.decision.RandomPolicies.STORE;
import static io.github.trinopolicy.decision.RandomPolicies.TABLE;
import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.masks;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.equalized;
import static io.github.trinopolicy.decision.TestingStore.group;
import static io.github.trinopolicy.decision.TestingStore.project;
import static io.github.trinopolicy.decision.TestingStore.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.decision.TestingRowReader.Sight;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.CommonEntitlements;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Members of an equalized project see the same, and never more than outside of it.
class TestEqualizedProjects {
    private static final long SEED = Long.getLong("policy.test.seed", System.nanoTime());
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant EXPIRY = Instant.parse("2026-07-01T00:00:00Z");
    private static final Policy GRANT = grant("granted", Level.READ, "true", everywhere());
    private static final Project NAMED = project("p", new Principals(Set.of("alice", "bob"), Set.of()), Set.of("Fraud"), "lake");

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testCommonEntitlementsOfNamedMembers() {
        TestingStore store = TestingStore.of(equalized(NAMED), group("a", Map.of("region", Set.of("EU"))),
                user("alice", Set.of("a", "b"), Map.of("region", Set.of("US"), "level", Set.of("1"))),
                user("bob", Set.of("b"), Map.of("region", Set.of("EU", "US"), "level", Set.of("2"))));
        assertCommon(store, "alice", Set.of("b"), Map.of("region", Set.of("EU", "US")));
        assertCommon(store, "bob", Set.of("b"), Map.of("region", Set.of("EU", "US")));
        assertThat(working(store, "alice").purposes()).containsExactly("Fraud");
        // what only Trino knows of one member is not known of the other
        assertThat(Entitlements.inProject(store.snapshot(),
                Entitlements.outsideProjects(store.snapshot(), "alice", Set.of("ldap"), NOW), "p").common().orElseThrow().groups())
                .containsExactly("b");
        // a member of whom the store says nothing
        assertCommon(TestingStore.of(equalized(NAMED), user("alice", Set.of("a"), Map.of())), "alice", Set.of(), Map.of());
        assertThat(working(TestingStore.of(NAMED, user("alice", Set.of("a"), Map.of())), "alice").common()).isEmpty();
    }

    /// Trino's group provider may know members of whom the store knows nothing.
    @Test
    void testCommonEntitlementsOfGroups() {
        Project project = equalized(project("p", new Principals(Set.of(), Set.of("team")), Set.of(), "lake"));
        TestingStore store = TestingStore.of(project, group("team", Map.of("region", Set.of("EU"))),
                user("alice", Set.of("team", "a"), Map.of("region", Set.of("US"))));
        assertCommon(store, "alice", Set.of("team"), Map.of("region", Set.of("EU")));
        // the attribute that another member has by himself does not count, the one that he lacks neither
        Project two = equalized(project("p", new Principals(Set.of("bob"), Set.of("team")), Set.of(), "lake"));
        TestingStore others = TestingStore.of(two, group("team", Map.of("region", Set.of("EU"))),
                user("alice", Set.of("team", "a"), Map.of("region", Set.of("US"))),
                user("bob", Set.of(), Map.of("region", Set.of("EU"))));
        assertCommon(others, "alice", Set.of(), Map.of("region", Set.of("EU")));
    }

    @Test
    void testCommonEntitlementsExpireWhenAQueryBegins() {
        User alice = new User("alice", Optional.empty(), List.of(new Membership("a", Optional.of(EXPIRY))),
                Map.of("region", List.of(new AttributeValue("EU", Optional.empty()))));
        User bob = new User("bob", Optional.empty(), List.of(new Membership("a", Optional.empty())),
                Map.of("region", List.of(new AttributeValue("EU", Optional.of(EXPIRY.plusSeconds(10))))));
        PolicySnapshot snapshot = TestingStore.of(equalized(NAMED), alice, bob).snapshot();
        for (int round = 0; round < 2; round++) {
            // back and forth, since a query keeps its moment however long it is planned
            assertThat(common(snapshot, "bob", EXPIRY.minusSeconds(1))).isEqualTo("[a] {region=[EU]}");
            assertThat(common(snapshot, "bob", EXPIRY)).isEqualTo("[] {region=[EU]}");
            assertThat(common(snapshot, "bob", EXPIRY.plusSeconds(10))).isEqualTo("[] {}");
        }
        // a membership of the project itself that ends
        Project project = equalized(project("p", new Principals(Set.of("bob"), Set.of("a")), Set.of(), "lake"));
        PolicySnapshot byGroup = TestingStore.of(project, user("bob", Set.of("a", "b"), Map.of()), alice).snapshot();
        assertThat(common(byGroup, "bob", EXPIRY.minusSeconds(1))).isEqualTo("[a] {}");
        assertThat(Entitlements.inProject(byGroup, Entitlements.outsideProjects(byGroup, "alice", Set.of(), EXPIRY), "p").lostProject())
                .contains("p");
    }

    private static String common(PolicySnapshot snapshot, String user, Instant now) {
        CommonEntitlements common = Entitlements.inProject(snapshot, Entitlements.outsideProjects(snapshot, user, Set.of(), now), "p")
                .common().orElseThrow();
        return common.groups() + " " + common.attributes();
    }

    @Test
    void testEntitlementsAreFoundAnewForOtherUsersAndKeptForOthers() {
        TestingStore store = TestingStore.of(equalized(NAMED), user("alice", Set.of("a"), Map.of()), user("bob", Set.of("a"), Map.of()));
        PolicySnapshot before = store.snapshot();
        assertThat(common(before, "alice", NOW)).isEqualTo("[a] {}");
        PolicySnapshot after = TestingStore.of(equalized(NAMED), user("alice", Set.of("a"), Map.of()), user("bob", Set.of("b"), Map.of()))
                .snapshot(Optional.of(before));
        assertThat(common(after, "alice", NOW)).isEqualTo("[] {}");
        assertThat(common(before, "alice", NOW)).isEqualTo("[a] {}");
    }

    /// Having fewer groups may reveal under a negation, so both sides must show it.
    @Test
    void testNegationRevealsNothing() {
        TestingStore store = team(exempt(mask("m", NULL, columns(TABLE + ".email")), "NOT in_any_group('contractor')"),
                where("f", "NOT in_any_group('contractor') OR region = 'EU'", everywhere()));
        TableDecision alice = decide(store, "alice");
        assertThat(column(alice, "email").effect()).isEqualTo("null");
        assertThat(alice.filters()).extracting(FilterDecision::expression)
                .contains(Optional.of("(\"region\" = 'EU')"));
        // bob is no contractor, and he sees no more by it than what he sees outside
        assertThat(column(decide(store, "bob"), "email").effect()).isEqualTo("raw");
    }

    @Test
    void testFiltersOfBothHold() {
        TestingStore store = TestingStore.of(equalized(NAMED),
                user("alice", Set.of(), Map.of("region", Set.of("EU", "US"))), user("bob", Set.of(), Map.of("region", Set.of("EU", "CH"))))
                .with(STORE.objects().stream().map(LayeredObject::object).toList())
                .with(GRANT, matches("f", Optional.of("region"), new ColumnReference.ByName("region"), everywhere()));
        assertThat(decide(store, "alice").filters()).extracting(filter -> filter.expression().orElseThrow(), FilterDecision::reason)
                .containsExactly(
                        tuple("(\"region\" IN ('EU', 'US'))",
                                "column 'region' must equal a value of attribute 'region'"),
                        tuple("(\"region\" IN ('EU'))",
                                "by what all members of the equalized project have in common: "
                                        + "column 'region' must equal a value of attribute 'region'"));
    }

    @Test
    void testLowerLevelAndGuardrailsOfBoth() {
        TestingStore store = team(grant("write", Level.WRITE, "in_any_group('contractor')", everywhere()));
        assertThat(decide(store, "alice").access().level()).contains(Level.READ);
        assertThat(decide(store, "alice").access().reasons()).anySatisfy(reason -> assertThat(reason.reason())
                .isEqualTo("by what all members of the equalized project have in common: 'to' does not hold"));
        TestingStore closed = team(TestingPolicies.guardrail("g", "in_any_group('contractor')", everywhere()));
        assertThat(decide(closed, "alice").access().level()).isEmpty();
    }

    @Test
    void testStrongerOfTwoMasksAndNullOfTwoEquallyStrong() {
        MaskRule forAlice = new MaskRule(Optional.of("in_any_group('contractor')"), HASH);
        TestingStore stronger = team(masks("m", columns(TABLE + ".email"), forAlice, new MaskRule(Optional.empty(), constant("x"))));
        assertThat(column(decide(stronger, "alice"), "email").effect()).isEqualTo("constant");
        assertThat(column(decide(stronger, "alice"), "email").reason())
                .isEqualTo("by what all members of the equalized project have in common: selected by name");
        TestingStore other = team(masks("m", columns(TABLE + ".email"),
                new MaskRule(Optional.of("in_any_group('contractor')"), constant("y")), new MaskRule(Optional.empty(), constant("x"))));
        assertThat(column(decide(other, "alice"), "email").expression()).contains("null");
        assertThat(column(decide(other, "alice"), "email").effect()).isEqualTo("null");
        assertThat(column(decide(other, "bob"), "email").expression()).contains("CAST('x' AS varchar)");
    }

    @Test
    void testConditionsOfBothByRow() {
        TestingStore store = TestingStore.of(equalized(NAMED),
                user("alice", Set.of(), Map.of("region", Set.of("EU", "US"))), user("bob", Set.of(), Map.of("region", Set.of("EU"))))
                .with(STORE.objects().stream().map(LayeredObject::object).toList())
                .with(GRANT, TestingPolicies.conditional(mask("m", NULL, columns(TABLE + ".email")),
                        "NOT attribute_values_contain('region', region)"));
        TableDecision decision = decide(store, "alice");
        TestingRowReader reader = new TestingRowReader();
        assertThat(reader.read(decision, Map.of("email", "e", "region", "EU"))).containsEntry("email", Sight.RAW);
        assertThat(reader.read(decision, Map.of("email", "e", "region", "US"))).containsEntry("email", Sight.NOTHING);
    }

    @Test
    void testExplanationTellsBoth() {
        TestingStore store = team(exempt(mask("m", HASH, columns(TABLE + ".email")), "in_any_group('contractor')"));
        PolicySnapshot snapshot = approved(store).snapshot();
        assertThat(evaluator.explain(snapshot, working(store, "alice"), TABLE, COLUMNS).masks("email"))
                .extracting(verdict -> verdict.effect() + " | " + verdict.reason())
                .containsExactly(
                        "hash | by what all members of the equalized project have in common: selected by name",
                        "weighed: raw | by what the user himself is entitled to: 'exempt' of m holds",
                        "weighed: does not apply | by what the user himself is entitled to: selected by name; 'exempt' holds",
                        "weighed: hash | by what all members of the equalized project have in common: selected by name; "
                                + "'exempt' does not hold");
        assertThat(evaluator.appearance(snapshot, working(store, "alice"), TABLE, COLUMNS).columns().get("email"))
                .isEqualTo("raw; for all members hash");
    }

    /// Over drawn policies: never more than the same user sees in a project that is not equalized, whatever the policies say; and the same
    /// for all members, where policies favour the entitled, name nobody and no weaker mask outranks a stronger one.
    @Test
    void testMembersSeeTheSameAndNeverMoreThanOutside() {
        Random random = new Random(SEED);
        RandomPolicies policies = new RandomPolicies(random);
        List<Policy> any = IntStream.range(0, 500).mapToObj(number -> policies.any("p" + number)).collect(toImmutableList());
        List<Policy> favouring = IntStream.range(0, 500).mapToObj(number -> policies.favouringTheEntitled("q" + number))
                .filter(policy -> !policy.toString().contains("current_user")).collect(toImmutableList());
        Optional<PolicySnapshot> compiled = Optional.of(STORE.with(any).with(favouring).snapshot());
        TestingRowReader reader = new TestingRowReader();
        Set<Sight> seen = EnumSet.noneOf(Sight.class);
        int differed = 0;
        int same = 0;
        for (int number = 0; number < 3_000; number++) {
            boolean fair = number % 2 == 0;
            List<Policy> library = fair ? favouring : any;
            List<PolicyObject> objects = new ArrayList<>(random.ints(0, library.size()).distinct().limit(1 + random.nextInt(8))
                    .mapToObj(library::get).collect(toImmutableList()));
            List<Policy> drawnPolicies = objects.stream().map(Policy.class::cast).collect(toImmutableList());
            fair &= drawnPolicies.stream().noneMatch(one -> drawnPolicies.stream()
                    .anyMatch(other -> TestDecisionProperties.mayWeaken(one, other)));
            objects.add(GRANT);
            for (String member : List.of("alice", "bob")) {
                Subject drawn = policies.subject();
                objects.add(user(member, drawn.groups(), Multimaps.asMap(drawn.attributes())));
            }
            PolicySnapshot equal = STORE.with(objects).with(equalized(NAMED)).snapshot(compiled);
            PolicySnapshot plain = STORE.with(objects).with(NAMED).snapshot(compiled);
            TableDecision alice = decide(equal, "alice");
            TableDecision bob = decide(equal, "bob");
            for (Map<String, String> row : RandomPolicies.rows()) {
                Map<String, Sight> ofAlice = reader.read(alice, row);
                Map<String, Sight> outside = reader.read(decide(plain, "alice"), row);
                String what = "seed %s, case %s: row %s under %s".formatted(SEED, number, row, objects);
                ofAlice.forEach((column, sight) -> assertThat(sight).as(what).isLessThanOrEqualTo(outside.get(column)));
                if (fair) {
                    assertThat(reader.read(bob, row)).as(what).isEqualTo(ofAlice);
                    same++;
                }
                seen.addAll(ofAlice.values());
                differed += outside.equals(ofAlice) ? 0 : 1;
            }
        }
        // else the cases would be no test of each
        assertThat(seen).containsExactlyInAnyOrder(Sight.values());
        assertThat(differed).isGreaterThan(1_000);
        assertThat(same).isGreaterThan(1_000);
    }

    private static TestingStore team(Policy... policies) {
        return TestingStore.of(equalized(NAMED), user("alice", Set.of("contractor"), Map.of()), user("bob", Set.of(), Map.of()))
                .with(STORE.objects().stream().map(LayeredObject::object).toList()).with(GRANT).with(policies);
    }

    private TableDecision decide(TestingStore store, String user) {
        return decide(approved(store).snapshot(), user);
    }

    private TableDecision decide(PolicySnapshot snapshot, String user) {
        return evaluator.decide(snapshot, Entitlements.inProject(snapshot,
                Entitlements.outsideProjects(snapshot, user, ImmutableSet.of(), NOW), "p"), TABLE, COLUMNS);
    }

    private static TestingStore approved(TestingStore store) {
        return new TestingStore(store.objects(), STORE.tables(), STORE.keys(), ImmutableMap.of());
    }

    private static Subject working(TestingStore store, String user) {
        PolicySnapshot snapshot = store.snapshot();
        return Entitlements.inProject(snapshot, Entitlements.outsideProjects(snapshot, user, ImmutableSet.of(), NOW), "p");
    }

    private static void assertCommon(TestingStore store, String user, Set<String> groups, Map<String, Set<String>> attributes) {
        CommonEntitlements common = working(store, user).common().orElseThrow();
        assertThat(common.groups()).isEqualTo(groups);
        assertThat(Multimaps.asMap(common.attributes())).isEqualTo(attributes);
        assertThat(common).hasToString("CommonEntitlements");
    }

    private static ColumnDecision column(TableDecision decision, String name) {
        return Optional.ofNullable(decision.columns().get(name)).orElseThrow();
    }
}
