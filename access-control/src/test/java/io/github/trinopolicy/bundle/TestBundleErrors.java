package io.github.trinopolicy.bundle;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a bundle that is wrong: each kind of error with its whole message.
final class TestBundleErrors {
    private final BundleReader reader = new BundleReader();

    @Test
    void testUnknownKey() {
        assertErrors("""
                kind: Policy
                name: x
                type: access
                applies_to: {all: true}
                gaurdrail: "true"
                """, """
                line 1, column 1: missing key in Policy 'x': one of grant, guardrail is expected
                line 5, column 1: unknown key 'gaurdrail' in Policy 'x' (did you mean 'guardrail'?)""");
        assertErrors("{kind: Policy, name: x, type: access, applies_to: {all: true}, grant: {levl: read, level: read, to: a}}",
                "line 1, column 72: unknown key 'levl' in 'grant' of Policy 'x' (did you mean 'level'?)");
        assertErrors("{kind: Tag, name: A, colour: red}", "line 1, column 22: unknown key 'colour' in Tag 'A'");
        assertErrors("{kind: Tag, name: A, <<: {name: B}}", "line 1, column 22: unknown key '<<' in Tag 'A'");
    }

    @Test
    void testAllErrorsAreCollected() {
        assertErrors("""
                kind: Policy
                name: a
                type: mask
                columns: {tags: [.., PII]}
                mask: {type: hsh}
                priority: high
                ---
                kind: Grup
                ---
                kind: User
                """,
                """
                        line 4, column 18: 'columns.tags[0]' of Policy 'a': '..' is no dotted path such as PII.Email, of letters, digits, '_', '-' and \
                        single spaces
                        line 5, column 14: 'mask.type' of Policy 'a': one of null, constant, k-anonymity, randomized-response, hash, format-preserving, \
                        reversible, rounding, regex, custom is expected, not 'hsh' (did you mean 'hash'?)
                        line 6, column 11: 'priority' of Policy 'a': an integer is expected, but a text was found
                        line 8, column 7: 'kind' of the document: one of Tag, Attribute, Purpose, Group, User, DataSource, AttributeSource, Project, \
                        Classifier, Policy is expected, not 'Grup' (did you mean 'Group'?)
                        line 10, column 1: missing key 'name' in User""");
    }

