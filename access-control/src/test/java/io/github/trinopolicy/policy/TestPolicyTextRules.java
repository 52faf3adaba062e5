package io.github.trinopolicy.policy;

import static io.github.trinopolicy.policy.PolicyTextParser.Scope.ROW;
import static io.github.trinopolicy.policy.PolicyTextParser.Scope.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import com.google.common.collect.Sets;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPolicyTextRules {
    private final PolicyTextParser parser = new PolicyTextParser();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "region = (SELECT 'a')                              | 10",
            "(SELECT true)                                      | 1",
            "(TABLE regions) = region                           | 1",
            "EXISTS (SELECT 1 FROM t WHERE t.id = id)           | 1",
            "NOT EXISTS (SELECT 1)                              | 5",
            "region IN (SELECT name FROM t)                     | 8",
            "region NOT IN (SELECT name FROM t)                 | 8",
            "region IN ('b', (SELECT 'a'))                      | 17",
            "region = ANY (SELECT name FROM t)                  | 8",
            "region = SOME (VALUES 'a')                         | 8",
            "region <> ALL (SELECT name FROM t)                 | 8",
            "UNIQUE (SELECT 1)                                  | 1",
            "any_match(regions, r -> r = (SELECT 'a'))          | 29",
            "any_match(regions, r -> EXISTS (SELECT 1))         | 25",
            "lower((SELECT 'a')) = region                       | 7",
            "CAST((SELECT '1') AS bigint) = id                  | 6",
            "ARRAY[(SELECT 1)] = ids                            | 7",
            "CASE WHEN EXISTS (SELECT 1) THEN true END          | 11",
            "coalesce(region, (SELECT 'a')) = 'a'               | 18",
            "region BETWEEN 'a' AND (SELECT 'b')                | 24",
            "try((SELECT true))                                 | 5",
            "address[(SELECT 1)] = 'x'                          | 9",
            "((SELECT ROW(1))).f = 1                            | 1"})
    void testSubqueryIsRefusedInEveryForm(String text, int column) {
        assertRefused(text, ROW, 1, column,
                "a subquery is not allowed in a policy; declare an AttributeSource, which reads the table into an attribute of users, and compare with that");
    }

    @Test
    void testSubqueryIsRefusedOnUser() {
        assertRefused("in_any_group('a') OR\n  EXISTS (SELECT 1)", USER, 2, 3,
                "a subquery is not allowed in a policy; declare an AttributeSource, which reads the table into an attribute of users, and compare with that");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "count(*) > 1                                              | count       | 1",
            "COUNT(id) > 1                                             | count       | 1",
            "salary = max(salary)                                      | max         | 10",
            "array_agg(region ORDER BY region) = regions               | array_agg   | 1",
            "listagg(region, ',') WITHIN GROUP (ORDER BY region) = 'x' | listagg     | 1",
            "sum(salary) OVER () > 1                                   | sum         | 1",
            "row_number() OVER (ORDER BY id) = 1                       | row_number  | 1",
            "lower(region) OVER () = 'a'                               | lower       | 1",
            "upper(region) FILTER (WHERE true) = 'A'                   | upper       | 1",
            "lower(DISTINCT region) = 'a'                              | lower       | 1",
            "lower(region ORDER BY id) = 'a'                           | lower       | 1",
            "any_match(regions, r -> r = max(region))                  | max         | 29",
            "has_attribute('a', 'b') FILTER (WHERE true)               | has_attribute | 1"})
    void testAggregateOrWindowFunctionIsRefused(String text, String function, int column) {
        assertRefused(text, ROW, 1, column, "'%s' is an aggregate or window function and is not allowed in a policy".formatted(function));
    }

    @Test
    void testGroupingIsRefused() {
        assertRefused("grouping(region) = 1", ROW, 1, 1, "'GROUPING (region)' is not allowed in a policy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rand", "random", "shuffle", "uuid", "version"})
    void testNonDeterministicFunctionIsRefused(String function) {
        assertRefused("region = %s()".formatted(function), ROW, 1, 10,
                "function '%s' is not deterministic and is not allowed in a policy".formatted(function));
    }

    @ParameterizedTest
    @CsvSource({"current_date, current_date", "CURRENT_DATE, current_date", "current_time, current_time",
            "current_timestamp, current_timestamp", "current_timestamp(3), current_timestamp(3)", "localtime, localtime",
            "localtimestamp, localtimestamp", "current_catalog, CURRENT_CATALOG", "current_schema, CURRENT_SCHEMA",
            "current_path, CURRENT_PATH"})
    void testSessionValueIsRefused(String value, String shown) {
        assertRefused("created < " + value, ROW, 1, 11, "'%s' depends on the session and is not allowed in a policy".formatted(shown));
        assertRefused(value + " = 'x'", USER, 1, 1, "'%s' depends on the session and is not allowed in a policy".formatted(shown));
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "current_timezone", "current_groups", "format_datetime", "parse_datetime", "date_format", "date_parse",
            "from_unixtime", "from_iso8601_timestamp"})
    void testFunctionOfTheSessionIsRefused(String function) {
        assertRefused("%s(created, 'EEEE') = 'Monday'".formatted(function), ROW, 1, 1,
                "function '%s' depends on the session and is not allowed in a policy".formatted(function));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAST(name AS timestamp with time zone)", "CAST(name AS timestamp(3) with time zone)",
            "CAST(name AS time with time zone)", "TRY_CAST(name AS timestamp with time zone)",
            "CAST(name AS array(timestamp with time zone))", "CAST(name AS row(a bigint, b time(6) with time zone))"})
    void testConversionByTheZoneOfTheSessionIsRefused(String conversion) {
        assertRefused(conversion + " IS NULL", ROW, 1, 1,
                "a conversion to a type with time zone depends on the session and is not allowed in a policy");
    }

    @Test
    void testZoneOperatorsAreRefused() {
        assertRefused("created AT TIME ZONE 'UTC' > other", ROW, 1, 9,
                "'created AT TIME ZONE 'UTC'' is not allowed in a policy");
        assertRefused("created AT LOCAL > other", ROW, 1, 9, "'created AT LOCAL' is not allowed in a policy");
    }

    @Test
    void testUnknownFunctionIsRefusedWithSuggestion() {
        assertRefused("lowr(region) = 'a'", ROW, 1, 1,
                "function 'lowr' is not among those that a policy may call (did you mean 'lower'?)");
        assertRefused("in_any_grup('x')", USER, 1, 1,
                "function 'in_any_grup' is not among those that a policy may call (did you mean 'in_any_group'?)");
        assertRefused("frobnicate(region) = 'a'", ROW, 1, 1, "function 'frobnicate' is not among those that a policy may call");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy.masking.hash", "my.functions.lower", "builtin.lower", "policy.functions.unmask"})
    void testFunctionOfCatalogIsRefused(String function) {
        assertRefused("%s(region) = 'a'".formatted(function), ROW, 1, 1,
                "function '%s' is not among those that a policy may call".formatted(function));
    }

    @Test
    void testEveryLineIsCounted() {
        assertRefused("region = 'a' -- a comment\n  AND /* (SELECT 1) */\n\tlowr(region) = 'b'", ROW, 3, 2,
                "function 'lowr' is not among those that a policy may call (did you mean 'lower'?)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "region = 'x'                     | 1  | column 'region' is not allowed here: this text is decided by the user alone",
            "\"Region\" = 'x'                 | 1  | column 'Region' is not allowed here: this text is decided by the user alone",
            "in_any_group('a') OR region      | 22 | column 'region' is not allowed here: this text is decided by the user alone",
            "groups_contain(region)           | 1  | function 'groups_contain' is not allowed here: this text is decided by the user alone",
            "purposes_contain(region)         | 1  | function 'purposes_contain' is not allowed here: this text is decided by the user alone",
            "attribute_values_contain('a', r) | 1  | function 'attribute_values_contain' is not allowed here: this text is decided by the user alone",
            "column_tagged('Geo') = 'x'       | 1  | function 'column_tagged' is not allowed here: this text is decided by the user alone",
            "masked_column() = 'x'            | 1  | function 'masked_column' is not allowed here: this text is decided by the user alone"})
    void testColumnIsRefusedWhereTheUserAloneDecides(String text, int column, String message) {
        assertRefused(text, USER, 1, column, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "region.name = 'x'                  | 1  | region.name",
            "1 = 1                              | 1  | 1",
            "current_user LIKE 'a%'             | 14 | LIKE 'a%'",
            "current_user BETWEEN 'a' AND 'b'   | 14 | BETWEEN 'a' AND 'b'",
            "CAST('x' AS varchar) = 'x'         | 1  | CAST('x' AS varchar)",
            "coalesce(current_project(), 'x') = 'y' | 1  | COALESCE(current_project(), 'x')",
            "IF(true, true)                     | 1  | IF(true, true)",
            "try(true)                          | 1  | TRY(true)",
            "current_user = ?                   | 16 | ?"})
    void testOnlyTheUsersOwnFormsAreAllowedOnUser(String text, int column, String shown) {
        assertRefused(text, USER, 1, column,
                "'%s' is not allowed here: a condition on the user is made of policy functions, current_user, AND, OR and NOT"
                        .formatted(shown));
    }

    @Test
    void testEngineFunctionIsRefusedOnUser() {
        assertRefused("lower(current_user) = 'x'", USER, 1, 1,
                "function 'lower' is not allowed here: a condition on the user is made of policy functions");
        assertRefused("any_match(ARRAY['x'], v -> v = 'x')", USER, 1, 1,
                "function 'any_match' is not allowed here: a condition on the user is made of policy functions");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "has_attribute('a')                          | has_attribute            | 1",
            "has_attribute('a', 'b', 'c')                | has_attribute            | 3",
            "attribute_values_contain('a')               | attribute_values_contain | 1",
            "attribute_values_contain('a', r, r)         | attribute_values_contain | 3",
            "in_any_group()                              | in_any_group             | 0",
            "in_all_groups()                             | in_all_groups            | 0",
            "groups_contain(region, region)              | groups_contain           | 2",
            "using_purpose()                             | using_purpose            | 0",
            "purposes_contain()                          | purposes_contain         | 0",
            "column_tagged('a', 'b') = 'x'               | column_tagged            | 2",
            "masked_column('x') = 'x'                    | masked_column            | 1",
            "current_project('x') = 'x'                  | current_project          | 1"})
    void testWrongNumberOfArgumentsIsRefused(String text, String function, int count) {
        assertRefused(text, ROW, 1, 1, "function '%s' does not take %s arguments".formatted(function, count));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "has_attribute('a', region)                  | has_attribute            | 20",
            "has_attribute(name, 'b')                    | has_attribute            | 15",
            "has_attribute(lower('a'), 'b')              | has_attribute            | 15",
            "has_attribute('a', NULL)                    | has_attribute            | 20",
            "has_attribute('a', current_user)            | has_attribute            | 20",
            "attribute_values_contain(region, region)    | attribute_values_contain | 26",
            "in_any_group('a', region)                   | in_any_group             | 19",
            "in_all_groups(1)                            | in_all_groups            | 15",
            "using_purpose(region)                       | using_purpose            | 15",
            "column_tagged(region) = 'a'                 | column_tagged            | 15"})
    void testArgumentThatIsNoLiteralIsRefused(String text, String function, int column) {
        assertRefused(text, ROW, 1, column, "function '%s' takes a text in single quotes here".formatted(function));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "attribute_values_contain('region', 'x')              | attribute_values_contain | 36",
            "attribute_values_contain('region', lower(region))    | attribute_values_contain | 36",
            "attribute_values_contain('region', t.region)         | attribute_values_contain | 36",
            "groups_contain('x')                                  | groups_contain           | 16",
            "purposes_contain(1)                                  | purposes_contain         | 18",
            "any_match(regions, r -> groups_contain(r))           | groups_contain           | 40",
            "any_match(regions, R -> groups_contain(\"r\"))       | groups_contain           | 40"})
    void testArgumentThatIsNoColumnIsRefused(String text, String function, int column) {
        assertRefused(text, ROW, 1, column, "function '%s' takes a column here".formatted(function));
    }

    @Test
    void testSubstringOfALengthFromTheRowMayFail() {
        assertThat(parser.parse("substr(email, 1, 3) = 'ann'", ROW).total()).isTrue();
        assertThat(parser.parse("substr(email, id) = 'ann'", ROW).total()).isTrue();
        assertThat(parser.parse("substr(email, 1, id) = 'ann'", ROW).total()).isFalse();
        assertThat(parser.parse("substring(email, 1, 9223372036854775807) = 'ann'", ROW).total()).isFalse();
    }

    @Test
    void testNamedArgumentIsRefused() {
        assertRefused("lower(string => region) = 'a'", ROW, 1, 7, "a named argument is not allowed in a policy");
        assertRefused("has_attribute(name => 'a', value => 'b')", USER, 1, 15, "a named argument is not allowed in a policy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "region = ?                                  | 10 | ?",
            "JSON_EXISTS(doc, 'lax $.a')                 | 1  | JSON_EXISTS(doc FORMAT JSON, 'lax $.a' FALSE ON ERROR)",
            "ROW(region, id) = other                     | 1  | ROW(region, id)",
            "(region, id) = ('a', 'b')                   | 1  | ROW(region, id)"})
    void testWhatIsOnNoListIsRefused(String text, int column, String shown) {
        assertRefused(text, ROW, 1, column, "'%s' is not allowed in a policy".formatted(shown));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "region = 'open           | 1 | 10 | mismatched input '''.",
            "region = \"open          | 1 | 10 | mismatched input '\"'.",
            "region =                 | 1 | 9  | mismatched input '<EOF>'.",
            "region = 'a'; DROP TABLE | 1 | 13 | mismatched input ';'.",
            "region = 'a' /* open     | 1 | 15 | mismatched input '*'.",
            "SELECT 1                 | 1 | 1  | mismatched input 'SELECT'."})
    void testTextThatDoesNotParseIsRefused(String text, int line, int column, String message) {
        assertThatThrownBy(() -> parser.parse(text, ROW))
                .asInstanceOf(throwable(PolicyTextException.class))
                .hasMessageStartingWith(message)
                .satisfies(refusal -> assertThat(refusal.line()).isEqualTo(line))
                .satisfies(refusal -> assertThat(refusal.column()).isEqualTo(column));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "-- nothing but a comment"})
    void testEmptyTextIsRefused(String text) {
        assertThatThrownBy(() -> parser.parse(text, ROW))
                .isInstanceOf(PolicyTextException.class)
                .hasMessageStartingWith("mismatched input '<EOF>'.");
    }

    @Test
    void testNoFunctionIsBothAllowedAndRefused() {
        assertThat(Sets.intersection(EngineFunctions.TOTAL, EngineFunctions.PARTIAL)).isEmpty();
        assertThat(Sets.union(EngineFunctions.TOTAL, EngineFunctions.PARTIAL))
                .doesNotContainAnyElementsOf(EngineFunctions.AGGREGATES)
                .doesNotContainAnyElementsOf(EngineFunctions.NON_DETERMINISTIC)
                .doesNotContainAnyElementsOf(EngineFunctions.SESSION_DEPENDENT);
    }

    private void assertRefused(String text, Scope scope, int line, int column, String message) {
        assertThatThrownBy(() -> parser.parse(text, scope))
                .asInstanceOf(throwable(PolicyTextException.class))
                .hasMessage(message)
                .satisfies(refusal -> assertThat(refusal.line()).as("line").isEqualTo(line))
                .satisfies(refusal -> assertThat(refusal.column()).as("column").isEqualTo(column));
    }
}
