package io.github.trinopolicy.policy;

import static io.github.trinopolicy.policy.PolicyTextParser.Scope.ROW;
import static io.github.trinopolicy.policy.PolicyTextParser.Scope.USER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPolicyTextParser {
    private final PolicyTextParser parser = new PolicyTextParser();

    @ParameterizedTest
    @ValueSource(strings = {
            "region = 'a'",
            "region <> 'a' AND id >= 5 OR NOT active",
            "region IS NULL",
            "region IS NOT NULL",
            "region IN ('a', 'b', NULL)",
            "region NOT IN ('a')",
            "region BETWEEN 'a' AND 'b'",
            "region IS DISTINCT FROM 'a'",
            "active IS TRUE",
            "CASE WHEN region = 'a' THEN true ELSE false END",
            "CASE region WHEN 'a' THEN true END",
            "IF(region = 'a', true, false)",
            "coalesce(region, other) = nullif(region, 'x')",
            "salary > 1.5",
            "salary > 1e5",
            "salary > DECIMAL '5.0'",
            "data = X'00ff'",
            "tags = ARRAY['a', 'b']",
            "lower(region) = 'a'",
            "starts_with(region, 'a')",
            "substring(region FROM 1 FOR 2) = 'ab'",
            "trim(BOTH 'x' FROM region) = 'a'",
            "has_attribute('a', 'b')",
            "attribute_values_contain('region', region)",
            "attribute_values_contain('region', column_tagged('Geo'))",
            "attribute_values_contain('region', masked_column())",
            "groups_contain(region)",
            "purposes_contain(region)",
            "current_project() = region"})
    void testTextThatCannotFailIsTotal(String text) {
        assertThat(parser.parse(text, ROW).total()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "id + 1 > 5",
            "1 / id > 0",
            "-id > 5",
            "CAST(region AS bigint) = 1",
            "try(CAST(region AS bigint)) = 1",
            "region LIKE 'a%'",
            "DATE '2020-01-01' < created",
            "created - INTERVAL '1' DAY < other",
            "extract(year FROM created) = 2020",
            "address.city = 'x'",
            "tags[1] = 'x'",
            "any_match(tags, t -> t = 'a')",
            "regexp_like(region, 'a')",
            "json_extract_scalar(doc, '$.a') = 'x'",
            "levenshtein_distance(region, 'a') < 3",
            "contains(tags, 'a')",
            "array_position(tags, 'a') > 0",
            "arrays_overlap(tags, tags)",
            "strpos(region, 'a', n) > 0",
            "greatest(a, b) = a",
            "region = 'a' OR coalesce(try(1 / id), 0) = 1",
            "lower(from_utf8(data)) = 'a'"})
    void testTextThatMayFailIsNotTotal(String text) {
        assertThat(parser.parse(text, ROW).total()).isFalse();
    }

    @Test
    void testConditionOnUser() {
        PolicyText text = parser.parse("""
                current_user IN ('alice', 'bob') AND NOT in_any_group('x', 'y')
                OR has_attribute('clearance', 'secret') AND in_all_groups('z') AND using_purpose('Fraud.Cards')
                OR current_project() IS NOT NULL OR current_project() <> 'p'""", USER);

        assertThat(text.columns()).isEmpty();
        assertThat(text.tags()).isEmpty();
        assertThat(text.names()).isEqualTo(new PolicyText.Names(ImmutableSet.of("x", "y", "z"), ImmutableSet.of("clearance"),
                ImmutableSet.of("Fraud.Cards")));
        assertThat(text.total()).isTrue();
    }

    @Test
    void testNamesOfEveryPolicyFunctionAreCollected() {
        PolicyText text = parser.parse("""
                has_attribute('a', 'v') OR attribute_values_contain('b', region) OR in_any_group('g', 'h') OR in_all_groups('i')
                OR groups_contain(team) OR using_purpose('P.Q') OR purposes_contain(purpose)
                OR attribute_values_contain('c', column_tagged('Geo.Region')) OR column_tagged('PII') = masked_column()""", ROW);

        assertThat(text.names()).isEqualTo(new PolicyText.Names(ImmutableSet.of("g", "h", "i"), ImmutableSet.of("a", "b", "c"),
                ImmutableSet.of("P.Q")));
        assertThat(text.tags()).containsExactlyInAnyOrder("Geo.Region", "PII");
        assertThat(text.columns()).containsExactlyInAnyOrder("region", "team", "purpose");
    }

    @Test
    void testColumnsAreCollectedInLowerCase() {
        assertThat(columns("REGION = 'A' AND \"Other Column\" > lower(Other) AND \"größe\" = 1 AND \"say \"\"hi\"\"\" = 2"))
                .containsExactlyInAnyOrder("region", "other column", "other", "größe", "say \"hi\"");
    }

    @Test
    void testBaseOfFieldIsColumn() {
        assertThat(columns("address.geo.city = 'x' AND tags[position].name = 'y'")).containsExactlyInAnyOrder("address", "tags",
                "position");
    }

    @Test
    void testVariablesOfLambdasAreNotColumns() {
        assertThat(columns("any_match(tags, t -> t = 'a' AND t <> other)")).containsExactlyInAnyOrder("tags", "other");
        assertThat(columns("any_match(tags, \"T\" -> t = 'a')")).containsExactly("tags");
        assertThat(columns("any_match(tags, T -> \"t\" = 'a')")).containsExactly("tags");
        assertThat(columns("any_match(tags, t -> t.name = 'a')")).containsExactly("tags");
        assertThat(columns("any_match(tags, t -> any_match(t, u -> u = t))")).containsExactly("tags");
    }

    @Test
    void testVariableOfLambdaIsColumnOutsideOfIt() {
        assertThat(columns("any_match(tags, t -> t = 'a') AND t = 'b'")).containsExactlyInAnyOrder("tags", "t");
        assertThat(columns("any_match(tags, t -> any_match(others, u -> u = t) AND u = 'x')"))
                .containsExactlyInAnyOrder("tags", "others", "u");
    }

    @Test
    void testCommentsAreNoPartOfTheText() {
        assertThat(parser.parse("region = 'a' -- (SELECT 1); DROP TABLE t", ROW).expression())
                .isEqualTo(parser.parse("/* count(*) */ region = 'a'", ROW).expression());
    }

    @Test
    void testCommentWithinQuotesIsText() {
        assertThat(TrinoSql.format(parser.parse("region = 'a -- b /* c */'", ROW).expression())).isEqualTo("(region = 'a -- b /* c */')");
    }

    @Test
    void testUnicodeAndQuotes() {
        assertThat(parser.parse("in_any_group('Zürich 東京 🎉', 'it''s', 'say \"hi\"')", USER).names().groups())
                .containsExactlyInAnyOrder("Zürich 東京 🎉", "it's", "say \"hi\"");
        assertThat(parser.parse("in_any_group(U&'Z\\00fcrich')", USER).names().groups()).containsExactly("Zürich");
    }

    @Test
    void testPolicyFunctionsAreFoundInAnyCase() {
        assertThat(parser.parse("IN_ANY_GROUP('a') AND \"Has_Attribute\"('b', 'c')", USER).names())
                .isEqualTo(new PolicyText.Names(ImmutableSet.of("a"), ImmutableSet.of("b"), ImmutableSet.of()));
    }

    @Test
    void testTextIsKept() {
        assertThat(parser.parse("  region  =  'a'  ", ROW).text()).isEqualTo("  region  =  'a'  ");
    }

    private ImmutableSet<String> columns(String text) {
        return ImmutableSet.copyOf(parser.parse(text, ROW).columns());
    }
}
