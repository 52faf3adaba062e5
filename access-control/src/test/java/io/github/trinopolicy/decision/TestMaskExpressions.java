package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.TestingPolicies.columns;
import static io.github.trinopolicy.decision.TestingPolicies.columnsIn;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.mask;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.decision.TestingStore.table;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DecimalType.createDecimalType;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.TimeType.TIME_MILLIS;
import static io.trino.spi.type.TimestampType.TIMESTAMP_MILLIS;
import static io.trino.spi.type.TimestampWithTimeZoneType.TIMESTAMP_TZ_MILLIS;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.time.temporal.ChronoUnit.HOURS;
import static java.time.temporal.ChronoUnit.MONTHS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The text of masks that have parameters or an expression.
final class TestMaskExpressions {
    private static final String TABLE = "lake.shop.customer";
    private static final ImmutableMap<String, Type> COLUMNS = ImmutableMap.<String, Type>builder()
            .put("email", VARCHAR).put("code", CharType.createCharType(4)).put("id", BIGINT).put("score", DOUBLE).put("born", DATE)
            .put("at", TIMESTAMP_MILLIS).put("seen", TIMESTAMP_TZ_MILLIS).put("wakes", TIME_MILLIS).put("tags", new ArrayType(VARCHAR))
            .put("country", VARCHAR).put("price", createDecimalType(8, 2)).buildOrThrow();
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            table(TABLE, ImmutableMap.of("country", ImmutableSet.of("Geo.Country"))))
            .withApproved(TABLE, COLUMNS);
    private static final Subject ALICE = new Subject("alice", ImmutableSet.of("support"), ImmutableSetMultimap.of("region", "EU"),
            ImmutableSet.of(), Optional.empty(), Instant.EPOCH);
    private static final Subject BOB = new Subject("bob", ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(),
            Optional.empty(), Instant.EPOCH);

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy");

    @Test
    void testRegex() {
        Mask regex = new Mask.Regex("\\d(?='\\d)", "$0*", true, Mask.NoMatch.KEEP);
        assertThat(expression(regex, "email", ALICE)).isEqualTo("policy.masking.regex(\"email\", '\\d(?=''\\d)', '$0*', true, true)");
        assertThat(expression(regex, "code", ALICE)).startsWith("policy.masking.regex(\"code\", ");
        assertThat(expression(regex, "id", ALICE)).isEqualTo("null");
        assertThat(decide(regex, "id", ALICE).reason()).contains("null instead: regex does not serve type bigint");
    }

    @ParameterizedTest
    @CsvSource({"id, 100, true", "id, 0.5, false", "score, 0.5, true", "email, 10, false", "born, 10, false"})
    void testRoundingToBucket(String column, String size, boolean serves) {
        assertThat(expression(new Mask.Rounding(new Granularity.Bucket(size)), column, ALICE))
                .isEqualTo(serves ? "policy.masking.round_down(\"%s\", '%s')".formatted(column, size) : "null");
    }

    @ParameterizedTest
    @CsvSource({"born, true, false", "at, true, true", "seen, true, true", "wakes, false, true", "id, false, false"})
    void testRoundingToUnit(String column, boolean month, boolean hour) {
        assertThat(expression(new Mask.Rounding(new Granularity.Unit(MONTHS)), column, ALICE))
                .isEqualTo(month ? "policy.masking.truncate(\"%s\", 'month')".formatted(column) : "null");
        assertThat(expression(new Mask.Rounding(new Granularity.Unit(HOURS)), column, ALICE))
                .isEqualTo(hour ? "policy.masking.truncate(\"%s\", 'hour')".formatted(column) : "null");
    }

    @Test
    void testRoundingFromFingerprint() {
        Mask mask = new Mask.Rounding(new Granularity.FromFingerprint());
        assertThat(evaluator.appearance(snapshot(mask), ALICE, ObjectName.parse(TABLE), columnList()).columns())
                .containsEntry("id", "null").containsEntry("born", "null");

        PolicySnapshot measured = store(mask).withGranularity(TABLE, ImmutableMap.of(
                "id", new Granularity.Bucket("500"),
                "born", new Granularity.Unit(MONTHS),
                // chosen for what the column was
                "email", new Granularity.Bucket("500"))).snapshot();
        assertThat(evaluator.appearance(measured, ALICE, ObjectName.parse(TABLE), columnList()).columns())
                .containsEntry("id", "rounding to 500, from the fingerprint")
                .containsEntry("born", "rounding to month, from the fingerprint")
                .containsEntry("email", "null");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "email | masked_column() | TRY(policy.masking.may_fail(CAST(\"email\" AS varchar)))",
            "email | substr(masked_column(), 1, 3) | TRY(policy.masking.may_fail(CAST(substr(\"email\", 1, 3) AS varchar)))",
            "email | if(in_any_group('support'), country) | TRY(policy.masking.may_fail(CAST(IF(true, \"country\") AS varchar)))",
            "email | column_tagged('Geo') | TRY(policy.masking.may_fail(CAST(\"country\" AS varchar)))",
            "email | current_user | TRY(policy.masking.may_fail(CAST('alice' AS varchar)))",
            "email | current_project() | null",
            "email | coalesce(current_project(), 'none') | TRY(policy.masking.may_fail(CAST(COALESCE(null, 'none') AS varchar)))",
            "email | id | TRY(policy.masking.may_fail(CAST(\"id\" AS varchar)))",
            "id | length(email) * 10 | TRY(policy.masking.may_fail(CAST((length(\"email\") * 10) AS bigint)))",
            "score | id / 7 | TRY(policy.masking.may_fail(CAST((\"id\" / 7) AS double)))",
            "code | 'x' | TRY(policy.masking.may_fail(CAST('x' AS char(4))))",
            "born | date_trunc('year', born) | TRY(policy.masking.may_fail(CAST(policy.masking.truncate(\"born\", 'year') AS date)))",
            "born | DATE '2026-11-22' | TRY(policy.masking.may_fail(CAST(DATE '2026-11-22' AS date)))",
            "tags | IF(id > 10, tags) | IF((\"id\" > 10), \"tags\")",
            "price | IF(id > 1, price) | TRY(policy.masking.may_fail(CAST(IF((\"id\" > 1), \"price\") AS decimal(8, 2))))",
            "price | CAST(price AS double) / 7 | TRY(policy.masking.may_fail(CAST((CAST(\"price\" AS double) / 7) AS decimal(8, 2))))",
            "price | id | TRY(policy.masking.may_fail(CAST(\"id\" AS decimal(8, 2))))",
            "price | CAST(price AS decimal(4)) | TRY(policy.masking.may_fail(CAST(CAST(\"price\" AS decimal(4)) AS decimal(8, 2))))",
            "price | price + 1.50 | TRY(policy.masking.may_fail(CAST((\"price\" + DECIMAL '1.50') AS decimal(8, 2))))",
            "price | greatest(price, id, 1) | TRY(policy.masking.may_fail(CAST(greatest(\"price\", \"id\", 1) AS decimal(8, 2))))",
            "score | id * 1.5 | TRY(policy.masking.may_fail(CAST((\"id\" * DECIMAL '1.5') AS double)))",
            "at | born | TRY(policy.masking.may_fail(CAST(\"born\" AS timestamp(3))))",
            "seen | seen | TRY(policy.masking.may_fail(CAST(\"seen\" AS timestamp(3) with time zone)))",
    })
    void testCustom(String column, String text, String expected) {
        assertThat(expression(new Mask.Custom(text), column, ALICE)).isEqualTo(expected);
    }

    /// Trino would refuse each query of the table.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "email | lower(id)",
            "email | concat(id, 'x')",
            "email | DATE '2026-02-30'",
            "email | DATE 'yesterday'",
            "email | BIGINT 'x'",
            "email | regexp_replace(email, '(', 'x')",
            "email | regexp_replace(email, 'a', '$1')",
            "email | regexp_replace(email, country)",
            "email | regexp_replace(email, current_user)",
            "email | rpad(email, id, 'x')",
            "email | rpad(email, 2000000000, 'x')",
            "email | no_such_column",
            "email | column_tagged('Geo.Region')",
            "email | tags",
            "email | CAST(email AS varchar(0))",
            "email | CAST(email AS decimal(39, 1))",
            "email | CAST(email AS no_such_type)",
            "email | IF(email, 'a', 'b')",
            "email | IF(id = email, 'a', 'b')",
            "email | IF(tags = tags, 'a', 'b')",
            "email | IF(at < seen, 'a', 'b')",
            "email | IF(born = '2026-11-22', 'a', 'b')",
            "email | coalesce(email, id)",
            "email | to_utf8(email)",
            "email | email LIKE 'a' ESCAPE 'abc'",
            "id | email + 1",
            "id | born",
            "id | 123456789012345678901234567890123456789.5",
            "seen | at",
            "seen | '2026-11-22'",
            "code | id",
            "tags | email",
    })
    void testCustomThatDoesNotFitIsNull(String column, String text) {
        ColumnDecision decision = decide(new Mask.Custom(text), column, ALICE);
        assertThat(decision.expression()).contains("null");
        // neither the expression nor a part of it
        assertThat(decision.reason()).isEqualTo("selected by its table; null instead: the expression gives no value of type %s"
                .formatted(requireNonNull(COLUMNS.get(column)).getDisplayName()));
    }

    /// What is refused at `apply` is NULL for everybody, and what is known of a user does not open it.
    @ParameterizedTest
    @ValueSource(strings = {"concat(current_project(), lower(id))", "IF(in_any_group('support'), lower(email), lower(id))"})
    void testBranchesThatAUserDoesNotReachCount(String text) {
        assertThat(expression(new Mask.Custom(text), "email", ALICE)).isEqualTo("null");
        assertThat(expression(new Mask.Custom(text), "email", BOB)).isEqualTo("null");
    }

    /// NULL has no type of its own, so Trino may not find the function.
    @Test
    void testProjectThatNobodyIsIn() {
        Mask custom = new Mask.Custom("concat(current_project(), '-')");
        assertThat(expression(custom, "email", ALICE)).isEqualTo("null");
        Subject inProject = new Subject("alice", ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(), Optional.of("p"),
                Instant.EPOCH);
        assertThat(expression(custom, "email", inProject)).isEqualTo("TRY(policy.masking.may_fail(CAST(concat('p', '-') AS varchar)))");
    }

    @Test
    void testReviewTellsWhyACustomMaskDoesNotFit() {
        PolicySnapshot snapshot = STORE.with(grant("g", Level.READ, "true", everywhere()),
                mask("p", new Mask.Custom("lower(id)"), columns(TABLE + ".email"))).snapshot();
        assertThat(evaluator.review(snapshot, ObjectName.parse(TABLE), columnList())).extracting(Finding::message).containsExactly(
                "gives NULL instead, since the expression does not fit: it is not known that 'lower' takes (integer), on");
    }

    @Test
    void testAppearanceTellsMasksOfOneTypeApart() {
        assertThat(appearance(new Mask.Rounding(new Granularity.Bucket("100")), "id")).isEqualTo("rounding to 100");
        assertThat(appearance(new Mask.Rounding(new Granularity.Unit(MONTHS)), "born")).isEqualTo("rounding to month");
        assertThat(appearance(new Mask.Regex("a", "b", true, Mask.NoMatch.KEEP), "email"))
                .isEqualTo("regex 'a' to 'b', first only, others kept");
        assertThat(appearance(new Mask.Custom("current_user"), "email"))
                .isEqualTo("custom TRY(policy.masking.may_fail(CAST('alice' AS varchar)))");
        assertThat(appearance(new Mask.Custom("lower(id)"), "email")).isEqualTo("null");
    }

    private String appearance(Mask mask, String column) {
        return requireNonNull(evaluator.appearance(snapshot(mask), ALICE, ObjectName.parse(TABLE), columnList()).columns().get(column));
    }

    private String expression(Mask mask, String column, Subject subject) {
        return decide(mask, column, subject).expression().orElseThrow();
    }

    private ColumnDecision decide(Mask mask, String column, Subject subject) {
        return requireNonNull(evaluator.decide(snapshot(mask), subject, ObjectName.parse(TABLE), columnList()).columns().get(column));
    }

    private static PolicySnapshot snapshot(Mask mask) {
        return store(mask).snapshot();
    }

    private static TestingStore store(Mask mask) {
        return STORE.with(grant("g", Level.READ, "true", everywhere()), mask("p", mask, columnsIn(TABLE)));
    }

    private static List<Column> columnList() {
        return COLUMNS.entrySet().stream().map(column -> new Column(column.getKey(), column.getValue())).collect(toImmutableList());
    }
}
