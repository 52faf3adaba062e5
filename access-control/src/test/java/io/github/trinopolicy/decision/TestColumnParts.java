package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.HASH;
import static io.github.trinopolicy.decision.TestingPolicies.NULL;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.columnsTagged;
import static io.github.trinopolicy.decision.TestingPolicies.constant;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingPolicies.narrowed;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TestColumnParts {
    private static final String TABLE = "lake.shop.customer";
    private static final ObjectName NAME = ObjectName.parse(TABLE);
    private static final RowType ADDRESS = RowType.rowType(RowType.field("city", VARCHAR), RowType.field("zip", VARCHAR));
    /// The engine takes letter case as it comes, and neither asks for names nor for different ones.
    private static final RowType ODD = RowType.rowType(RowType.field("A", VARCHAR), RowType.field("a", VARCHAR), new RowType.Field(
            Optional.empty(), VARCHAR));
    private static final Map<String, Type> COLUMNS = ImmutableMap.of("address", ADDRESS, "phones", new ArrayType(VARCHAR), "odd", ODD,
            "part$", VARCHAR, "id", BIGINT);
    private static final TestingStore STORE = TestingStore.of(registered("lake"),
            table(TABLE, ImmutableMap.of("address", ImmutableSet.of("PII"))), grant("read", Level.READ, "true", everywhere()))
            .withApproved(TABLE, COLUMNS);
    private static final Subject ALICE = new Subject("alice", ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(),
            Optional.empty(), Instant.EPOCH);
    private static final Mask CUSTOM = new Mask.Custom("IF(id = 1, masked_column())");

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testExpressions() {
        assertThat(expression("address", mask("m", constant("x"), columns(TABLE + ".address.city")))).isEqualTo(
                "IF((\"address\" IS NULL), null, CAST(ROW(CAST(CAST('x' AS varchar) AS varchar), \"address\"[2]) "
                        + "AS ROW(\"city\" varchar, \"zip\" varchar)))");
        // the name of the variable is none of a column
        assertThat(expression("phones", mask("m", new Mask.Regex("a", "b", false, Mask.NoMatch.KEEP), columns(TABLE + ".phones[*]"))))
                .isEqualTo(
                        "transform(\"phones\", (\"part$$1\") -> CAST(policy.masking.regex(\"part$$1\", 'a', 'b', false, true) AS varchar))");
        assertThat(decide("id", mask("m", HASH, columns(TABLE + ".address.city"))).expression()).isEmpty();
    }

    /// Which of the fields is meant cannot be told.
    @Test
    void testEveryFieldOfTheNameIsMasked() {
        assertThat(expression("odd", mask("m", NULL, columns(TABLE + ".odd.a")))).isEqualTo(
                "IF((\"odd\" IS NULL), null, CAST(ROW(CAST(null AS varchar), CAST(null AS varchar), \"odd\"[3]) "
                        + "AS ROW(\"A\" varchar, \"a\" varchar, varchar)))");
    }

    @Test
    void testMissingPartHidesTheColumn() {
        for (String part : List.of("address.town", "address[*]", "address.city.x", "phones.x", "id.x")) {
            ColumnDecision decision = decide(part.replaceFirst("[.\\[].*", ""), mask("m", constant("x"), columns(TABLE + "." + part)));
            assertThat(decision.expression()).as(part).contains("null");
            assertThat(decision.reason()).isEqualTo("selected by name; null instead: the column has no part " + part);
        }
    }

    @Test
    void testTypesAreThoseOfThePart() {
        assertThat(
                decide("address", mask("m", HASH, narrowed(columns(TABLE + ".address.city"), ImmutableSet.of("varchar"), Optional.empty())))
                        .effect())
                .isEqualTo("parts");
        assertThat(decide("address", mask("m", HASH, narrowed(columns(TABLE + ".address.city"), ImmutableSet.of("row"), Optional.empty())))
                .effect()).isEqualTo("raw");
        assertThat(decide("address", mask("m", HASH,
                narrowed(columns(TABLE + ".address.city"), ImmutableSet.of(), Optional.of(columnsTagged("PII"))))).effect())
                .isEqualTo("raw");
    }

    /// A selector that leaves out a part would say nothing clear, so its policy closes what it selects.
    @Test
    void testPartsAreNotLeftOut() {
        Policy policy = mask("m", HASH, narrowed(columnsIn("lake"), ImmutableSet.of(), Optional.of(columns(TABLE + ".address.city"))));
        assertThat(decide("address", policy).expression()).contains("null");
        assertThat(evaluator.access(STORE.with(policy).snapshot(), ALICE, NAME).level()).isEmpty();
    }

    /// A broken policy hides the column of which it names a part, also where nobody has described it.
    @Test
    void testBrokenPolicyHidesTheColumn() {
        Policy policy = mask("m", new Mask.Custom("no_such(id)"), columns(TABLE + ".address.city"));
        assertThat(decide("address", policy)).isEqualTo(
                new ColumnDecision(Optional.of("m"), Optional.of("null"), "null", "the policy does not compile", false));
        assertThat(evaluator.access(STORE.with(policy).snapshot(), ALICE, NAME).level()).isEmpty();
    }

    @Test
    void testWholeColumnComesFirst() {
        Policy part = mask("part", constant("x"), columns(TABLE + ".address.city"));
        assertThat(expression("address", part, mask("whole", HASH, columnsIn("lake")))).isEqualTo("null");
        assertThat(expression("address", part, mask("whole", CUSTOM, columnsIn("lake")))).startsWith(
                "IF((IF((\"id\" = 1), \"address\") IS NULL), null, CAST(ROW(CAST(CAST('x' AS varchar) AS varchar), IF((\"id\" = 1), \"address\")[2])");
    }

    @Test
    void testReview() {
        assertThat(evaluator
                .review(STORE.with(mask("m", new Mask.Rounding(new Mask.Granularity.Bucket("1")), columns(TABLE + ".address.city")))
                        .snapshot(), NAME, columnList()))
                .containsExactly(
                        new Finding("m", "gives NULL instead, since 1 is no size of buckets for type varchar, on",
                                TABLE + ".address.city"));
    }

    /// The masks of the parts see what the mask of the whole leaves, and this one might put elsewhere what they hide.
    @Test
    void testTagThatBringsAMaskOfTheWhole() {
        for (Mask mask : List.of(CUSTOM, NULL)) {
            TestingStore store = STORE.with(mask("part", HASH, columns(TABLE + ".address.city")),
                    mask("whole", mask, columnsTagged("New")));
            PolicySnapshot after = store
                    .with(Layer.CALL, ImmutableList.of(table(TABLE, ImmutableMap.of("address", ImmutableSet.of("New")))))
                    .snapshot();
            assertThat(Declassification.reason(store.snapshot(), after, NAME).isPresent()).isEqualTo(mask.equals(CUSTOM));
        }
    }

    private String expression(String column, Policy... policies) {
        return decide(column, policies).expression().orElseThrow();
    }

    private ColumnDecision decide(String column, Policy... policies) {
        return requireNonNull(evaluator.decide(STORE.with(policies).snapshot(), ALICE, NAME, columnList()).columns().get(column));
    }

    private static List<Column> columnList() {
        return COLUMNS.entrySet().stream().map(entry -> new Column(entry.getKey(), entry.getValue())).toList();
    }
}
