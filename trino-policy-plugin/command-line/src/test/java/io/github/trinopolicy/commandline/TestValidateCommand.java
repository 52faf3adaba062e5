package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy validate` knows what can be known without a server.
class TestValidateCommand {
    private static final String BUNDLE = """
            kind: Group
            name: analysts
            ---
            kind: Policy
            name: read
            type: access
            applies_to: {tags: [Shop]}
            grant: {level: read, to: "in_any_group('analists')"}
            ---
            kind: Policy
            name: own
            type: row-filter
            applies_to: {data_sources: [lake.shop]}
            where: "total < 10 OR has_attribute('limit', 'none')"
            """;

    private static Result validate(String bundle, String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "validate";
        System.arraycopy(options, 0, arguments, 1, options.length);
        arguments[arguments.length - 1] = "-";
        return new TestingProgram((_, _) -> {
            throw new AssertionError("validate needs no server");
        }).in(bundle).run(arguments);
    }

    @Test
    void testSamplesAreComplete() {
        Result result = new TestingProgram().run("validate", "--complete", Path.of("..", "..", "etc", "policies").toString());
        assertThat(result.err()).isEqualTo("23 documents, nothing wrong\n");
        assertThat(result.exitCode()).isEqualTo(0);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void testUndeclaredNamesAreNotes() {
        Result result = validate(BUNDLE);
        assertThat(result.exitCode()).isEqualTo(0);
        assertThat(result.err()).isEqualTo(
                """
                        (standard input):7:20: note: Policy 'read': tag 'Shop' is not declared; add a document of kind Tag
                        (standard input):8:27: note: Policy 'read': group 'analists' is not declared (did you mean 'analysts'?); add a document of kind \
                        Group
                        (standard input):13:28: note: Policy 'own': 'lake.shop' is not registered; add a document of kind DataSource
                        (standard input):14:9: note: Policy 'own': attribute 'limit' is not declared; add a document of kind Attribute
                        3 documents, nothing wrong
                        """);
    }

    @Test
    void testUndeclaredNamesAreErrorsWhereTheFilesAreComplete() {
        Result result = validate(BUNDLE, "--complete");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(4).noneMatch(line -> line.contains("note"))
                .contains("(standard input):7:20: Policy 'read': tag 'Shop' is not declared; add a document of kind Tag");
    }

    @Test
    void testPolicyTexts() {
        assertThat(validate("""
                kind: Policy
                name: p
                type: mask
                columns: {pattern: '(', names: [lake.shop.t.c]}
                condition: "a = (SELECT 1)"
                exempt: "tottal > 1"
                rules:
                  - {for: "in_any_group(", mask: {type: 'null'}}
                  - {mask: {type: custom, expression: "random()"}}
                """).err().lines().filter(line -> !line.contains("note"))).satisfiesExactly(
                line -> assertThat(line).startsWith("(standard input):6:10: Policy 'p': "),
                line -> assertThat(line).startsWith("(standard input):4:21: Policy 'p': the pattern is no regular expression: "),
                line -> assertThat(line).startsWith("(standard input):5:").contains("a subquery is not allowed in a policy"),
                line -> assertThat(line).startsWith("(standard input):8:"),
                line -> assertThat(line).startsWith("(standard input):9:"));
    }

    @Test
    void testEveryKindIsChecked() {
        assertThat(validate("""
                kind: User
                name: u
                groups: [g1]
                attributes: {a1: [x]}
                ---
                kind: Project
                name: p
                owners: {groups: [g2]}
                members: {users: [u], groups: [g3]}
                purposes: [P1]
                data_sources: [c.s.t]
                ---
                kind: AttributeSource
                name: s
                query: SELECT 1, 2
                attribute: a2
                interval: 10m
                ---
                kind: Classifier
                name: c
                tag: T1
                pattern: '['
                ---
                kind: DataSource
                name: c.s.t
                owners: {groups: [g4]}
                tags: [T2]
                columns: {x: {tags: [T3]}}
                ---
                kind: Policy
                name: i
                type: impersonation
                who: "in_any_group('g5')"
                as: {groups: [g6]}
                ---
                kind: Policy
                name: r
                type: reveal
                columns: {tags: [T4], in: [other], not: {tags: [T5]}}
                to: {attribute_matches_tag: a3}
                ---
                kind: Policy
                name: w
                type: row-filter
                applies_to: {all: true}
                purposes: [P2]
                ---
                kind: Policy
                name: m
                type: row-filter
                applies_to: {all: true}
                matches: {attribute: a4, column: {tag: T6}}
                """, "--complete").err())
                .contains("'g1'", "'g2'", "'g3'", "'g4'", "'g5'", "'g6'", "'a1'", "'a2'", "'a3'", "'a4'", "'P1'", "'P2'",
                        "'T1'", "'T2'", "'T3'", "'T4'", "'T5'", "'T6'", "'other' is not registered", "no regular expression")
                .doesNotContain("'c.s.t' is not registered");
    }

    @Test
    void testQueriesOfAttributeSources() {
        assertThat(validate("""
                kind: AttributeSource
                name: s
                query: "DELETE FROM lake.hr.t"
                attribute: region
                interval: 1s
                """).err().lines().filter(line -> !line.contains("note"))).satisfiesExactly(
                line -> assertThat(line).startsWith("(standard input):3:").endsWith(
                        "AttributeSource 's': an attribute source is one SELECT query, and changes nothing"),
                line -> assertThat(line).startsWith("(standard input):5:11: ").endsWith(
                        "AttributeSource 's': an attribute source is read every 10s at most and every 30d at least"));
    }

    @Test
    void testValuesOfClosedLists() {
        assertThat(validate("""
                kind: Attribute
                name: region
                values: [EUROPE, ASIA]
                ---
                kind: User
                name: u
                attributes: {region: [EUROP]}
                """).err()).contains("'EUROP' is no value of attribute 'region' (did you mean 'EUROPE'?)");
    }

    @Test
    void testInvisibleCharactersAreSpelledOut(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("a\u001B[2J.yaml"), "kind: Nothing");
        assertThat(new TestingProgram().run("validate", file.toString()).err()).contains("a\\u{1b}[2J.yaml:1:7: ").doesNotContain("\u001B");
    }
}
