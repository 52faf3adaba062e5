package io.github.trinopolicy.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.PolicyObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestDocumentWriter {
    private final BundleReader reader = new BundleReader();
    private final DocumentWriter writer = new DocumentWriter();

    @ParameterizedTest
    @EnumSource(Kind.class)
    void testRandomObjectsSurvive(Kind kind) {
        long firstSeed = new Random().nextLong();
        for (long seed = firstSeed; seed < firstSeed + 400; seed++) {
            PolicyObject object = new RandomObjects(seed).next(kind);
            assertSurvives(object, "seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TestingBundles.EXAMPLE, TestingBundles.VARIANTS})
    void testBundlesSurvive(String bundle) {
        for (BundleDocument document : reader.read(bundle)) {
            assertSurvives(document.object(), document.object().name());
        }
    }

    private void assertSurvives(PolicyObject object, String description) {
        String yaml = writer.toYaml(object);
        String json = writer.toJson(object);
        List<BundleDocument> documents = reader.read(yaml);
        assertThat(documents).as(description).hasSize(1);
        assertThat(documents.getFirst().object()).as("%s%n%s", description, yaml).isEqualTo(object);
        assertThat(reader.readStored(json)).as("%s%n%s", description, json).isEqualTo(object);
        assertThat(reader.read(json).getFirst().object()).as("%s%n%s", description, json).isEqualTo(object);
        assertThat(writer.toYaml(documents.getFirst().object())).as(description).isEqualTo(yaml);
        assertThat(writer.toJson(documents.getFirst().object())).as(description).isEqualTo(json).doesNotContain("\n");
    }

    @Test
    void testCanonicalYaml() {
        assertThat(canonicalYaml("""
                type: mask
                priority: 3
                exempt: |
                  in_any_group('a')
                  OR in_any_group('b')
                columns: {not: {tags: [Y]}, tags: [B, A]}
                rules:
                  - mask: {no_match: null, replacement: '', pattern: a, type: regex}
                    for: "f('x') -- no # comment: here"
                  - mask: {type: null}
                state: active
                name: 'null'
                kind: Policy
                take_over: true
                api_version: policy/v1
                """)).isEqualTo("""
                kind: Policy
                name: 'null'
                type: mask
                columns: {tags: [A, B], not: {tags: [Y]}}
                rules:
                  - {for: 'f(''x'') -- no # comment: here', mask: {type: regex, pattern: a, replacement: ''}}
                  - {mask: {type: 'null'}}
                exempt: |
                  in_any_group('a')
                  OR in_any_group('b')
                priority: 3
                """);
    }

    @Test
    void testCanonicalYamlOfUser() {
        assertThat(canonicalYaml("""
                {kind: User, name: alice, groups: [b, {name: a, expires: '2027-01-01T01:00:00+01:00'}], attributes: {z: 1.0, y: [true, no]}}
                """)).isEqualTo("""
                kind: User
                name: alice
                groups: [{name: a, expires: '2027-01-01T00:00:00Z'}, b]
                attributes: {y: [no, 'true'], z: ['1.0']}
                """);
    }

    @Test
    void testCanonicalJson() {
        PolicyObject object = reader
                .read("{kind: Policy, name: 'a\"b', type: mask, columns: {tags: [A]}, mask: {type: rounding, bucket: 0.50}}")
                .getFirst().object();
        assertThat(writer.toJson(object)).isEqualTo("""
                {"kind":"Policy","name":"a\\"b","type":"mask","columns":{"tags":["A"]},"mask":{"type":"rounding","bucket":0.50}}""");
    }

    @Test
    void testIntervalThatTheFormatCannotSay() {
        AttributeSource source = new AttributeSource("s", Optional.empty(), "SELECT 1", "a", Duration.ofMillis(500));
        assertThatThrownBy(() -> writer.write(source)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PT0.5S is no whole number of seconds above 0");
    }

    private String canonicalYaml(String bundle) {
        return writer.toYaml(reader.read(bundle).getFirst().object());
    }
}