    @Test
    void testErrorsAreBounded() {
        String bundle = IntStream.range(0, 150).mapToObj(i -> "{kind: Tag, name: A%s, x: 1}".formatted(i)).collect(joining("\n---\n"));
        BundleException exception = catchThrowableOfType(BundleException.class, () -> reader.read(bundle));
        assertThat(exception.errors()).hasSize(100).startsWith(
                new BundleError(Optional.of(new Position(1, 23)), "unknown key 'x' in Tag 'A0'"));
        assertThat(exception.omitted()).isEqualTo(50);
        assertThat(exception).hasMessageEndingWith("\nline 199, column 24: unknown key 'x' in Tag 'A99'\nand 50 more errors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name: 7                         | 7  | 'name' of Group '7': a text is expected: put it in quotes, but a number was found
            name: true                      | 7  | 'name' of Group 'true': a text is expected: put it in quotes, but a boolean was found
            name: null                      | 7  | 'name' of Group 'null': a text is expected, but null was found
            name:                           | 6  | 'name' of Group '': a text is expected, but nothing was found
            name: [a]                       | 7  | 'name' of Group: a text is expected, but a list was found
            name: {a: b}                    | 7  | 'name' of Group: a text is expected, but a mapping was found
            name: ''                        | 8  | 'name' of Group '': a name is expected, but it is empty
            name: ' a'                      | 8  | 'name' of Group ' a': a name may not begin or end with a space
            name: "a\\u202eb"               | 8  | 'name' of Group 'a\\u{202e}b': a name may not hold the invisible character U+202E
            name: "a\\tb"                   | 8  | 'name' of Group 'a\\u{9}b': a name may not hold the invisible character U+0009
            name: "a\\0b"                   | 8  | 'name' of Group 'a\\u{0}b': the character U+0000 cannot be stored: remove it
            """)
    void testNames(String line, int column, String message) {
        assertErrors("kind: Group\n" + line, "line 2, column %s: %s".formatted(column, message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {kind: Attribute, name: a, values: []}           | 36 | 'values' of Attribute 'a': the list is empty, at least one entry is expected
            {kind: Attribute, name: a, values: [b, 'b']}     | 41 | 'values[1]' of Attribute 'a': it stands in the list already: remove it
            {kind: Attribute, name: a, values: [null]}       | 37 | 'values[0]' of Attribute 'a': a text, a number or a boolean is expected, but null was found
            {kind: Attribute, name: a, values: x}            | 36 | 'values' of Attribute 'a': a list is expected, but a text was found
            {kind: User, name: a, groups: [{name: g, expires: 2027-02-30T00:00:00Z}]} | 51 | 'groups[0].expires' of User 'a': a time such as 2027-01-01T00:00:00Z is expected, not '2027-02-30T00:00:00Z'
            {kind: User, name: a, groups: [{name: g, expires: 2027-01-01}]} | 51 | 'groups[0].expires' of User 'a': a time such as 2027-01-01T00:00:00Z is expected, not '2027-01-01'
            {kind: User, name: a, groups: [g, {name: g}]}    | 35 | 'groups[1]' of User 'a': it stands in the list already: remove it
            {kind: User, name: a, attributes: {b: []}}       | 39 | 'attributes.b' of User 'a': the list is empty, at least one entry is expected
            {kind: User, name: a, attributes: {b: {valu: 1}}} | 39 | missing key 'value' in 'attributes.b' of User 'a'
            {kind: User, name: a, attributes: {'b.c': null}} | 43 | 'attributes."b.c"' of User 'a': a text, a number or a boolean is expected, but null was found
            {kind: User, name: a, attributes: {7: b}}        | 36 | a key must be a text: put it in quotes
            {kind: User, name: a, take_over: yes}            | 34 | 'take_over' of User 'a': true or false is expected, but a text was found
            {kind: User, name: a, api_version: policy/v2}    | 36 | 'api_version' of User 'a': 'policy/v1' is expected, not 'policy/v2' (did you mean 'policy/v1'?)
            {kind: Tag, name: A..B}                          | 19 | 'name' of Tag 'A..B': 'A..B' is no dotted path such as PII.Email, of letters, digits, '_', '-' and single spaces
            {kind: Tag, name: A, name: B}                    | 22 | the key 'name' stands twice in one mapping, first at line 1, column 13
            {kind: Tag, ? [a] : b, name: A}                  | 15 | a key must be a text: put it in quotes
            {name: A}                                        | 1  | missing key 'kind' in the document 'A'
            [a]                                              | 1  | the document: a mapping is expected, but a list was found
            kind                                             | 1  | the document: a mapping is expected, but a text was found
            ~                                                | 1  | the document: a mapping is expected, but null was found
            {kind: AttributeSource, name: a, query: ' ', attribute: b, interval: 1d} | 42 | 'query' of AttributeSource 'a': a text is expected, but it is empty
            {kind: AttributeSource, name: a, query: q, attribute: b, interval: 1w} | 68 | 'interval' of AttributeSource 'a': a length of time such as 10m or 1d (s, m, h, d) is expected, not '1w'
            {kind: Classifier, name: a, tag: A}              | 1  | missing key in Classifier 'a': one of pattern, dictionary, column_name is expected
            {kind: Classifier, name: a, tag: A, pattern: p, dictionary: [d]} | 49 | only one of pattern, dictionary may stand in Classifier 'a', but pattern and dictionary stand there
            {kind: Classifier, name: a, tag: A, pattern: p, min_share: 1.01} | 60 | 'min_share' of Classifier 'a': a number above 0, at most 1, is expected
            {kind: Classifier, name: a, tag: A, pattern: p, min_share: .nan} | 60 | 'min_share' of Classifier 'a': a decimal number is expected, but no finite number was found
            {kind: DataSource, name: lake..x}                | 26 | 'name' of DataSource 'lake..x': 'lake..x' has an empty part
            {kind: DataSource, name: a.b.c.d}                | 26 | 'name' of DataSource 'a.b.c.d': 'a.b.c.d' is no name of a catalog, schema or table: it has 4 parts
            {kind: DataSource, name: lake.shop, columns: {a: {}}} | 37 | key 'columns' in DataSource 'lake.shop': only a table has columns, and the name is not that of a table (catalog.schema.table)
            {kind: DataSource, name: a.b.c, columns: {A: {}, a: {}}} | 50 | 'columns' of DataSource 'a.b.c': the key 'a' stands twice
            {kind: DataSource, name: a.b.c, approve_columns: none} | 50 | 'approve_columns' of DataSource 'a.b.c': 'all' is expected, not 'none'
            {kind: DataSource, name: a.b.c, new_columns: tagged_only} | 46 | 'new_columns' of DataSource 'a.b.c': one of mask, tagged-only, allow is expected, not 'tagged_only' (did you mean 'tagged-only'?)
            """)
    void testDocuments(String document, int column, String message) {
        assertFirstError(document, "line 1, column %s: %s".formatted(column, message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            type: acess                      | 'type' of Policy 'x': one of access, row-filter, mask, reveal, unmask, impersonation is expected, not 'acess' (did you mean 'access'?)
            name2: y                         | missing key 'type' in Policy 'x'
            type: access, applies_to: {}, guardrail: a | 'applies_to' of Policy 'x': nothing is selected: at least one of tags, data_sources, all is expected
            type: access, applies_to: {all: false}, guardrail: a | 'applies_to.all' of Policy 'x': only true has a meaning: remove the key
            type: access, applies_to: {tags: []}, guardrail: a | 'applies_to.tags' of Policy 'x': the list is empty, at least one entry is expected
            type: access, applies_to: {all: true}, guardrail: a, grant: {level: read, to: a} | only one of grant, guardrail may stand in Policy 'x', but grant and guardrail stand there
            type: access, applies_to: {all: true}, guardrail: a, exempt: b | key 'exempt' in Policy 'x': only a row-filter or a mask has exceptions; say it in the condition of the policy
            type: access, applies_to: {all: true}, grant: {level: write} | missing key 'to' in 'grant' of Policy 'x'
            type: access, applies_to: {all: true}, grant: {level: reed, to: a} | 'grant.level' of Policy 'x': one of read, write, own is expected, not 'reed' (did you mean 'read'?)
            type: access, applies_to: {all: true}, guardrail: a, state: on | 'state' of Policy 'x': one of active, staged is expected, not 'on'
            type: row-filter, applies_to: {all: true}, where: a, minimize: {percent: 1} | only one of matches, where, time_window, minimize, purposes may stand in Policy 'x', but where and minimize stand there
            type: row-filter, applies_to: {all: true}, matches: {attribute: a, group: true, column: {tag: A}} | only one of attribute, group may stand in 'matches' of Policy 'x', but attribute and group stand there
            type: row-filter, applies_to: {all: true}, matches: {group: true, column: {}} | missing key in 'matches.column' of Policy 'x': one of tag, name is expected
            type: row-filter, applies_to: {all: true}, time_window: {newer_than: 90} | 'time_window.newer_than' of Policy 'x': a text is expected: put it in quotes, but a number was found
            type: row-filter, applies_to: {all: true}, time_window: {newer_than: 90s} | 'time_window.newer_than' of Policy 'x': an age such as 90d (m for minutes, h, d, y) is expected, not '90s'
            type: row-filter, applies_to: {all: true}, minimize: {percent: 0} | 'minimize.percent' of Policy 'x': a number above 0 is expected
            type: row-filter, applies_to: {all: true}, minimize: {percent: 101} | 'minimize.percent' of Policy 'x': a number above 0, at most 100, is expected
            type: mask, columns: {types: [varchar]}, mask: {type: hash} | 'columns' of Policy 'x': nothing is selected: at least one of names, pattern, tags, in is expected
            type: mask, columns: {tags: [A], types: [varchar(3)]}, mask: {type: hash} | 'columns.types[0]' of Policy 'x': 'varchar(3)' is no name of a type without arguments such as varchar
            type: mask, columns: {tags: [A], not: {types: [varchar]}}, mask: {type: hash} | 'columns.not' of Policy 'x': nothing is selected: at least one of names, pattern, tags, in is expected
            type: mask, columns: {names: [a.b.c]}, mask: {type: hash} | 'columns.names[0]' of Policy 'x': 'a.b.c' is no name of a column: catalog.schema.table.column is expected
            type: mask, columns: {tags: [A]}, mask: {type: hash}, rules: [] | only one of mask, rules may stand in Policy 'x', but mask and rules stand there
            type: mask, columns: {tags: [A]}, rules: [] | 'rules' of Policy 'x': the list is empty, at least one entry is expected
            type: mask, columns: {tags: [A]}, rules: [{for: a}] | missing key 'mask' in 'rules[0]' of Policy 'x'
            type: mask, columns: {tags: [A]}, mask: {type: hash, alphabet: lower} | unknown key 'alphabet' in 'mask' of Policy 'x'
            type: mask, columns: {tags: [A]}, mask: {type: ~} | 'mask.type' of Policy 'x': one of null, constant, k-anonymity, randomized-response, hash, format-preserving, reversible, rounding, regex, custom is expected, but null was found
            type: mask, columns: {tags: [A]}, mask: {type: regex, pattern: a} | missing key 'replacement' in 'mask' of Policy 'x'
            type: mask, columns: {tags: [A]}, mask: {type: rounding} | missing key in 'mask' of Policy 'x': one of bucket, unit, from is expected
            type: mask, columns: {tags: [A]}, mask: {type: rounding, bucket: -1} | 'mask.bucket' of Policy 'x': a number above 0 is expected
            type: mask, columns: {tags: [A]}, mask: {type: rounding, unit: months} | 'mask.unit' of Policy 'x': one of second, minute, hour, day, week, month, year is expected, not 'months' (did you mean 'month'?)
            type: mask, columns: {tags: [A]}, mask: {type: k-anonymity, k: 1} | 'mask.k' of Policy 'x': an integer from 2 to 2147483647 is expected
            type: mask, columns: {tags: [A]}, mask: {type: k-anonymity, k: 2.5} | 'mask.k' of Policy 'x': an integer is expected, but a number with a fraction was found
            type: mask, columns: {tags: [A]}, mask: {type: randomized-response, epsilon: 1, replacement_rate: 0.1} | only one of epsilon, replacement_rate may stand in 'mask' of Policy 'x', but epsilon and replacement_rate stand there
            type: mask, columns: {tags: [A]}, mask: {type: randomized-response, replacement_rate: 0} | 'mask.replacement_rate' of Policy 'x': a number above 0 is expected
            type: mask, columns: {tags: [A]}, mask: {type: hash}, priority: 3000000000 | 'priority' of Policy 'x': an integer from -2147483648 to 2147483647 is expected
            type: reveal, columns: {tags: [A]} | missing key 'to' in Policy 'x'
            type: unmask, columns: {tags: [A]}, to: {attribute: a} | missing key 'attribute_matches_tag' in 'to' of Policy 'x'
            type: impersonation, who: a, as: {} | 'as' of Policy 'x': users or groups are expected, but there are none
            """)
    void testPolicies(String keys, String message) {
        BundleException exception = exception("{kind: Policy, name: x, %s}".formatted(keys));
        assertThat(exception.errors().getFirst().message()).isEqualTo(message);
        assertThat(exception.errors().getFirst().position()).isPresent();
    }

    @Test
    void testSameObjectTwice() {
        assertErrors("""
                {kind: DataSource, name: lake.Shop}
                ---
                {kind: DataSource, name: Lake.shop}
                ---
                {kind: Tag, name: lake}
                """, "line 3, column 1: DataSource 'lake.shop' stands twice in the bundle, first at line 1, column 1");
    }

    @Test
    void testLongNames() {
        String name = "n".repeat(1_000);
        assertThat(reader.read("kind: Group\nname: " + name).getFirst().object().name()).isEqualTo(name);
        assertErrors("kind: Group\nname: %sn".formatted(name),
                "line 2, column 7: 'name' of Group '%s...': the name is longer than 1000 bytes in UTF-8".formatted("n".repeat(60)));
        assertErrors("kind: Group\nname: %s".formatted("漢".repeat(334)),
                "line 2, column 7: 'name' of Group '%s...': the name is longer than 1000 bytes in UTF-8".formatted("漢".repeat(60)));
    }

    @Test
    void testStoredDocument() {
        assertThatThrownBy(() -> reader.readStored("{\"kind\":")).isInstanceOf(BundleException.class)
                .hasMessage("a stored document is no valid JSON: restore the store");
        assertThatThrownBy(() -> reader.readStored("")).isInstanceOf(BundleException.class)
                .hasMessage("a stored document is 0 JSON values instead of one: restore the store");
        assertThatThrownBy(() -> reader.readStored("{\"kind\":\"Tag\",\"name\":\"A\",\"name\":\"B\"}"))
                .isInstanceOf(BundleException.class);
        assertThatThrownBy(() -> reader.readStored("{\"kind\":\"Tag\",\"name\":\"A\",\"x\":1}")).isInstanceOf(BundleException.class)
                .hasMessage("unknown key 'x' in Tag 'A'");
    }

    private void assertErrors(String bundle, String message) {
        assertThat(exception(bundle)).hasMessage(message);
    }

    private void assertFirstError(String bundle, String message) {
        assertThat(exception(bundle).errors().getFirst()).hasToString(message);
    }

    private BundleException exception(String bundle) {
        BundleException exception = catchThrowableOfType(BundleException.class, () -> reader.read(bundle));
        assertThat(exception).as("the bundle is accepted: %s", bundle).isNotNull();
        return exception;
    }
}
