package io.github.trinopolicy.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TestSourceMap {
    private final BundleReader reader = new BundleReader();

    @Test
    void testPositionsOfTexts() {
        SourceMap source = source("""
                kind: Policy
                name: plain
                type: row-filter
                applies_to: {tags: [A, 'B']}
                where: amount < 1000
                exempt: "in_any_group('x')"
                """);
        assertThat(source.position("name")).contains(new Position(2, 7));
        assertThat(source.position("where")).contains(new Position(5, 8));
        assertThat(source.position("where", 1, 8)).contains(new Position(5, 15));
        assertThat(source.position("exempt")).contains(new Position(6, 10));
        assertThat(source.position("exempt", 1, 14)).contains(new Position(6, 23));
        assertThat(source.position("applies_to.tags[0]")).contains(new Position(4, 21));
        assertThat(source.position("applies_to.tags[1]")).contains(new Position(4, 25));
        assertThat(source.position("")).contains(new Position(1, 1));
    }

    @Test
    void testBlockScalars() {
        SourceMap source = source("""
                kind: Policy
                name: blocks
                type: mask
                columns: {tags: [A]}
                rules:
                  - for: |  # why

                      a = 1

                        AND b = 2
                    mask: {type: hash}
                  - for: |2-
                         x
                       y
                    mask:
                      type: custom
                      expression: >-
                        folded
                        text
                condition: |
                    last = 1
                    AND 😀 = 2
                """);
        // the empty line belongs to the text
        assertThat(source.position("rules[0].for")).contains(new Position(8, 7));
        assertThat(source.position("rules[1].for")).contains(new Position(13, 7));
        assertThat(source.position("rules[1].for", 2, 2)).contains(new Position(14, 8));
        assertThat(source.position("rules[1].mask.expression")).contains(new Position(18, 9));
        assertThat(source.position("rules[1].mask.expression", 1, 10)).contains(new Position(18, 9));
        assertThat(source.position("condition")).contains(new Position(21, 5));
        assertThat(source.position("condition", 2, 7)).contains(new Position(22, 11));
    }

    @Test
    void testTextWithEscapesHasOnePosition() {
        SourceMap source = source("{kind: Policy, name: a, type: access, applies_to: {all: true}, guardrail: 'x = ''y'' AND'}");
        assertThat(source.position("guardrail", 1, 12)).contains(new Position(1, 76));
    }

    @Test
    void testShortForms() {
        SourceMap source = source("""
                kind: Policy
                name: a
                type: mask
                columns: {tags: [A]}
                mask: {type: custom, expression: f(x)}
                """);
        assertThat(source.position("rules[0].mask.expression")).contains(new Position(5, 34));
        assertThat(source.position("rules[0].for")).contains(new Position(1, 1));
        assertThat(source("{kind: Group, name: g, attributes: {a: b}}").position("attributes.a[0].value")).contains(new Position(1, 40));
    }

    @Test
    void testAbsentPartHasPositionOfWhatSurroundsIt() {
        SourceMap source = source("{kind: Policy, name: a, type: access, applies_to: {all: true}, guardrail: g}");
        assertThat(source.position("applies_to.tags[3]")).contains(new Position(1, 51));
        assertThat(source.position("nothing")).contains(new Position(1, 1));
    }

    @Test
    void testKeysInQuotes() {
        SourceMap source = source("{kind: DataSource, name: a.b.c, columns: {'x.\"y': {tags: [T]}}}");
        assertThat(source.position("columns.\"x.\"\"y\".tags[0]")).contains(new Position(1, 59));
        assertThatThrownBy(() -> source.position("columns.\"x")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a path within a document: columns.\"x");
    }

    private SourceMap source(String bundle) {
        return reader.read(bundle).getFirst().source();
    }
}
