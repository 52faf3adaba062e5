package io.github.trinopolicy.bundle;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Mask.Constant;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestHostileBundles {
    private final BundleReader reader = new BundleReader();

    @Test
    void testBillionLaughs() {
        assertRefused("""
                a: &a [lol, lol]
                b: &b [*a, *a]
                c: &c [*b, *b]
                """, "line 1, column 4: anchors (&name) may not stand in a bundle: remove it");
        assertRefused("kind: Tag\nname: *a\n", "line 2, column 7: aliases (*name) may not stand in a bundle: repeat the value");
    }

    @Test
    void testTags() {
        String message = "tags of YAML (!name) may not stand in a bundle: remove it, and quote what shall be a text";
        assertRefused("kind: Tag\nname: !!java.net.URLClassLoader [http://example.com]\n", "line 2, column 7: " + message);
        assertRefused("kind: Tag\nname: !!str 7\n", "line 2, column 7: " + message);
        assertRefused("!!set {a, b}\n", "line 1, column 1: " + message);
        assertRefused("kind: Tag\nname: ! A\n", "line 2, column 7: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "{\"a\":"})
    void testDeepNesting(String opening) {
        assertThatThrownBy(() -> reader.read(opening.repeat(100_000))).isInstanceOf(BundleException.class)
                .hasMessageContaining("a bundle may not be nested deeper than 32 levels");
    }

    @Test
    void testDeepStoredDocument() {
        assertThatThrownBy(() -> reader.readStored("{\"a\":".repeat(100_000))).isInstanceOf(BundleException.class)
                .hasMessage("a stored document is no valid JSON: restore the store");
    }

    @Test
    void testTooLarge() {
        assertRefused(" ".repeat(BundleReader.MAX_LENGTH + 1),
                "the bundle has 67108865 characters, more than the limit of 67108864: divide it");
    }

    @Test
    void testBrokenYaml() {
        assertRefused("kind: Tag\n\tname: A\n",
                "line 2, column 1: this is no valid YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)");
        assertRefused("kind: [a\n---\n", "line 2, column 1: this is no valid YAML: expected ',' or ']', but got <document start>");
        assertRefused("kind: 'a\n", "line 2, column 1: this is no valid YAML: found unexpected end of stream");
        assertRefused("kind: \"\\q\"\n", "line 1, column 9: this is no valid YAML: found unknown escape character q(113)");
        assertRefused("a: b: c\n", "line 1, column 5: this is no valid YAML: mapping values are not allowed here");
        assertRefused("{\"kind\": \"Tag\", \"name\" \"A\"}",
                "line 1, column 24: this is no valid YAML: expected ',' or '}', but got <scalar>");
    }

    @Test
    void testErrorsBeforeBrokenYamlAreKept() {
        assertRefused("{kind: Tag, name: A, x: 1}\n---\n'a", """
                line 1, column 22: unknown key 'x' in Tag 'A'
                line 3, column 3: this is no valid YAML: found unexpected end of stream""");
    }

    @Test
    void testCharacters() {
        assertRefused("kind: Tag\nname: \ud800A\n", "line 2, column 7: the character U+D800 is no valid text: save the bundle in UTF-8");
        assertRefused("kind: Tag\nname: 😀\udc00\n", "line 2, column 8: the character U+DC00 is no valid text: save the bundle in UTF-8");
        assertRefused("kind: Tag\nname: \0\n", "line 2, column 7: the character U+0000 is no valid text: save the bundle in UTF-8");
        assertRefused("{\"kind\": \"Group\", \"name\": \"\\ud800\"}",
                "line 1, column 28: 'name' of Group '\\u{d800}': the character U+D800 cannot be stored: remove it");
        assertThatThrownBy(() -> reader.read("kind: Tag\nname: \u0007\n")).isInstanceOf(BundleException.class);
    }

    @Test
    void testByteOrderMarkAndLineEnds() {
        List<BundleDocument> documents = reader.read("\uFEFFkind: Group\r\nname: a\r\ndescription: |\r\n  x\r\n  y\r\n");
        assertThat(documents.getFirst().position()).contains(new Position(1, 1));
        assertThat(documents.getFirst().object().description()).contains("x\ny\n");
        assertRefused("\uFEFFkind: Group\r\nname: 7\r\n",
                "line 2, column 7: 'name' of Group '7': a text is expected: put it in quotes, but a number was found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'; DROP TABLE policy; --", "Robert\"); DELETE FROM users", "O'Brien", "\"quoted\"", "a\\b", "${ENV:PASSWORD}",
            "%s",
            "{0}", "名前", "עברית", "😀", "null", "a: b # c"})
    void testStrangeNamesAreKept(String name) {
        Group group = new Group(name, Optional.of(name), Map.of());
        DocumentWriter writer = new DocumentWriter();
        assertThat(reader.read(writer.toYaml(group)).getFirst().object()).isEqualTo(group);
        assertThat(reader.readStored(writer.toJson(group))).isEqualTo(group);
    }

    @Test
    void testEmptyTextsThatHaveAMeaningAreKept() {
        Policy policy = (Policy) reader
                .read("{kind: Policy, name: a, type: mask, columns: {tags: [A]}, mask: {type: constant, value: ''}, description: ''}")
                .getFirst()
                .object();
        assertThat(((Masking) policy.body()).rules().getFirst().mask()).isEqualTo(new Constant(""));
        assertThat(policy.description()).contains("");
    }

    @Test
    void testLargeBundles() {
        String yaml = IntStream.range(0, 50_000).mapToObj(i -> """
                ---
                kind: User
                name: user%1$s
                groups: [analysts, group%1$s]
                attributes:
                  region: [EUROPE, AFRICA]
                  clearance: {value: internal, expires: 2027-01-01T00:00:00Z}
                """.formatted(i)).collect(joining());
        assertThat(yaml).hasSizeGreaterThan(5_000_000);
        List<BundleDocument> documents = reader.read(yaml);
        assertThat(documents).hasSize(50_000);

        DocumentWriter writer = new DocumentWriter();
        List<String> stored = documents.stream().map(document -> writer.toJson(document.object())).toList();
        assertThat(stored.stream().map(reader::readStored))
                .containsExactlyElementsOf(documents.stream().map(BundleDocument::object).toList());
        // one line of JSON: no position may cost the length of its line
        List<BundleDocument> again = reader.read(String.join(" ", stored));
        assertThat(again).hasSize(50_000);
        assertThat(((User) again.getLast().object()).name()).isEqualTo("user49999");
    }

    @Test
    void testLargeFlowDocument() {
        String values = IntStream.range(0, 300_000).mapToObj(i -> "'value 😀 %s'".formatted(i)).collect(joining(", "));
        assertThat(reader.read("{kind: Attribute, name: a, values: [%s]}".formatted(values))).hasSize(1);
    }

    private void assertRefused(String bundle, String message) {
        assertThatThrownBy(() -> reader.read(bundle)).isInstanceOf(BundleException.class).hasMessage(message);
    }
}
