package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.masks;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.priority;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static io.trino.spi.type.VarcharType.createVarcharType;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TestColumnEvaluator {
    private static final String TABLE = "lake.shop.customer";
    private static final String KEY = TestingStore.hashKey(TABLE).toString();
    private static final ImmutableMap<String, Type> COLUMNS = ImmutableMap.of("email", VARCHAR, "region", VARCHAR, "id", BIGINT,
            "score", DOUBLE);
    /// `email` is tagged twice, by unrelated branches; `Sales` and `Retail.Shop` are inherited.
    private static final TestingStore STORE = TestingStore.of(
            registered("lake", "Lake"),
            registered("lake.shop", "Retail.Shop"),
            table(TABLE, ImmutableMap.of("email", ImmutableSet.of("PII.Contact.Email", "Mail.Private"), "region",
                    ImmutableSet.of("Geo.Region")), "Sales.Customer"))
            .withApproved(TABLE, COLUMNS);
    private static final Subject ALICE = new Subject("alice", ImmutableSet.of("analysts"), ImmutableSetMultimap.of("region", "EU"),
            ImmutableSet.of(), Optional.empty(), Instant.EPOCH);

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testColumnWithoutMaskIsRaw() {
        assertThat(decide("email"))
                .isEqualTo(new ColumnDecision(Optional.empty(), Optional.empty(), "raw", "no mask policy applies", false));
    }

    @Test
    void testMasks() {
        assertThat(decide("email", mask("p", NULL, columns(TABLE + ".email")))).isEqualTo(
                new ColumnDecision(Optional.of("p"), Optional.of("null"), "null", "selected by name", false));
        assertThat(decide("email", mask("p", constant("it's"), columns(TABLE + ".email")))).isEqualTo(
                new ColumnDecision(Optional.of("p"), Optional.of("CAST('it''s' AS varchar)"), "constant", "selected by name", false));
        assertThat(decide("id", mask("p", constant("7"), columns(TABLE + ".id"))).expression())
                .contains("CAST(CAST('7' AS bigint) AS bigint)");
        assertThat(decide("email", mask("p", HASH, columns(TABLE + ".email")))).isEqualTo(new ColumnDecision(Optional.of("p"),
                Optional.of("policy.masking.hash(\"email\", '%s')".formatted(KEY)), "hash", "selected by name", false));
    }

    /// From the closest to the farthest; the farther is given the stronger mask, so that nothing but closeness can decide.
    @Test
    void testCloserSelectorDecides() {
        ImmutableList<Policy> closestFirst = ImmutableList.of(
                mask("z1", HASH, columns(TABLE + ".email")),
                mask("y2", constant("2"), columnsLike("e.*l")),
                mask("x3", constant("3"), columnsTagged("PII.Contact.Email")),
                mask("w4", constant("4"), columnsTagged("PII")),
                mask("v5", constant("5"), columnsIn(TABLE)),
                mask("u6", constant("6"), columnsIn("lake.shop")),
                mask("t7", NULL, columnsIn("lake")));
        for (int first = 0; first < closestFirst.size(); first++) {
            assertDecides(closestFirst.get(first).name(), closestFirst.subList(first, closestFirst.size()).toArray(new Policy[0]));
        }
    }

    @Test
    void testReasonNamesTheSelector() {
        assertThat(decide("email", mask("p", NULL, columnsLike("e.*l"))).reason()).isEqualTo("selected by pattern");
        assertThat(decide("email", mask("p", NULL, columnsTagged("PII", "Mail", "Other"))).reason()).isEqualTo("selected by tag Mail, PII");
        assertThat(decide("email", mask("p", NULL, columnsIn(TABLE))).reason()).isEqualTo("selected by its table");
        assertThat(decide("email", mask("p", NULL, columnsIn("lake.shop"))).reason()).isEqualTo("selected by its schema");
        assertThat(decide("email", mask("p", NULL, columnsIn("lake"))).reason()).isEqualTo("selected by its catalog");
    }

    @Test
    void testClosestWayOfOneSelectorCounts() {
        Policy both = mask("b", HASH, new ColumnSelector(columns(TABLE + ".email").names(), Optional.empty(),
                ImmutableSet.of("PII"), ImmutableSet.of(), ImmutableSet.of(), Optional.empty()));
        assertDecides("b", both, mask("a", NULL, columnsLike("email")));
    }

    @Test
    void testTagOutranksItsAncestorsOnly() {
        assertDecides("child", mask("child", HASH, columnsTagged("PII.Contact.Email")), mask("parent", NULL, columnsTagged("PII.Contact")));
        assertDecides("child", mask("child", HASH, columnsTagged("PII.Contact.Email")), mask("root", NULL, columnsTagged("PII")));
        // an unrelated tag is equal however deep it is, so the stronger mask decides
        assertDecides("shallow", mask("deep", HASH, columnsTagged("PII.Contact.Email")), mask("shallow", NULL, columnsTagged("Mail")));
        assertDecides("deep", mask("deep", NULL, columnsTagged("PII.Contact.Email")), mask("shallow", HASH, columnsTagged("Mail")));
    }

    @Test
    void testTagOutranksASelectorOnlyWhereItIsBelowAllOfItsTags() {
        // 'Mail' is not above 'PII.Contact.Email', so the two are equal and the stronger decides
        assertDecides("wide", mask("narrow", HASH, columnsTagged("PII.Contact.Email")), mask("wide", NULL, columnsTagged("PII", "Mail")));
        assertDecides("narrow", mask("narrow", HASH, columnsTagged("PII.Contact.Email", "Mail.Private")),
                mask("wide", NULL, columnsTagged("PII", "Mail")));
    }

    @Test
    void testOutrankedMaskDoesNotDecideThroughAThird() {
        // c outranks a; b is equal to both, and stronger than c
        assertDecides("b", mask("a", NULL, columnsTagged("PII")), mask("b", constant("b"), columnsTagged("Mail")),
                mask("c", HASH, columnsTagged("PII.Contact.Email")));
    }

    /// b is closer than a; c is equal to both. Where b does not apply to a row, the stronger a must come before c.
    @Test
    void testStrongerMaskIsNotHiddenBehindAThird() {
        assertThat(decide("email", mask("a", NULL, columnsTagged("PII")),
                conditional(mask("b", constant("b"), columnsTagged("PII.Contact")), "region = 'B'"),
                priority(conditional(mask("c", constant("c"), columnsTagged("Mail")), "region = 'C'"), 1)).expression())
                .contains("IF(COALESCE((\"region\" = 'B'), true), "
                        + "IF(COALESCE((\"region\" = 'C'), true), CAST('c' AS varchar), CAST('b' AS varchar)), null)");
    }

    @Test
    void testStrongerMaskDecidesAmongEquals() {
        assertDecides("null", mask("null", NULL, columnsTagged("PII")), mask("constant", constant("x"), columnsTagged("Mail")),
                mask("hash", HASH, columnsTagged("Sales")));
        assertDecides("constant", mask("constant", constant("x"), columnsTagged("PII")), mask("hash", HASH, columnsTagged("Sales")));
    }

    @Test
    void testPriorityDecidesOnlyWithinOneType() {
        assertDecides("high", priority(mask("high", HASH, columnsTagged("PII")), 5), mask("a", HASH, columnsTagged("Mail")));
        assertDecides("a", priority(mask("low", HASH, columnsTagged("PII")), -5), mask("a", HASH, columnsTagged("Mail")));
        assertDecides("strong", priority(mask("high", HASH, columnsTagged("PII")), 100), mask("strong", NULL, columnsTagged("Mail")));
        assertDecides("close", priority(mask("high", HASH, columnsTagged("PII")), 100), mask("close", HASH, columnsLike("email")));
    }

    @Test
    void testNameDecidesLast() {
        assertDecides("a", mask("b", constant("b"), columnsTagged("PII")), mask("a", constant("a"), columnsTagged("Mail")));
    }

    @Test
    void testInheritedTagsSelect() {
        for (String tag : ImmutableList.of("Lake", "Retail.Shop", "Retail", "Sales.Customer", "Sales")) {
            assertDecides("p", mask("p", NULL, columnsTagged(tag)));
        }
        assertThat(decide("score", mask("p", NULL, columnsTagged("Retail"))).policy()).contains("p");
    }

    @Test
    void testWhatDoesNotMatchDoesNotMask() {
        for (Policy policy : ImmutableList.of(mask("p", NULL, columns(TABLE + ".region")),
                mask("p", NULL, columns("lake.shop.other.email")),
                mask("p", NULL, columnsLike("mail")), mask("p", NULL, columnsTagged("PII.Contact.Email.Work")),
                mask("p", NULL, columnsTagged("PI")), mask("p", NULL, columnsTagged("pii")), mask("p", NULL, columnsIn("lake.other")),
                mask("p", NULL, columnsIn("hive")))) {
            assertThat(decide("email", policy).expression()).as(policy.toString()).isEmpty();
        }
    }

    @Test
    void testTypesAndNotNarrow() {
        assertThat(decide("email", mask("p", NULL, narrowed(columnsIn("lake"), Set.of("bigint"), Optional.empty()))).effect())
                .isEqualTo("raw");
        assertThat(decide("id", mask("p", NULL, narrowed(columnsIn("lake"), Set.of("bigint"), Optional.empty()))).effect())
                .isEqualTo("null");
        assertThat(decide("email", mask("p", NULL, narrowed(columnsIn("lake"), Set.of(), Optional.of(columnsTagged("PII"))))).effect())
                .isEqualTo("raw");
        assertThat(decide("id", mask("p", NULL, narrowed(columnsIn("lake"), Set.of(), Optional.of(columnsTagged("PII"))))).effect())
                .isEqualTo("null");
    }

    @Test
    void testExemptUserFallsToTheNextMask() {
        Policy closer = exempt(mask("closer", NULL, columns(TABLE + ".email")), "in_any_group('analysts')");
        ColumnDecision decision = decide("email", closer, mask("next", HASH, columnsTagged("PII")));
        assertThat(decision.policy()).contains("next");
        assertThat(decision.reason()).isEqualTo("selected by tag PII; 'exempt' of closer holds");
        assertThat(decision.underException()).isTrue();
    }

    @Test
    void testExemptFromAllIsRawUnderException() {
        assertThat(decide("email", exempt(mask("b", NULL, columnsTagged("PII")), "in_any_group('analysts')"),
                exempt(mask("a", NULL, columnsTagged("PII")), "current_user = 'alice'"))).isEqualTo(
                        new ColumnDecision(Optional.empty(), Optional.empty(), "raw", "'exempt' of a, b holds", true));
    }

    @Test
    void testExemptThatIsUnknownDoesNotHold() {
        ColumnDecision decision = decide("email", exempt(mask("p", NULL, columnsTagged("PII")), "NOT current_project() = 'p'"));
        assertThat(decision.effect()).isEqualTo("null");
        assertThat(decision.underException()).isFalse();
    }

    @Test
    void testFirstRuleThatFitsCounts() {
        Policy policy = masks("p", columnsTagged("PII"), rule("in_any_group('hr')", constant("hr")),
                rule("in_any_group('analysts')", HASH), rule("current_user = 'alice'", NULL),
                new MaskRule(Optional.empty(), constant("x")));
        assertThat(decide("email", policy).effect()).isEqualTo("hash");
    }

    @Test
    void testNoRuleFitsFallsToTheNextMask() {
        Policy none = masks("none", columns(TABLE + ".email"), rule("in_any_group('hr')", NULL));
        assertDecides("next", none, mask("next", HASH, columnsTagged("PII")));
        assertThat(decide("email", none).effect()).isEqualTo("raw");
        assertThat(decide("email", none).underException()).isFalse();
    }

    @Test
    void testConditionOverTheRowChooses() {
        assertThat(decide("email", conditional(mask("p", NULL, columnsTagged("PII")), "region <> 'EU'")).expression())
                .contains("IF(COALESCE((\"region\" <> 'EU'), true), null, \"email\")");
    }

    @Test
    void testConditionChoosesBetweenThisMaskAndTheNext() {
        ColumnDecision decision = decide("email", conditional(mask("first", NULL, columns(TABLE + ".email")), "region = 'A'"),
                conditional(mask("second", constant("x"), columnsTagged("PII")), "region = 'B'"), mask("third", HASH, columnsIn("lake")));
        assertThat(decision.policy()).contains("first");
        assertThat(decision.expression()).contains(("IF(COALESCE((\"region\" = 'A'), true), null, "
                + "IF(COALESCE((\"region\" = 'B'), true), CAST('x' AS varchar), policy.masking.hash(\"email\", '%s')))")
                .formatted(KEY));
    }

    @Test
    void testConditionThatMayFailIsWrapped() {
        assertThat(decide("email", conditional(mask("p", NULL, columnsTagged("PII")), "1 / id > 0")).expression())
                .contains("IF(COALESCE(TRY(policy.masking.may_fail((policy.masking.may_fail((1 / \"id\")) > 0))), true), null, \"email\")");
    }

    @Test
    void testConditionThatIsFalseFallsToTheNextMask() {
        Policy never = conditional(mask("never", NULL, columns(TABLE + ".email")), "NOT in_any_group('analysts')");
        assertDecides("next", never, mask("next", HASH, columnsTagged("PII")));
        assertThat(decide("email", never).effect()).isEqualTo("raw");
    }

    @Test
    void testConditionThatIsTrueOrUnknownMasks() {
        assertThat(decide("email", conditional(mask("p", NULL, columnsTagged("PII")), "in_any_group('analysts')")).expression())
                .contains("null");
        assertThat(decide("email", conditional(mask("p", HASH, columnsTagged("PII")), "current_project() = 'x'")).expression())
                .contains("IF(COALESCE(null, true), policy.masking.hash(\"email\", '%s'), \"email\")".formatted(KEY));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"missing = 'x'", "column_tagged('Nowhere') = 'x'",
            "column_tagged('PII') = 'x' AND missing IS NULL", "lower(missing) = 'x' OR true",
            "region = 1 AND false"})
    void testConditionOnWhatTheTableLacksMasks(String condition) {
        assertThat(decide("email", conditional(mask("p", NULL, columnsTagged("PII")), condition)).expression()).contains("null");
    }

    @Test
    void testConditionKnowsTheMaskedColumn() {
        assertThat(decide("email", conditional(mask("p", NULL, columnsTagged("PII")),
                "masked_column() LIKE '%@%' AND column_tagged('Geo') = 'EU'")).expression())
                .contains(
                        "IF(COALESCE(TRY(policy.masking.may_fail(((\"email\" LIKE '%@%') AND (\"region\" = 'EU')))), true), null, \"email\")");
    }

    @Test
    void testMaskThatDoesNotServeTheTypeIsNull() {
        assertThat(decide("score", mask("p", HASH, columnsIn("lake")))).isEqualTo(new ColumnDecision(Optional.of("p"), Optional.of("null"),
                "hash", "selected by its catalog; null instead: hash does not serve type double", false));
        assertThat(decide("id", mask("p", constant("abc"), columnsIn("lake"))).reason())
                .isEqualTo("selected by its catalog; null instead: the constant is no value of type bigint");
    }

    @Test
    void testHashWithoutKeyIsNull() {
        KnownTable known = new KnownTable(TestingStore.idOf(TABLE), ObjectName.parse(TABLE), ImmutableMap.of("email",
                new KnownColumn(TestingStore.idOf("e"), "email", "varchar")));
        PolicySnapshot snapshot = TestingStore.of(registered(TABLE)).withoutKey(known).with(mask("p", HASH, columnsIn("lake"))).snapshot();
        assertThat(decide(snapshot, Map.of("email", VARCHAR), "email")).isEqualTo(new ColumnDecision(Optional.of("p"), Optional.of("null"),
                "hash", "selected by its catalog; null instead: the table has no hash key; register it", false));
    }

    @Test
    void testStagedMaskDoesNotMask() {
        assertThat(decide("email", staged(mask("p", NULL, columnsTagged("PII")))).effect()).isEqualTo("raw");
        assertDecides("active", staged(mask("staged", NULL, columns(TABLE + ".email"))), mask("active", HASH, columnsTagged("PII")));
    }

    @ParameterizedTest
    @EnumSource(NewColumns.class)
    void testApprovedColumnIsShown(NewColumns newColumns) {
        assertThat(decide(store(newColumns, ImmutableMap.of()).snapshot(), COLUMNS, "email").effect()).isEqualTo("raw");
    }

    /// A column is new, or has another type than the one for which it was approved.
    @ParameterizedTest
    @CsvSource({"MASK, false, false", "MASK, true, false", "TAGGED_ONLY, false, false", "TAGGED_ONLY, true, true", "ALLOW, false, true",
            "ALLOW, true, true"})
    void testUndescribedColumnIsNullUnlessItsDataSourceShowsIt(NewColumns newColumns, boolean tagged, boolean shown) {
        ImmutableMap<String, Set<String>> tags = tagged
                ? ImmutableMap.of("added", ImmutableSet.of("Geo"), "email", ImmutableSet.of("PII"))
                : ImmutableMap.of();
        PolicySnapshot snapshot = store(newColumns, tags).snapshot();
        for (Map<String, Type> columns : ImmutableList.<Map<String, Type>>of(ImmutableMap.of("added", BIGINT),
                ImmutableMap.of("email", createVarcharType(10)))) {
            String column = columns.keySet().iterator().next();
            ColumnDecision decision = decide(snapshot, columns, column);
            if (shown) {
                assertThat(decision.effect()).as(column).isEqualTo("raw");
            }
            else {
                assertThat(decision).as(column).isEqualTo(new ColumnDecision(Optional.empty(), Optional.of("null"), "null",
                        "the column or its type is not approved yet; an owner can call policy.admin.approve_column", false));
            }
        }
    }

    @Test
    void testUndescribedColumnThatIsShownIsStillMaskedByPolicies() {
        PolicySnapshot snapshot = store(NewColumns.ALLOW, ImmutableMap.of()).with(mask("p", constant("1"), columnsLike("add.*")))
                .snapshot();
        assertThat(decide(snapshot, ImmutableMap.of("added", BIGINT), "added").policy()).contains("p");
    }

    @Test
    void testNewColumnsIsInheritedAndMaskByDefault() {
        TestingStore store = TestingStore.of(
                TestingStore.dataSource("lake", Principals.NONE, Set.of(), Optional.of(NewColumns.ALLOW), Map.of()),
                TestingStore.dataSource("lake.shop", Principals.NONE, Set.of(), Optional.of(NewColumns.MASK), Map.of()),
                registered("lake.other"), registered("hive"));
        PolicySnapshot snapshot = store.snapshot();
        assertThat(newColumnOf(snapshot, "lake.shop.t")).isEqualTo("null");
        assertThat(newColumnOf(snapshot, "lake.other.t")).isEqualTo("raw");
        assertThat(newColumnOf(snapshot, "hive.s.t")).isEqualTo("null");
    }

    @Test
    void testOwnerSeesUndescribedColumns() {
        for (Level level : Level.values()) {
            PolicySnapshot snapshot = STORE.with(grant("g", level, "in_any_group('analysts')", everywhere())).snapshot();
            assertThat(decide(snapshot, ImmutableMap.of("added", BIGINT), "added").effect()).as("%s", level)
                    .isEqualTo(level == Level.OWN ? "raw" : "null");
        }
    }

    @Test
    void testOwnerIsMaskedLikeOthers() {
        PolicySnapshot snapshot = STORE.with(grant("g", Level.OWN, "true", everywhere()), mask("p", NULL, columnsIn("lake"))).snapshot();
        assertThat(decide(snapshot, COLUMNS, "email").policy()).contains("p");
        assertThat(decide(snapshot, ImmutableMap.of("added", BIGINT), "added").policy()).contains("p");
    }

    @Test
    void testColumnOfBrokenMaskIsNull() {
        Policy broken = exempt(mask("broken", HASH, columnsLike("add.*")), "no_such_function()");
        PolicySnapshot snapshot = store(NewColumns.ALLOW, ImmutableMap.of()).with(broken).snapshot();
        ColumnDecision decision = decide(snapshot, ImmutableMap.of("added", BIGINT), "added");
        assertThat(decision.policy()).contains("broken");
        assertThat(decision.expression()).contains("null");
        assertThat(decision.reason()).isEqualTo("the policy does not compile");
        assertThat(decide(snapshot, COLUMNS, "email").effect()).isEqualTo("raw");
    }

    private String newColumnOf(PolicySnapshot snapshot, String table) {
        return evaluator.decide(snapshot, ALICE, ObjectName.parse(table), ImmutableList.of(new Column("added", BIGINT))).columns()
                .values().iterator().next().effect();
    }

    private static TestingStore store(NewColumns newColumns, Map<String, Set<String>> columns) {
        return TestingStore.of(TestingStore.dataSource(TABLE, Principals.NONE, Set.of(), Optional.of(newColumns), columns))
                .withApproved(TABLE, COLUMNS);
    }

    private static MaskRule rule(String forWhom, Mask mask) {
        return new MaskRule(Optional.of(forWhom), mask);
    }

    private void assertDecides(String expected, Policy... policies) {
        assertThat(decide("email", policies).policy()).contains(expected);
        assertThat(decide("email", ImmutableList.copyOf(policies).reverse().toArray(new Policy[0])).policy()).contains(expected);
    }

    private ColumnDecision decide(String column, Policy... policies) {
        return decide(STORE.with(policies).snapshot(), COLUMNS, column);
    }

    private ColumnDecision decide(PolicySnapshot snapshot, Map<String, Type> columns, String column) {
        Map<String, ColumnDecision> decisions = evaluator.decide(snapshot, ALICE, ObjectName.parse(TABLE), columns.entrySet().stream()
                .map(entry -> new Column(entry.getKey(), entry.getValue())).toList()).columns();
        assertThat(decisions).containsKey(column).hasSize(columns.size());
        return requireNonNull(decisions.get(column));
    }
}
