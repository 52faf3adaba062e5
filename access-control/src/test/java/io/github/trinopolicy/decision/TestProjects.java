package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.policy;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.project;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What working in a project gives and takes.
final class TestProjects {
    private static final Instant EXPIRY = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant BEFORE = EXPIRY.minusNanos(1);
    private static final String CUSTOMER = "lake.shop.customer";
    private static final String ORDERS = "lake.shop.orders";
    private static final Principals MEMBERS = new Principals(Set.of("alice"), Set.of("fraud-team"));
    private static final TestingStore STORE = TestingStore.of(
            registered("lake.shop"),
            registered(CUSTOMER),
            registered(ORDERS),
            project("fraud", MEMBERS, Set.of("Fraud.Cards", "Audit"), CUSTOMER),
            project("risk", MEMBERS, Set.of(), "lake"),
            project("empty", MEMBERS, Set.of("Fraud")),
            grant("all", Level.OWN, "true", everywhere()))
            .withApproved(CUSTOMER, ImmutableMap.of("email", VARCHAR, "purpose", VARCHAR));

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testProjectGivesItsPurposes() {
        Subject alice = subject(STORE.withCurrentProject("alice", "fraud"), "alice");
        assertThat(alice).isEqualTo(new Subject("alice", Set.of(), ImmutableSetMultimap.of(), Set.of("Fraud.Cards", "Fraud", "Audit"),
                Optional.of("fraud"), BEFORE));
        assertThat(alice.usesPurpose("Fraud.Cards")).isTrue();
        assertThat(alice.usesPurpose("Fraud")).isTrue();
        assertThat(alice.usesPurpose("Fraud.Wire")).isFalse();
        assertThat(alice.usesPurpose("Fraud.Cards.Lost")).isFalse();
        assertThat(alice.usesPurpose("Frau")).isFalse();
    }

    @Test
    void testPurposesAreOfOneUserAlone() {
        TestingStore store = STORE.withCurrentProject("alice", "fraud");
        Subject bob = subject(store, "bob", "fraud-team");
        assertThat(bob.project()).isEmpty();
        assertThat(bob.purposes()).isEmpty();
        assertThat(subject(store, "Alice", "fraud-team").purposes()).isEmpty();
        assertThat(Entitlements.outsideProjects(store.snapshot(), "alice", Set.of(), BEFORE).purposes()).isEmpty();
    }

    @Test
    void testMembershipIsJudgedAtTheDecision() {
        TestingStore byGroup = STORE.withCurrentProject("bob", "fraud")
                .with(new User("bob", Optional.empty(), List.of(new Membership("fraud-team", Optional.of(EXPIRY))), ImmutableMap.of()));
        assertThat(Entitlements.of(byGroup.snapshot(), "bob", Set.of(), BEFORE).project()).contains("fraud");
        assertLost(Entitlements.of(byGroup.snapshot(), "bob", Set.of(), EXPIRY), "fraud");
        // by a group of which only Trino knows
        assertThat(subject(STORE.withCurrentProject("carol", "fraud"), "carol", "fraud-team").project()).contains("fraud");
        assertLost(subject(STORE.withCurrentProject("carol", "fraud"), "carol"), "fraud");
        assertLost(subject(STORE.withCurrentProject("alice", "gone"), "alice"), "gone");
        // owners are no members
        assertLost(subject(STORE.withCurrentProject("dana", "fraud"), "dana", "stewards"), "fraud");
        assertThatThrownBy(() -> new Subject("x", Set.of(), ImmutableSetMultimap.of(), Set.of("Fraud"), Optional.empty(),
                Optional.of("fraud"), Optional.empty(), BEFORE)).hasMessage("in a project that is lost");
    }

    @Test
    void testProjectConfines() {
        TestingStore inFraud = STORE.withCurrentProject("alice", "fraud");
        assertThat(access(inFraud, "alice", CUSTOMER).level()).contains(Level.OWN);
        AccessDecision outside = access(inFraud, "alice", ORDERS);
        assertThat(outside.level()).isEmpty();
        assertThat(outside.outside()).contains("outside of project 'fraud'; CALL policy.session.leave_project(), "
                + "or connect without the extra credential policy.project");
        assertThat(outside.reasons()).extracting(TableDecision.Reason::policy).containsExactly("all");
        // what holds the table is not the table, and a name that begins like it neither
        assertThat(access(inFraud, "alice", "lake.shop").level()).isEmpty();
        assertThat(access(inFraud, "alice", CUSTOMER + "s").level()).isEmpty();
        assertThat(access(STORE.withCurrentProject("alice", "risk"), "alice", ORDERS).level()).contains(Level.OWN);
        assertThat(access(STORE.withCurrentProject("alice", "empty"), "alice", CUSTOMER).level()).isEmpty();
        assertThat(access(STORE, "alice", ORDERS).outside()).isEmpty();
        assertThat(access(inFraud, "bob", ORDERS).level()).contains(Level.OWN);
    }

