package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.UNSUPPORTED;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsLike;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.conditional;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.guardrail;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.matches;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingPolicies.tagged;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.decision.TableDecision.Reason;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestPolicyEvaluator {
    private static final String TABLE = "lake.shop.customer";
    private static final String OTHER = "lake.shop.orders";
    private static final ImmutableMap<String, Type> COLUMNS = ImmutableMap.of("email", VARCHAR, "region", VARCHAR, "state", VARCHAR, "id",
            BIGINT);
    private static final TestingStore STORE = TestingStore.of(
            registered("lake", "Lake"),
            registered("lake.shop", "Retail.Shop"),
            table(TABLE, ImmutableMap.of("email", ImmutableSet.of("PII.Email"), "region", ImmutableSet.of("Geo.Region"), "state",
                    ImmutableSet.of("Geo.State")), "Sales"),
            table(OTHER, ImmutableMap.of("total", ImmutableSet.of()), "Orders"),
            registered("hive.raw"))
            .withApproved(TABLE, COLUMNS)
            .withApproved(OTHER, ImmutableMap.of("total", BIGINT, "note", VARCHAR));
    private static final Subject ALICE = new Subject("alice", ImmutableSet.of("analysts", "emea"),
            ImmutableSetMultimap.of("region", "EU", "region", "AF", "number", "7", "number", "x"), ImmutableSet.of(), Optional.empty(),
            Instant.EPOCH);

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testNoGrantNoAccess() {
        assertThat(level(TABLE)).isEmpty();
        assertThat(level(TABLE, guardrail("g", "true", everywhere()))).isEmpty();
        assertThat(level(TABLE, grant("g", Level.OWN, "in_any_group('hr')", everywhere()))).isEmpty();
    }

    @Test
    void testGrantsAddUp() {
        assertThat(level(TABLE, grant("a", Level.READ, "true", everywhere()))).contains(Level.READ);
        assertThat(level(TABLE, grant("a", Level.READ, "true", everywhere()), grant("b", Level.OWN, "in_any_group('hr')", everywhere())))
                .contains(Level.READ);
        assertThat(
                level(TABLE, grant("a", Level.READ, "true", everywhere()), grant("b", Level.WRITE, "in_any_group('emea')", everywhere())))
                .contains(Level.WRITE);
        assertThat(level(TABLE, grant("a", Level.OWN, "true", everywhere()), grant("b", Level.READ, "true", everywhere())))
                .contains(Level.OWN);
    }

    @ParameterizedTest
    @CsvSource({"READ, true, false, false", "WRITE, true, true, false", "OWN, true, true, true"})
    void testLevelIncludesTheLower(Level level, boolean read, boolean write, boolean own) {
        TableDecision.AccessDecision access = access(TABLE, grant("g", level, "true", everywhere()));
        assertThat(access.allows(Level.READ)).isEqualTo(read);
        assertThat(access.allows(Level.WRITE)).isEqualTo(write);
        assertThat(access.allows(Level.OWN)).isEqualTo(own);
    }

    @Test
    void testEveryGuardrailMustHold() {
        Policy grant = grant("g", Level.OWN, "true", everywhere());
        assertThat(level(TABLE, grant, guardrail("a", "in_any_group('emea')", everywhere()))).contains(Level.OWN);
        assertThat(level(TABLE, grant, guardrail("a", "in_any_group('emea')", everywhere()),
                guardrail("b", "in_any_group('hr')", tagged("Sales")))).isEmpty();
        // unknown is not enough
        assertThat(level(TABLE, grant, guardrail("a", "NOT current_project() = 'x'", everywhere()))).isEmpty();
    }

    @Test
    void testAccessHasReasons() {
        TableDecision.AccessDecision access = access(TABLE, grant("a", Level.WRITE, "true", everywhere()),
                grant("b", Level.READ, "false", everywhere()), guardrail("c", "true", everywhere()), guardrail("d", "false", everywhere()));
        assertThat(access.reasons()).containsExactly(new Reason("a", "grants write", "'to' holds"),
                new Reason("b", "grants nothing", "'to' does not hold"), new Reason("c", "lets pass", "'guardrail' holds"),
                new Reason("d", "closes the table", "'guardrail' does not hold"));
    }

    @Test
    void testTablesAreSelectedByNameTagOrAll() {
        for (ObjectSelector selector : List.of(everywhere(), tables("lake"), tables("lake.shop"), tables(TABLE), tables("hive", TABLE),
                tagged("Sales"), tagged("Retail"), tagged("Retail.Shop"), tagged("Lake"), tagged("Nothing", "Sales"))) {
            assertThat(level(TABLE, grant("g", Level.READ, "true", selector))).as(selector.toString()).contains(Level.READ);
        }
        for (ObjectSelector selector : List.of(tables("hive"), tables("lake.other"), tables(OTHER), tagged("Orders"),
                tagged("Sales.Deeper"),
                tagged("Sal"), tagged("PII.Email"))) {
            assertThat(level(TABLE, grant("g", Level.READ, "true", selector))).as(selector.toString()).isEmpty();
        }
    }

    @Test
    void testGuardrailOfOneTableLeavesOthersOpen() {
        Policy grant = grant("g", Level.READ, "true", everywhere());
        Policy guardrail = guardrail("a", "false", tables(TABLE));
        assertThat(level(TABLE, grant, guardrail)).isEmpty();
        assertThat(level(OTHER, grant, guardrail)).contains(Level.READ);
    }

    @Test
    void testStagedPoliciesDoNotAct() {
        Policy grant = grant("g", Level.READ, "true", everywhere());
        assertThat(level(TABLE, staged(grant))).isEmpty();
        assertThat(level(TABLE, grant, staged(guardrail("a", "false", everywhere())))).contains(Level.READ);
        assertThat(level(TABLE, grant, staged(where("a", "no_such()", everywhere())))).contains(Level.READ);
        assertThat(filters(staged(where("a", "false", everywhere())))).isEmpty();
    }

    @Test
    void testBrokenPolicyClosesItsTablesAndNoOthers() {
        String broken = "no_such_function()";
        for (Policy policy : List.of(
                grant("p", Level.READ, broken, tables(TABLE)),
                guardrail("p", broken, tagged("Sales")),
                where("p", broken, tables(TABLE)),
                exempt(where("p", "true", tagged("Sales")), broken),
                exempt(mask("p", NULL, columns(TABLE + ".email")), broken),
                exempt(mask("p", NULL, columnsTagged("PII")), broken),
                exempt(mask("p", NULL, columnsTagged("Sales")), broken),
                exempt(mask("p", NULL, columnsIn(TABLE)), broken),
                conditional(mask("p", NULL, columnsLike("em.*")), broken),
                mask("p", new Mask.Custom(broken), columnsLike("email|nothing")),
                mask("p", new Mask.Regex("(", "x", false, Mask.NoMatch.KEEP), columnsLike("email")),
                mask("p", new Mask.Regex("a", "$1", false, Mask.NoMatch.KEEP), columnsLike("email")),
                mask("p", UNSUPPORTED, columnsLike("email")))) {
            assertCloses(policy, TABLE);
        }
        assertCloses(guardrail("p", broken, everywhere()), TABLE, OTHER, "hive.raw.t");
        assertCloses(guardrail("p", broken, tables("lake.shop")), TABLE, OTHER);
        assertCloses(conditional(mask("p", NULL, columnsLike("total")), broken), OTHER);
        assertCloses(conditional(mask("p", NULL, columnsLike(".*")), broken), TABLE, OTHER);
        assertCloses(conditional(mask("p", NULL, columnsLike("no_column_is_named_so")), broken));
    }

    @Test
    void testBrokenPatternClosesEveryTableThatItMayMean() {
        assertCloses(mask("p", NULL, columnsLike("(unclosed")), TABLE, OTHER, "hive.raw.t");
        // what is to be left out does not compile, but the table selected does
        assertCloses(mask("p", NULL, narrowed(columnsIn(TABLE), Set.of(), Optional.of(columnsLike("(unclosed")))), TABLE);
    }

    @Test
    void testBrokenPolicyIsNamed() {
        assertThat(access(TABLE, guardrail("p", "region = 'x'", everywhere())).reasons())
                .containsExactly(new Reason("p", "closes the table",
                        "the policy does not compile"));
        assertThat(STORE.with(guardrail("p", "region = 'x'", everywhere())).snapshot().brokenReason("p"))
                .contains("column 'region' is not allowed here: this text is decided by the user alone");
        assertThat(STORE.with(guardrail("p", "true", everywhere())).snapshot().brokenReason("p")).isEmpty();
    }

    @Test
    void testPolicyOfAKindThatIsNotSupportedClosesItsTables() {
        assertCloses(mask("p", UNSUPPORTED, columns(TABLE + ".email")), TABLE);
    }

    @Test
    void testMatchesByName() {
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByName("region"), everywhere()),
                "(\"region\" IN ('AF', 'EU'))", "column 'region' must equal a value of attribute 'region'");
        assertFilter(matches("p", Optional.empty(), new ColumnReference.ByName("region"), everywhere()),
                "(\"region\" IN ('analysts', 'emea'))", "column 'region' must equal a value of groups");
    }

    @Test
    void testMatchesByTag() {
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByTag("Geo.Region"), everywhere()),
                "(\"region\" IN ('AF', 'EU'))", "column 'region' must equal a value of attribute 'region'");
    }

    @Test
    void testEveryColumnWithTheTagMustMatch() {
        assertThat(filters(matches("p", Optional.of("region"), new ColumnReference.ByTag("Geo"), everywhere())))
                .extracting(FilterDecision::expression)
                .containsExactlyInAnyOrder(Optional.of("(\"region\" IN ('AF', 'EU'))"), Optional.of("(\"state\" IN ('AF', 'EU'))"));
    }

    @Test
    void testMatchesOnMissingColumnClosesTheTable() {
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByName("missing"), everywhere()), "false",
                "closes the table: the table has no column 'missing'");
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByTag("Nowhere"), everywhere()), "false",
                "closes the table: it has no column tagged 'Nowhere'");
        // the tags of the table are not those of a column
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByTag("Sales"), everywhere()), "false",
                "closes the table: it has no column tagged 'Sales'");
    }

    @Test
    void testMatchesWithoutValuesShowsNoRow() {
        assertFilter(matches("p", Optional.of("unknown"), new ColumnReference.ByName("region"), everywhere()), "false",
                "the user has no value of attribute 'unknown'");
    }

    @Test
    void testValuesThatAreNoneOfTheColumnsTypeAreLeftOut() {
        assertFilter(matches("p", Optional.of("number"), new ColumnReference.ByName("id"), everywhere()),
                "(\"id\" IN (CAST('7' AS bigint)))",
                "column 'id' must equal a value of attribute 'number'; values of attribute 'number' that are no values of the column's "
                        + "type were left out");
        assertFilter(matches("p", Optional.of("region"), new ColumnReference.ByName("id"), everywhere()), "false",
                "column 'id' must equal a value of attribute 'region'; values of attribute 'region' that are no values of the column's "
                        + "type were left out");
    }

    @Test
    void testWhere() {
        assertFilter(where("p", "region = 'EU' AND in_any_group('emea')", everywhere()), "(\"region\" = 'EU')", "'where' must hold");
        assertFilter(where("p", "CAST(region AS bigint) = 1", everywhere()),
                "COALESCE(TRY(policy.masking.may_fail((policy.masking.may_fail(CAST(\"region\" AS bigint)) = 1))), false)",
                "'where' must hold");
        assertFilter(where("p", "region = 'EU' AND in_any_group('hr')", everywhere()), "false", "'where' holds for no row");
        assertFilter(where("p", "current_project() = 'x'", everywhere()), "false", "'where' holds for no row");
        assertFilter(where("p", "region = 1", everywhere()), "false",
                "closes the table: 'where' does not go with the types of its columns");
        assertFilter(where("p", "missing = 'EU'", everywhere()), "false", "closes the table: the table has no column 'missing'");
        assertFilter(where("p", "column_tagged('Geo') = 'EU'", everywhere()), "false",
                "closes the table: the table has more than one column tagged 'Geo'");
        assertFilter(where("p", "masked_column() = 'EU'", everywhere()), "false", "closes the table: no column is masked here");
        assertFilter(where("p", "attribute_values_contain('number', id)", everywhere()), "(\"id\" IN (CAST('7' AS bigint)))",
                "'where' must hold; values of number that are no values of the column's type were left out");
        assertThat(filters(where("p", "region = 'EU' OR in_any_group('emea')", everywhere()))).containsExactly(
                new FilterDecision("p", Optional.empty(), "'where' holds for every row", false));
    }

    /// A set too large for the memory of nodes closes the table, also where its negation would show what is left; a mask stays.
    @Test
    void testTooManyValuesCloseTheTable() {
        Subject more = valued(PartialEvaluator.MAXIMUM_VALUES + 1);
        comparing().forEach((policy, what) -> {
            PolicySnapshot snapshot = STORE.with(policy).snapshot();
            assertThat(evaluator.decide(snapshot, more, ObjectName.parse(TABLE), columnsOf(COLUMNS)).filters())
                    .containsExactly(new FilterDecision("p", Optional.of("false"),
                            "closes the table: column 'region' would be compared with 1000001 values of %s, and 1000000 are the most"
                                    .formatted(what),
                            false));
        });
        PolicySnapshot masked = STORE
                .with(conditional(mask("m", NULL, columnsTagged("PII")), "NOT attribute_values_contain('region', region)"))
                .snapshot();
        assertThat(evaluator.decide(masked, more, ObjectName.parse(TABLE), columnsOf(COLUMNS)).columns()).hasEntrySatisfying("email",
                column -> assertThat(column.expression()).contains("null"));
    }

    /// Of a large set the expression holds a reference alone.
    @Test
    void testManyValuesAreLookedUpInASet() {
        Subject most = valued(PartialEvaluator.MAXIMUM_LITERALS);
        Subject more = valued(PartialEvaluator.MAXIMUM_LITERALS + 1);
        Map<Set<String>, UUID> kept = new HashMap<>();
        PolicyEvaluator keeping = new PolicyEvaluator(new MaskCatalogue(), "policy", ZoneOffset.UTC,
                (user, values) -> kept.computeIfAbsent(values, _ -> new UUID(user.hashCode(), values.size())));
        String call = "\"policy\".\"masking\".\"value_in_set\"(\"region\", '%s')".formatted(new UUID("alice".hashCode(), 501));
        comparing().keySet().forEach(policy -> {
            PolicySnapshot snapshot = STORE.with(policy).snapshot();
            assertThat(keeping.decide(snapshot, most, ObjectName.parse(TABLE), columnsOf(COLUMNS)).filters())
                    .allSatisfy(filter -> assertThat(filter.expression().orElseThrow()).contains("\"region\" IN ('1', ")
                            .doesNotContain("value_in_set"));
            assertThat(keeping.decide(snapshot, more, ObjectName.parse(TABLE), columnsOf(COLUMNS)).filters())
                    .allSatisfy(filter -> assertThat(filter.expression().orElseThrow().replace("policy.masking.value_in_set",
                            "\"policy\".\"masking\".\"value_in_set\"")).contains(call).doesNotContain("IN ("));
        });
        assertThat(kept).containsOnlyKeys(more.groups());
        PolicySnapshot numbers = STORE.with(matches("p", Optional.of("region"), new ColumnReference.ByName("id"), everywhere())).snapshot();
        Subject odd = new Subject("alice", ImmutableSet.of(), ImmutableSetMultimap.<String, String>builder()
                .putAll("region", more.groups()).putAll("region", "x", "07").build(), ImmutableSet.of(), Optional.empty(), Instant.EPOCH);
        assertThat(keeping.decide(numbers, odd, ObjectName.parse(TABLE), columnsOf(COLUMNS)).filters()).singleElement()
                .satisfies(filter -> assertThat(filter.reason()).isEqualTo("column 'id' must equal a value of attribute 'region'; "
                        + "there are 503, so each row is looked up in a set of the store; "
                        + "values of attribute 'region' that are no values of the column's type were left out"));
        assertThat(kept).containsOnlyKeys(more.groups());
        // a custom mask that looks values up is still of the column's type
        PolicySnapshot custom = STORE
                .with(mask("m", new Mask.Custom("IF(attribute_values_contain('region', region), 'own', 'other')"), columnsTagged("PII")))
                .snapshot();
        assertThat(keeping.decide(custom, more, ObjectName.parse(TABLE), columnsOf(COLUMNS)).columns()).hasEntrySatisfying("email",
                column -> assertThat(column.expression().orElseThrow()).contains("value_in_set"));
    }

    private static Subject valued(int count) {
        Set<String> values = IntStream.rangeClosed(1, count).mapToObj(String::valueOf).collect(toImmutableSet());
        return new Subject("alice", values, ImmutableSetMultimap.<String, String>builder().putAll("region", values).build(),
                ImmutableSet.of(), Optional.empty(), Instant.EPOCH);
    }

    /// Filters that compare a column with all values of the user, and what these are called.
    private static Map<Policy, String> comparing() {
        return ImmutableMap.of(
                matches("p", Optional.of("region"), new ColumnReference.ByName("region"), everywhere()), "attribute 'region'",
                matches("p", Optional.empty(), new ColumnReference.ByName("region"), everywhere()), "groups",
                where("p", "NOT attribute_values_contain('region', region)", everywhere()), "region",
                where("p", "NOT groups_contain(region) OR id = 1", everywhere()), "groups");
    }

    @Test
    void testAllFiltersApplyInTheOrderOfTheirNames() {
        assertThat(filters(where("b", "region = 'B'", everywhere()), where("a", "region = 'A'", tagged("Sales")),
                where("c", "region = 'C'", tables(OTHER)))).extracting(FilterDecision::policy).containsExactly("a", "b");
    }

    @Test
    void testExemptUserIsNotFiltered() {
        assertThat(filters(exempt(where("p", "false", everywhere()), "in_any_group('emea')"))).containsExactly(
                new FilterDecision("p", Optional.empty(), "'exempt' holds", true));
        assertFilter(exempt(where("p", "false", everywhere()), "in_any_group('hr')"), "false",
                "'where' holds for no row; 'exempt' does not hold");
    }

    @Test
    void testExceptionsAreKnown() {
        assertThat(decide(STORE.with(where("p", "false", everywhere()))).showsByException()).isFalse();
        assertThat(decide(STORE.with(exempt(where("p", "false", everywhere()), "true"))).showsByException()).isTrue();
        assertThat(decide(STORE.with(exempt(mask("p", NULL, columnsTagged("PII")), "true"))).showsByException()).isTrue();
    }

    @Test
    void testNewTableOfAGovernedSchemaIsGoverned() {
        PolicySnapshot snapshot = STORE.snapshot();
        assertThat(snapshot.isGoverned(ObjectName.parse("hive.raw.new"))).isTrue();
        assertThat(snapshot.isGoverned(ObjectName.parse("hive.other.new"))).isFalse();
        assertThat(snapshot.isGoverned(ObjectName.parse("HIVE.Raw.New"))).isTrue();
        assertThat(evaluator.access(snapshot, ALICE, ObjectName.parse("hive.raw.new")).level()).isEmpty();
    }

    @Test
    void testSnapshotTakesOverWhatDidNotChange() {
        PolicySnapshot first = STORE.with(guardrail("a", "true", everywhere()), guardrail("b", "true", everywhere()),
                grant("g", Level.READ, "true", everywhere())).snapshot();
        PolicySnapshot second = STORE.with(guardrail("a", "true", everywhere()), guardrail("b", "false", everywhere()),
                grant("g", Level.READ, "true", everywhere())).snapshot(Optional.of(first));
        assertThat(evaluator.access(first, ALICE, ObjectName.parse(TABLE)).level()).contains(Level.READ);
        assertThat(evaluator.access(second, ALICE, ObjectName.parse(TABLE)).level()).isEmpty();
        assertThat(second.guardrails().concerning(ObjectName.parse(TABLE), Set.of()))
                .containsAnyElementsOf(first.guardrails().concerning(ObjectName.parse(TABLE), Set.of()));
    }

    private void assertCloses(Policy policy, String... closed) {
        TestingStore store = STORE.with(policy, grant("grant", Level.OWN, "true", everywhere()));
        for (String table : List.of(TABLE, OTHER, "hive.raw.t")) {
            assertThat(evaluator.access(store.snapshot(), ALICE, ObjectName.parse(table)).level()).as("%s by %s", table, policy)
                    .isEqualTo(List.of(closed).contains(table) ? Optional.empty() : Optional.of(Level.OWN));
        }
    }

    private void assertFilter(Policy policy, String expression, String reason) {
        assertThat(filters(policy)).containsExactly(new FilterDecision("p", Optional.of(expression), reason, false));
    }

    private List<FilterDecision> filters(Policy... policies) {
        return decide(STORE.with(policies)).filters();
    }

    private Optional<Level> level(String table, Policy... policies) {
        return access(table, policies).level();
    }

    private TableDecision.AccessDecision access(String table, Policy... policies) {
        return evaluator.access(STORE.with(policies).snapshot(), ALICE, ObjectName.parse(table));
    }

    private TableDecision decide(TestingStore store) {
        return evaluator.decide(store.snapshot(), ALICE, ObjectName.parse(TABLE), columnsOf(COLUMNS));
    }

    private static List<Column> columnsOf(Map<String, Type> columns) {
        return columns.entrySet().stream().map(column -> new Column(column.getKey(), column.getValue()))
                .collect(ImmutableList.toImmutableList());
    }
}
