package io.github.trinopolicy.policy;

import static io.github.trinopolicy.policy.PolicyTextParser.Scope.ROW;
import static io.github.trinopolicy.policy.PolicyTextParser.Scope.USER;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.StringLiteral;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPartialEvaluator {
    private static final Subject ALICE = new Subject("alice", ImmutableSet.of("analysts", "emea"),
            ImmutableSetMultimap.of("region", "EUROPE", "region", "AFRICA", "level", "7", "level", "high"),
            ImmutableSet.of("Fraud.Cards"), Optional.of("fraud-q4"), Instant.EPOCH);
    private static final TestingRow ROW_OF_TABLE = TestingRow.of(ImmutableMap.of("region", VARCHAR, "other", VARCHAR, "id", BIGINT));

    private final SqlParser sqlParser = new SqlParser();
    private final PolicyTextParser parser = new PolicyTextParser();
    private final PartialEvaluator evaluator = new PartialEvaluator();

    /// The truth values of SQL, worst first.
    private enum Truth {
        FALSE,
        UNKNOWN,
        TRUE;

        Truth and(Truth other) {
            return compareTo(other) < 0 ? this : other;
        }

        Truth or(Truth other) {
            return compareTo(other) > 0 ? this : other;
        }

        Truth not() {
            return switch (this) {
                case FALSE -> TRUE;
                case UNKNOWN -> UNKNOWN;
                case TRUE -> FALSE;
            };
        }
    }

    /// Leaves of conditions, each with what it is for Alice.
    private static final Map<String, Truth> LEAVES = ImmutableMap.<String, Truth>builder()
            .put("true", Truth.TRUE)
            .put("false", Truth.FALSE)
            .put("null", Truth.UNKNOWN)
            .put("'a' = 'a'", Truth.TRUE)
            .put("'a' = 'b'", Truth.FALSE)
            .put("'a' <> 'b'", Truth.TRUE)
            .put("'a' <> 'a'", Truth.FALSE)
            .put("'a' < 'b'", Truth.TRUE)
            .put("'b' <= 'a'", Truth.FALSE)
            .put("'b' > 'a'", Truth.TRUE)
            .put("'a' >= 'b'", Truth.FALSE)
            .put("'a' = null", Truth.UNKNOWN)
            .put("null <> 'a'", Truth.UNKNOWN)
            .put("null = null", Truth.UNKNOWN)
            .put("null IS NULL", Truth.TRUE)
            .put("null IS NOT NULL", Truth.FALSE)
            .put("'a' IS NULL", Truth.FALSE)
            .put("'a' IS NOT NULL", Truth.TRUE)
            .put("'a' IN ('b', 'a')", Truth.TRUE)
            .put("'a' IN ('b', 'c')", Truth.FALSE)
            .put("'a' IN ('a', null)", Truth.TRUE)
            .put("'a' IN ('b', null)", Truth.UNKNOWN)
            .put("null IN ('a')", Truth.UNKNOWN)
            .put("'a' NOT IN ('b', 'a')", Truth.FALSE)
            .put("'a' NOT IN ('b')", Truth.TRUE)
            .put("'a' NOT IN ('b', null)", Truth.UNKNOWN)
            .put("'a' NOT IN ('a', null)", Truth.FALSE)
            .put("null NOT IN ('a')", Truth.UNKNOWN)
            .put("current_user = 'alice'", Truth.TRUE)
            .put("current_user = 'Alice'", Truth.FALSE)
            .put("current_user IN ('bob', 'alice')", Truth.TRUE)
            .put("current_project() = 'fraud-q4'", Truth.TRUE)
            .put("in_any_group('hr', 'emea')", Truth.TRUE)
            .put("in_all_groups('hr', 'emea')", Truth.FALSE)
            .put("has_attribute('region', 'EUROPE')", Truth.TRUE)
            .put("has_attribute('region', 'europe')", Truth.FALSE)
            .put("using_purpose('Fraud')", Truth.TRUE)
            .buildOrThrow();

    @Test
    void testWhatIsKnownOfTheUserFoldsCompletely() {
        LEAVES.forEach((leaf, truth) -> {
            assertFolds(leaf, truth);
            assertFolds("NOT (%s)".formatted(leaf), truth.not());
            assertFolds("NOT NOT (%s)".formatted(leaf), truth);
        });
    }

    @Test
    void testPairsFoldAsInSql() {
        LEAVES.forEach((left, leftTruth) -> LEAVES.forEach((right, rightTruth) -> {
            assertFolds("(%s) AND (%s)".formatted(left, right), leftTruth.and(rightTruth));
            assertFolds("(%s) OR (%s)".formatted(left, right), leftTruth.or(rightTruth));
            assertFolds("NOT ((%s) AND NOT (%s))".formatted(left, right), leftTruth.and(rightTruth.not()).not());
        }));
    }

    @Test
    void testTriplesFoldAsInSql() {
        List<String> leaves = List.of("true", "false", "null");
        for (String a : leaves) {
            for (String b : leaves) {
                for (String c : leaves) {
                    assertFolds("%s AND %s AND %s".formatted(a, b, c), truth(a).and(truth(b)).and(truth(c)));
                    assertFolds("%s OR %s OR %s".formatted(a, b, c), truth(a).or(truth(b)).or(truth(c)));
                    assertFolds("%s OR %s AND %s".formatted(a, b, c), truth(a).or(truth(b).and(truth(c))));
                    assertFolds("(%s OR %s) AND NOT %s".formatted(a, b, c), truth(a).or(truth(b)).and(truth(c).not()));
                }
            }
        }
    }

    /// What is left over a column must have the value of the whole text, whatever the column holds.
    @Test
    void testWhatIsLeftHasTheValueOfTheText() {
        List<String> templates = List.of("f", "NOT f", "%s AND f", "f AND %s", "%s OR f", "f OR %s", "NOT (f AND %s)", "NOT (%s OR NOT f)",
                "%s AND f AND g", "f OR g OR %s", "(f OR %s) AND g", "(f AND %s) OR (g AND NOT %s)", "NOT f AND NOT (%s) OR g");
        TestingRow row = TestingRow.of(ImmutableMap.of("f", BOOLEAN, "g", BOOLEAN));
        for (String template : templates) {
            for (String leaf : List.of("true", "false", "null", "'a' IN ('b', null)")) {
                String text = template.replace("%s", leaf);
                Expression left = evaluator.evaluate(parser.parse(text, ROW), ALICE, row).expression();
                for (Truth f : Truth.values()) {
                    for (Truth g : Truth.values()) {
                        Map<String, Truth> values = ImmutableMap.of("f", f, "g", g);
                        assertThat(valueOf(left, values)).as("%s, left %s, with %s", text, left, values)
                                .isEqualTo(valueOf(sqlParser.createExpression(text), values));
                    }
                }
            }
        }
    }

    @Test
    void testHoldsOnlyWhenCertain() {
        LEAVES.forEach((leaf, truth) -> assertThat(evaluator.holds(parser.parse(leaf, USER), ALICE)).as(leaf)
                .isEqualTo(truth == Truth.TRUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true = true", "in_any_group('emea') = true", "in_any_group('emea') <> false", "true IN (true)",
            "in_any_group('emea') IS NOT NULL", "current_user IN (current_user, in_any_group('emea'))"})
    void testWhatIsNotFoldedDoesNotHold(String text) {
        assertThat(evaluator.holds(parser.parse(text, USER), ALICE)).isFalse();
    }

    @Test
    void testTextIsComparedByCodePoints() {
        // U+FF5E comes before U+1F389, though its UTF-16 code unit is greater
        assertFolds("'\uff5e' < '\ud83c\udf89'", Truth.TRUE);
        assertFolds("'a' < 'a '", Truth.TRUE);
        assertFolds("'a' = 'a '", Truth.FALSE);
        assertFolds("'a' = 'A'", Truth.FALSE);
        assertFolds("'e\u0301' = '\u00e9'", Truth.FALSE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "has_attribute('region', 'EUROPE')               | true",
            "has_attribute('region', 'ASIA')                 | false",
            "has_attribute('unknown', 'EUROPE')              | false",
            "in_any_group('hr', 'analysts')                  | true",
            "in_any_group('hr')                              | false",
            "in_any_group('Analysts')                        | false",
            "in_all_groups('emea', 'analysts')               | true",
            "in_all_groups('emea', 'hr')                     | false",
            "using_purpose('Fraud.Cards')                    | true",
            "using_purpose('Fraud')                          | true",
            "using_purpose('Fraud.Cards.Stolen')             | false",
            "using_purpose('Fra')                            | false",
            "current_user                                    | 'alice'",
            "current_project()                               | 'fraud-q4'",
            "attribute_values_contain('region', region)      | (\"region\" IN ('AFRICA', 'EUROPE'))",
            "attribute_values_contain('region', REGION)      | (\"region\" IN ('AFRICA', 'EUROPE'))",
            "attribute_values_contain('unknown', region)     | false",
            "NOT attribute_values_contain('unknown', region) | true",
            "groups_contain(region)                          | (\"region\" IN ('analysts', 'emea'))",
            "purposes_contain(region)                        | (\"region\" IN ('Fraud.Cards'))",
            "column_tagged('Geo') = 'x'                      | (\"region\" = 'x')",
            "groups_contain(column_tagged('Geo'))            | (\"region\" IN ('analysts', 'emea'))",
            "masked_column() = 'x'                           | (\"other\" = 'x')",
            "groups_contain(masked_column())                 | (\"other\" IN ('analysts', 'emea'))",
            "region = current_user                           | (\"region\" = 'alice')",
            "in_any_group('hr') OR region = 'x'              | (\"region\" = 'x')",
            "in_any_group('emea') AND region = 'x'           | (\"region\" = 'x')",
            "in_any_group('hr') AND region = 'x'             | false",
            "in_any_group('emea') OR region = 'x'            | true"})
    void testPolicyFunctions(String text, String expected) {
        assertThat(TrinoSql.format(evaluate(text, ROW_OF_TABLE.tagged("Geo", "region").masking("other")).expression()))
                .isEqualTo(expected);
    }

    @Test
    void testCurrentProjectIsNullOutsideOfProjects() {
        Subject bob = new Subject("bob", ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(), Optional.empty(), Instant.EPOCH);
        assertThat(evaluator.evaluate(parser.parse("current_project()", ROW), bob, ROW_OF_TABLE).expression())
                .isInstanceOf(NullLiteral.class);
        assertThat(evaluator.holds(parser.parse("current_project() IS NULL", USER), bob)).isTrue();
        assertThat(evaluator.holds(parser.parse("NOT current_project() = 'p'", USER), bob)).isFalse();
    }

    @Test
    void testUserWithoutEntitlementsMatchesNothing() {
        Subject nobody = new Subject("nobody", ImmutableSet.of(), ImmutableSetMultimap.of(), ImmutableSet.of(), Optional.empty(),
                Instant.EPOCH);
        for (String text : List.of("attribute_values_contain('region', region)", "groups_contain(region)", "purposes_contain(region)",
                "in_any_group('a')", "in_all_groups('a')", "using_purpose('a')", "has_attribute('region', 'EUROPE')")) {
            assertThat(evaluator.evaluate(parser.parse(text, ROW), nobody, ROW_OF_TABLE).expression()).as(text)
                    .isEqualTo(BooleanLiteral.FALSE_LITERAL);
        }
    }

    @Test
    void testValuesThatDoNotFitTheColumnAreNamed() {
        PartialEvaluation evaluation = evaluate("attribute_values_contain('level', id) OR groups_contain(id)", ROW_OF_TABLE);
        assertThat(TrinoSql.format(evaluation.expression())).isEqualTo("(\"id\" IN (CAST('7' AS bigint)))");
        assertThat(evaluation.droppedValues()).containsExactly("level", "groups");
        assertThat(evaluate("attribute_values_contain('region', region)", ROW_OF_TABLE).droppedValues()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "missing = 'x'                            | the table has no column 'missing'",
            "region = 'x' AND lower(Missing) = 'x'    | the table has no column 'missing'",
            "missing.field = 'x'                      | the table has no column 'missing'",
            "groups_contain(missing)                  | the table has no column 'missing'",
            "any_match(split(region, ','), r -> r = missing) | the table has no column 'missing'",
            "column_tagged('PII') = 'x'               | the table has no column tagged 'PII'",
            "column_tagged('Two') = 'x'               | the table has more than one column tagged 'Two'",
            "masked_column() = 'x'                    | no column is masked here",
            "any_match(split(other, ','), region -> column_tagged('Geo') = region) | column 'region' is hidden by a variable of the same name",
            "any_match(split(other, ','), \"REGION\" -> column_tagged('Geo') = 'x') | column 'region' is hidden by a variable of the same name"})
    void testColumnThatTheTableLacksIsUnresolved(String text, String message) {
        assertThatThrownBy(() -> evaluate(text, ROW_OF_TABLE.tagged("Geo", "region").tagged("Two", "region", "other")))
                .isInstanceOf(UnresolvedColumnException.class)
                .hasMessage(message);
    }

    @Test
    void testLambdaKeepsItsVariables() {
        assertThat(TrinoSql.format(evaluate("any_match(split(region, ','), r -> r = other AND \"R\" <> current_user)", ROW_OF_TABLE)
                .expression())).isEqualTo("any_match(split(\"region\", ','), (r) -> ((r = \"other\") AND (\"R\" <> 'alice')))");
        // outside of the lambda the name is a column again
        assertThatThrownBy(() -> evaluate("any_match(split(region, ','), r -> r = 'x') AND r = 'y'", ROW_OF_TABLE))
                .isInstanceOf(UnresolvedColumnException.class);
    }

    /// Every form that the rules let pass must come through the evaluation and be read back by Trino as it was.
    @ParameterizedTest
    @ValueSource(strings = {"region = 'a'", "NOT region IS NULL", "region IN ('a', 'b')", "region NOT IN ('a')",
            "region BETWEEN 'a' AND 'b'",
            "region NOT BETWEEN 'a' AND 'b'", "region IS DISTINCT FROM other", "(id = 1) IS TRUE", "(id > 1) IS NOT UNKNOWN",
            "CASE WHEN region = 'a' THEN true ELSE false END", "CASE region WHEN 'a' THEN true END", "IF(region = 'a', true, false)",
            "IF(region = 'a', true)", "coalesce(region, other) = nullif(region, 'x')", "id > 1.5", "id > 1e5", "id > DECIMAL '5.0'",
            "to_utf8(region) = X'00ff'", "split(region, ',') = ARRAY['a', other]", "starts_with(region, 'a')",
            "substring(region FROM 1 FOR 2) = 'ab'", "trim(BOTH 'x' FROM region) = 'a'", "trim(LEADING FROM region) = 'a'", "id + 1 > 5",
            "-id > 5", "id % 2 = 0", "CAST(region AS bigint) = 1", "TRY_CAST(region AS decimal(10, 2)) = 1", "try(1 / id) = 1",
            "region LIKE 'a%'", "region NOT LIKE 'a!%' ESCAPE '!'", "DATE '2020-01-01' < DATE '2021-01-01'",
            "TIMESTAMP '2020-01-01 00:00:00' > DATE '2020-01-01' - INTERVAL '1' DAY", "extract(year FROM DATE '2020-01-01') = 2020",
            "region.city.name = 'x'", "split(region, ',')[1] = 'x'", "any_match(split(region, ','), x -> x = other)",
            "region || other = 'ab'", "position('a' IN region) = 1", "normalize(region) = 'x'", "U&'\\00e9' = region"})
    void testEveryAllowedFormComesThrough(String text) {
        Expression expected = sqlParser.createExpression(quoted(text));
        Expression actual = sqlParser.createExpression(TrinoSql.format(evaluate(text, ROW_OF_TABLE).expression()));
        assertThat(actual).isEqualTo(expected);
    }

    private static String quoted(String text) {
        return text.replaceAll("\\b(region|other|id)\\b", "\"$1\"");
    }

    static List<String> hostileTexts() {
        List<String> texts = new ArrayList<>(List.of("'", "''", "'; DROP TABLE t; --", "') OR true --", "\"", "\" OR \"\" = \"", "\\",
                "\\'",
                "/* */", "-- ", "*/", "\n", "a\nb", "\t", "\r\n", "\u0000", "\u0001", "%", "_", "?", "${x}", "{0}", "%s", "U&'\\0041'",
                "X'00'", "null", "NULL", "true", "current_user", "Zürich", "東京", "\ud83c\udf89", "e\u0301", "\u202eabc", "\ufeff", " lead",
                "trail ", " ", "a''b", "a'||'b", "`", "$path", ";", "1", "1 OR 1=1"));
        texts.add("x".repeat(1000));
        texts.add("'".repeat(1000));
        texts.add("\"".repeat(1000));
        texts.add("é'\"\ud83c\udf89\\".repeat(200));
        return texts;
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void testEntitlementsComeOutAsLiteralsOfTheSameValue(String text) {
        Subject subject = new Subject(text, ImmutableSet.of(text), ImmutableSetMultimap.of("a", text), ImmutableSet.of(text),
                Optional.of(text), Instant.EPOCH);
        for (String condition : List.of("attribute_values_contain('a', region)", "groups_contain(region)", "purposes_contain(region)")) {
            Expression read = readBack(evaluator.evaluate(parser.parse(condition, ROW), subject, ROW_OF_TABLE).expression());
            assertThat(read).isInstanceOfSatisfying(Predicated.class, in -> {
                assertThat(in.getValue()).isEqualTo(new Identifier("region", true));
                assertThat(in.getPredicate()).isInstanceOfSatisfying(InPredicate.class, predicate -> assertThat(
                        ((InListExpression) predicate.getValueList()).getValues()).containsExactly(new StringLiteral(text)));
            });
        }
        for (String condition : List.of("region = current_user", "region = current_project()")) {
            Expression read = readBack(evaluator.evaluate(parser.parse(condition, ROW), subject, ROW_OF_TABLE).expression());
            assertThat(read).isInstanceOfSatisfying(Predicated.class, comparison -> assertThat(comparison.getPredicate())
                    .isInstanceOfSatisfying(ComparisonPredicate.class,
                            predicate -> assertThat(predicate.getRight()).isEqualTo(new StringLiteral(text))));
        }
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void testColumnNamesComeOutAsIdentifiersOfTheSameName(String name) {
        TestingRow row = TestingRow.of(name, VARCHAR);
        Expression read = readBack(evaluator.oneOf(name, Set.of("x"), "a", ALICE, row).expression());
        assertThat(read).isInstanceOfSatisfying(Predicated.class,
                in -> assertThat(in.getValue()).isEqualTo(new Identifier(name, true)));

        Expression masked = readBack(evaluator.evaluate(parser.parse("masked_column() = column_tagged('t')", ROW), ALICE,
                row.tagged("t", name).masking(name)).expression());
        assertThat(masked).isEqualTo(new Predicated(masked.getLocation().orElseThrow(), new Identifier(name, true),
                new ComparisonPredicate(masked.getLocation().orElseThrow(), ComparisonPredicate.Operator.EQUAL,
                        new Identifier(name, true))));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void testLiteralsOfTextsKeepTheirValue(String value) {
        String text = "region = '" + value.replace("'", "''") + "'";
        assertThat(readBack(evaluate(text, ROW_OF_TABLE).expression())).isEqualTo(readBack(evaluate(text, ROW_OF_TABLE).expression()));
        assertThat(readBack(evaluate(text, ROW_OF_TABLE).expression())).isInstanceOfSatisfying(Predicated.class,
                comparison -> assertThat(((ComparisonPredicate) comparison.getPredicate()).getRight())
                        .isEqualTo(new StringLiteral(value)));
    }

    @Test
    void testValuesAreInOrderSoThatTextsOfEqualUsersAreEqual() {
        TestingRow row = TestingRow.of("c", VARCHAR);
        assertThat(TrinoSql.format(evaluator.oneOf("c", List.of("b", "a", "c"), "a", ALICE, row).expression()))
                .isEqualTo(TrinoSql.format(evaluator.oneOf("c", List.of("c", "b", "a"), "a", ALICE, row).expression()))
                .isEqualTo("(\"c\" IN ('a', 'b', 'c'))");
    }

    private static Truth truth(String leaf) {
        return LEAVES.getOrDefault(leaf, Truth.UNKNOWN);
    }

    private void assertFolds(String text, Truth expected) {
        Expression expression = evaluator.evaluate(parser.parse(text, USER), ALICE, ROW_OF_TABLE).expression();
        assertThat(valueOf(expression, ImmutableMap.of())).as(text).isEqualTo(expected);
        assertThat(expression).as(text).isInstanceOfAny(BooleanLiteral.class, NullLiteral.class);
    }

    /// SQL's logic in its simplest form, over literals, AND, OR, NOT, IN and boolean columns.
    private static Truth valueOf(Expression expression, Map<String, Truth> columns) {
        return switch (expression) {
            case BooleanLiteral literal -> literal.getValue() ? Truth.TRUE : Truth.FALSE;
            case NullLiteral _ -> Truth.UNKNOWN;
            case Identifier identifier -> columns.getOrDefault(identifier.getValue(), Truth.UNKNOWN);
            case NotExpression not -> valueOf(not.getValue(), columns).not();
            case LogicalExpression logical -> logical.getTerms().stream().map(term -> valueOf(term, columns))
                    .reduce(logical.getOperator() == LogicalExpression.Operator.AND ? Truth::and : Truth::or).orElseThrow();
            // the only predicate among the leaves of what is left: 'a' IN ('b', null)
            case Predicated _ -> Truth.UNKNOWN;
            default -> throw new AssertionError("not expected here: " + expression);
        };
    }

    private PartialEvaluation evaluate(String text, RowScope row) {
        return evaluator.evaluate(parser.parse(text, ROW), ALICE, row);
    }

    private Expression readBack(Expression expression) {
        return sqlParser.createExpression(TrinoSql.format(expression));
    }
}