    @Test
    void testProjectGivesNoAccess() {
        TestingStore denied = TestingStore.of(registered(CUSTOMER), project("fraud", MEMBERS, Set.of("Fraud"), CUSTOMER))
                .withCurrentProject("alice", "fraud");
        assertThat(access(denied, "alice", CUSTOMER).level()).isEmpty();
        assertThat(access(denied, "alice", CUSTOMER).outside()).isEmpty();
    }

    /// Who is put out of a project must not see more for it, nor by a negation.
    @Test
    void testLostProjectClosesEverything() {
        TestingStore lost = STORE
                .with(grant("without", Level.OWN, "current_project() IS NULL AND NOT using_purpose('Fraud')", everywhere()))
                .withCurrentProject("bob", "fraud");
        for (String table : List.of(CUSTOMER, ORDERS, "lake.shop")) {
            AccessDecision access = access(lost, "bob", table);
            assertThat(access.level()).isEmpty();
            assertThat(access.outside()).contains("closed while the current project is 'fraud', which does not exist any more or of which "
                    + "bob is no member any more; CALL policy.session.leave_project(), or use_project with another");
        }
    }

    @Test
    void testPurposesFilter() {
        Policy filter = policy("limited", new RowFilter(everywhere(), new RowRule.Purposes(List.of("Fraud", "Marketing"))));
        TestingStore store = STORE.with(filter);
        assertThat(filters(store, "alice")).containsExactly(new FilterDecision("limited", Optional.of("false"),
                "none of these purposes is in use: 'Fraud', 'Marketing'; CALL policy.session.use_project(...) with a project that has one",
                false));
        assertThat(filters(store.withCurrentProject("alice", "risk"), "alice")).extracting(FilterDecision::expression)
                .containsExactly(Optional.of("false"));
        // a purpose below satisfies, and what is then seen must not be carried out
        assertThat(filters(store.withCurrentProject("alice", "fraud"), "alice"))
                .containsExactly(new FilterDecision("limited", Optional.empty(), "purpose 'Fraud' is in use", true));
        assertThat(filters(store.withCurrentProject("bob", "fraud"), "bob")).extracting(FilterDecision::expression)
                .containsExactly(Optional.of("false"));
        Policy narrow = policy("limited", new RowFilter(everywhere(), new RowRule.Purposes(List.of("Fraud.Cards"))));
        assertThat(filters(STORE.with(narrow).withCurrentProject("alice", "empty"), "alice")).extracting(FilterDecision::expression)
                .containsExactly(Optional.of("false"));
        assertThat(filters(STORE.with(exempt(filter, "current_user = 'alice'")), "alice")).extracting(FilterDecision::expression)
                .containsExactly(Optional.empty());
    }

    @Test
    void testPolicyTexts() {
        TestingStore store = STORE.with(
                exempt(mask("email", TestingPolicies.HASH, columns(CUSTOMER + ".email")),
                        "using_purpose('Fraud') AND current_project() = 'fraud'"),
                where("own-purpose", "purposes_contain(purpose)", everywhere()));
        PolicySnapshot working = store.withCurrentProject("alice", "fraud").snapshot();
        TableDecision decision = evaluator.decide(working, Entitlements.of(working, "alice", Set.of(), BEFORE), ObjectName.parse(CUSTOMER),
                List.of(new Column("email", VARCHAR), new Column("purpose", VARCHAR)));
        assertThat(decision.columns().get("email")).extracting(TableDecision.ColumnDecision::effect).isEqualTo("raw");
        // also rows that are marked with the purpose above
        assertThat(decision.filters()).extracting(FilterDecision::expression)
                .containsExactly(Optional.of("(\"purpose\" IN ('Audit', 'Fraud', 'Fraud.Cards'))"));
        decision = evaluator.decide(working, Entitlements.of(working, "bob", Set.of("fraud-team"), BEFORE), ObjectName.parse(CUSTOMER),
                List.of(new Column("email", VARCHAR), new Column("purpose", VARCHAR)));
        assertThat(decision.columns().get("email")).extracting(TableDecision.ColumnDecision::effect).isEqualTo("hash");
        assertThat(decision.filters()).extracting(FilterDecision::expression).containsExactly(Optional.of("false"));
    }

    private static void assertLost(Subject subject, String project) {
        assertThat(subject.lostProject()).contains(project);
        assertThat(subject.project()).isEmpty();
        assertThat(subject.purposes()).isEmpty();
    }

    private static Subject subject(TestingStore store, String user, String... groups) {
        return Entitlements.of(store.snapshot(), user, Set.of(groups), BEFORE);
    }

    private AccessDecision access(TestingStore store, String user, String table) {
        return evaluator.access(store.snapshot(), subject(store, user), ObjectName.parse(table));
    }

    private List<FilterDecision> filters(TestingStore store, String user) {
        return evaluator.decide(store.snapshot(), subject(store, user), ObjectName.parse(CUSTOMER), List.of(new Column("email", VARCHAR)))
                .filters();
    }
}
