package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.policy;
import static io.github.trinopolicy.decision.TestingPolicies.reveal;
import static io.github.trinopolicy.decision.TestingPolicies.revealByAttribute;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestReveals {
    private static final String TABLE = "lake.shop.customer";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<Column> COLUMNS = ImmutableList.of(new Column("email", VARCHAR), new Column("phone", VARCHAR),
            new Column("both", VARCHAR), new Column("plain", VARCHAR), new Column("number", BIGINT), new Column("fresh", VARCHAR));
    private static final TestingStore STORE = TestingStore.of(
            registered("lake", "Inherited.Lake"),
            table(TABLE, ImmutableMap.of(
                    "email", ImmutableSet.of("PII.Email"),
                    "phone", ImmutableSet.of("PII.Phone"),
                    "both", ImmutableSet.of("PII.Email", "Secret.Health"),
                    "number", ImmutableSet.of("PII.Number"))),
            TestingPolicies.grant("read", Level.READ, "true", TestingPolicies.everywhere()))
            .withApproved(TABLE, ImmutableMap.of("email", VARCHAR, "phone", VARCHAR, "both", VARCHAR, "plain", VARCHAR, "number", BIGINT));
    private static final Policy BY_TAG = revealByAttribute("reveal-by-tag", columnsTagged("PII"), "reveal");

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testAttributeThatHoldsTheTagOrAnAncestor() {
        for (String selector : List.of("PII", "PII.Email")) {
            Policy mask = mask("m", HASH, columnsTagged(selector));
            for (String value : List.of("PII", "PII.Email")) {
                ColumnDecision decision = decide("email", value, mask, BY_TAG);
                assertThat(decision).as("%s for %s", selector, value)
                        .isEqualTo(new ColumnDecision(Optional.empty(), Optional.empty(), "raw",
                                "m is revealed through PII.Email by policy reveal-by-tag", true));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PI", "P", "pii", "PII.email", "PII.", ".PII", "PII.*", "*", "%", "", " ", "PII ", "PII.Phone",
            "PII.Email.Work",
            "Email", "Secret", "PII,PII.Email", "PII.Emai", "PII..Email"})
    @DisplayName("An attribute value that looks like the tag reveals nothing")
    void testValuesThatAreNoAncestor(String value) {
        assertThat(decide("email", value, mask("m", HASH, columnsTagged("PII")), BY_TAG).effect()).isEqualTo("hash");
    }

    @Test
    void testExpiredValueRevealsNothing() {
        User lapsed = new User("alice", Optional.empty(), ImmutableList.of(), ImmutableMap.of("reveal",
                ImmutableList.of(new AttributeValue("PII", Optional.of(NOW)),
                        new AttributeValue("PII.Phone", Optional.of(NOW.plusSeconds(1))))));
        PolicySnapshot snapshot = STORE.with(lapsed, mask("m", HASH, columnsTagged("PII")), BY_TAG).snapshot();
        assertThat(decide(snapshot, "email").effect()).isEqualTo("hash");
        assertThat(decide(snapshot, "phone").effect()).isEqualTo("raw");
    }

    @Test
    void testOtherAttributesDoNotCount() {
        assertThat(
                decide("email", STORE.with(TestingStore.user("alice", ImmutableSet.of(), ImmutableMap.of("unmask", ImmutableSet.of("PII"))),
                        mask("m", HASH, columnsTagged("PII")), BY_TAG)).effect())
                .isEqualTo("hash");
    }

    @Test
    void testCondition() {
        Policy mask = mask("m", HASH, columnsTagged("PII"));
        assertThat(decide("email", "-", mask, reveal("r", columnsTagged("PII.Email"), "current_user = 'alice'")).effect()).isEqualTo("raw");
        assertThat(decide("phone", "-", mask, reveal("r", columnsTagged("PII.Email"), "current_user = 'alice'")).effect())
                .isEqualTo("hash");
        assertThat(decide("email", "-", mask, reveal("r", columnsTagged("PII"), "in_any_group('a')")).effect()).isEqualTo("hash");
        assertThat(decide("email", "-", mask, reveal("r", columnsTagged("PII"), "current_project() = 'p'")).effect()).isEqualTo("hash");
    }

    @Test
    @DisplayName("Only masks that select by the revealed tag alone are lifted")
    void testMasksThatSelectOtherwiseStay() {
        ColumnSelector alsoByName = new ColumnSelector(columns(TABLE + ".email").names(), Optional.empty(), ImmutableSet.of("PII"),
                ImmutableSet.of(), ImmutableSet.of(), Optional.empty());
        ColumnSelector alsoByPattern = new ColumnSelector(ImmutableSet.of(), Optional.of("e.*"), ImmutableSet.of("PII"), ImmutableSet.of(),
                ImmutableSet.of(), Optional.empty());
        ColumnSelector alsoBySchema = new ColumnSelector(ImmutableSet.of(), Optional.empty(), ImmutableSet.of("PII"),
                ImmutableSet.of(ObjectName.parse("lake.shop")), ImmutableSet.of(), Optional.empty());
        for (ColumnSelector selector : List.of(columns(TABLE + ".email"), columnsLike("email"), columnsIn(TABLE), columnsIn("lake.shop"),
                columnsIn("lake"), alsoByName, alsoByPattern, alsoBySchema, columnsTagged("Inherited"),
                columnsTagged("PII", "Inherited"))) {
            assertThat(decide("email", "PII", mask("m", HASH, selector), BY_TAG).effect()).as(selector.toString()).isEqualTo("hash");
        }
    }

    @Test
    @DisplayName("A second tag of the column lifts nothing that another tag masks")
    void testMaskThroughSeveralTags() {
        Policy bySecret = mask("secret", HASH, columnsTagged("Secret"));
        Policy byBoth = mask("both", HASH, columnsTagged("PII", "Secret"));
        assertThat(decide("both", "PII", bySecret, BY_TAG).effect()).isEqualTo("hash");
        assertThat(decide("both", "PII", byBoth, BY_TAG).effect()).isEqualTo("hash");
        assertThat(decide("email", "PII", byBoth, BY_TAG).effect()).isEqualTo("raw");
        // all of them, by one policy or by two
        Policy secrets = reveal("reveal-secrets", columnsTagged("Secret"), "true");
        assertThat(decide("both", "PII", byBoth, BY_TAG, secrets).reason())
                .isEqualTo("both is revealed through PII.Email, Secret.Health by policy reveal-by-tag, reveal-secrets");
        assertThat(decide("both", "PII", byBoth, secrets).effect()).isEqualTo("hash");
        // of two masks one stays
        ColumnDecision decision = decide("both", "PII", bySecret, mask("pii", NULL, columnsTagged("PII")), BY_TAG);
        assertThat(decision.effect()).isEqualTo("hash");
        assertThat(decision.underException()).isTrue();
        assertThat(decision.reason()).isEqualTo("selected by tag Secret; pii is revealed through PII.Email by policy reveal-by-tag");
    }

    @Test
    void testInheritedTags() {
        Policy mask = mask("m", HASH, columnsTagged("Inherited"));
        assertThat(decide("plain", "-", mask, reveal("r", columnsTagged("Inherited"), "true")).effect()).isEqualTo("raw");
        assertThat(decide("plain", "-", mask, reveal("r", columnsTagged("Inherited.Lake.Shop"), "true")).effect()).isEqualTo("hash");
    }

    @Test
    void testNarrowedReveals() {
        Policy mask = mask("m", NULL, columnsTagged("PII"));
        Policy numbers = reveal("r", narrowed(columnsTagged("PII"), ImmutableSet.of("bigint"), Optional.empty()), "true");
        assertThat(decide("number", "-", mask, numbers).effect()).isEqualTo("raw");
        assertThat(decide("email", "-", mask, numbers).effect()).isEqualTo("null");
        Policy notSecret = reveal("r", narrowed(columnsTagged("PII"), ImmutableSet.of(), Optional.of(columnsTagged("Secret"))), "true");
        assertThat(decide("email", "-", mask, notSecret).effect()).isEqualTo("raw");
        assertThat(decide("both", "-", mask, notSecret).effect()).isEqualTo("null");
        Policy elsewhere = reveal("r", narrowed(columnsTagged("PII"), ImmutableSet.of(), Optional.of(columnsIn("lake.shop"))), "true");
        assertThat(decide("email", "-", mask, elsewhere).effect()).isEqualTo("null");
    }

    @Test
    @DisplayName("Invariant 4: a reveal policy that does not compile reveals nothing and closes nothing")
    void testBrokenRevealGivesNothing() {
        Policy mask = mask("m", HASH, columnsTagged("PII"));
        for (Policy broken : List.of(reveal("r", columnsTagged("PII"), "in_any_group("), reveal("r", columnsTagged("PII"), "region = 'EU'"),
                reveal("r", columns(TABLE + ".email"), "true"), reveal("r", columnsIn("lake"), "true"),
                reveal("r", columnsLike(".*"), "true"),
                reveal("r", alsoIn(columnsTagged("PII")), "true"),
                reveal("r", narrowed(columnsTagged("PII"), ImmutableSet.of(), Optional.of(columnsLike("("))), "true"),
                staged(reveal("s", columnsTagged("PII"), "true")))) {
            PolicySnapshot snapshot = STORE.with(mask, broken).snapshot();
            assertThat(snapshot.brokenReason("r").isPresent()).as(broken.toString()).isEqualTo(broken.name().equals("r"));
            assertThat(decide(snapshot, "email").effect()).as(broken.toString()).isEqualTo("hash");
            assertThat(decide(snapshot, "plain").effect()).isEqualTo("raw");
            assertThat(evaluator.access(snapshot, alice(snapshot), ObjectName.parse(TABLE)).level()).contains(Level.READ);
        }
    }

    private static ColumnSelector alsoIn(ColumnSelector selector) {
        return new ColumnSelector(selector.names(), selector.pattern(), selector.tags(), ImmutableSet.of(ObjectName.parse("lake")),
                selector.types(), selector.not());
    }

    @Test
    void testOtherGuardsStay() {
        Policy everything = reveal("r", columnsTagged("PII", "Inherited"), "true");
        // a mask that does not compile closes its columns
        Policy broken = conditional(mask("broken", HASH, columnsTagged("PII")), "nonsense(");
        assertThat(evaluator.access(STORE.with(broken, everything).snapshot(), alice(STORE.snapshot()), ObjectName.parse(TABLE)).level())
                .isEmpty();
        // nobody has approved the column
        assertThat(decide("fresh", "-", everything).effect()).isEqualTo("null");
        // row filters are no masks
        TableDecision filtered = evaluator.decide(
                STORE.with(where("w", "email = 'x'", TestingPolicies.everywhere()), everything).snapshot(),
                alice(STORE.snapshot()), ObjectName.parse(TABLE), COLUMNS);
        assertThat(filtered.filters()).singleElement().satisfies(filter -> assertThat(filter.expression()).isPresent());
    }

    @Test
    void testTheNextMaskDecides() {
        Policy closer = mask("closer", HASH, columnsTagged("PII.Email"));
        Policy farther = mask("farther", NULL, columnsIn("lake"));
        assertThat(decide("email", "-", closer, farther).policy()).contains("closer");
        assertThat(decide("email", "PII", closer, farther, BY_TAG).policy()).contains("farther");
    }

    @Test
    void testMaskWithConditionAndException() {
        Policy mask = conditional(mask("m", HASH, columnsTagged("PII")), "plain = 'x'");
        assertThat(decide("email", "PII", mask, BY_TAG).effect()).isEqualTo("raw");
        assertThat(decide("email", "PII", exempt(mask("m", HASH, columnsTagged("PII")), "true"), BY_TAG).reason())
                .isEqualTo("'exempt' of m holds");
    }

    @Test
    void testExplanation() {
        PolicySnapshot snapshot = STORE
                .with(mask("m", HASH, columnsTagged("PII")), mask("n", NULL, columnsIn("lake")), BY_TAG, holding("PII"))
                .snapshot();
        TableExplanation explanation = evaluator.explain(snapshot, alice(snapshot), ObjectName.parse(TABLE), COLUMNS);
        assertThat(explanation.masks("email").getLast()).isEqualTo(TableExplanation.MaskVerdict.without("m", "does not apply",
                "selected by tag PII; revealed through PII.Email by policy reveal-by-tag"));
    }

    @Test
    void testReview() {
        PolicySnapshot snapshot = STORE.with(mask("m", HASH, columnsTagged("PII")), mask("named", NULL, columns(TABLE + ".email")),
                mask("secret", NULL, columnsTagged("Secret")), BY_TAG).snapshot();
        assertThat(evaluator.review(snapshot, ObjectName.parse(TABLE), COLUMNS)).contains(
                new Finding("reveal-by-tag", "leaves masked what 'named' masks (selected by name), on", TABLE + ".email"),
                new Finding("reveal-by-tag", "leaves masked what 'secret' masks (selected by tag Secret), on", TABLE + ".both"))
                .noneMatch(finding -> finding.message().contains("'m'"));
    }

    @Test
    void testReach() {
        assertThat(TableReach.of(STORE.with(BY_TAG).snapshot(), ObjectName.parse(TABLE)).policies()).contains("reveal-by-tag");
        assertThat(TableReach.of(STORE.with(policy("i", new Policy.Impersonation("true",
                new Principals(ImmutableSet.of("x"), ImmutableSet.of())))).snapshot(), ObjectName.parse(TABLE))
                .policies()).doesNotContain("i");
    }

    private static User holding(String value) {
        return TestingStore.user("alice", ImmutableSet.of(), ImmutableMap.of("reveal", ImmutableSet.of(value)));
    }

    private static Subject alice(PolicySnapshot snapshot) {
        return Entitlements.of(snapshot, "alice", ImmutableSet.of(), NOW);
    }

    private ColumnDecision decide(PolicySnapshot snapshot, String column) {
        return requireNonNull(evaluator.decide(snapshot, alice(snapshot), ObjectName.parse(TABLE), COLUMNS).columns().get(column));
    }

    private ColumnDecision decide(String column, String value, Policy... policies) {
        return decide(column,
                STORE.with(Stream.concat(Stream.of(holding(value)), Stream.of(policies)).toArray(PolicyObject[]::new)));
    }

    private ColumnDecision decide(String column, TestingStore store) {
        return decide(store.snapshot(), column);
    }
}
