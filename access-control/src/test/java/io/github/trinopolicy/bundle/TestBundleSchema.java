package io.github.trinopolicy.bundle;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.github.trinopolicy.model.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/bundle.schema.json` and the parser accept the same documents.
final class TestBundleSchema {
    private static final int MUTATIONS = 500;

    /// Rules of the parser that a schema cannot express. The schema may accept what breaks these alone; it may never refuse what the
    /// parser accepts.
    private static final List<Pattern> BEYOND_THE_SCHEMA = Stream.of(
            // names are equal without regard to case, values without regard to their expiry or quotes
            ".* it stands in the list already: remove it",
            ".* the key '.*' stands twice",
            // the grammar of quoted names
            ".* has an empty part",
            ".* must stand in double quotes",
            ".* a dot is missing at character [0-9]+",
            ".* a double quote is not closed",
            ".* is no name of a catalog, schema or table: it has [0-9]+ parts",
            ".* is no name of a column: catalog.schema.table.column is expected",
            ".* a field cannot be named .*",
            // depends on the number of parts of the name
            "key '.*' in .*: only a table has columns, .*",
            // a schema counts characters, not bytes
            ".* the name is longer than 1000 bytes in UTF-8",
            // the calendar
            ".* a time such as 2027-01-01T00:00:00Z is expected, not '[0-9]{4}-.*'")
            .map(Pattern::compile).collect(toImmutableList());

    private final BundleReader reader = new BundleReader();
    private final JsonSchema schema = readSchema();

    private static JsonSchema readSchema() {
        try {
            return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                    .getSchema(Files.readString(Path.of("..", "docs", "bundle.schema.json")));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void testDocumentsOfTheTests() {
        assertThat(documents()).hasSizeGreaterThan(35).allSatisfy(this::assertAgreement)
                .allSatisfy(document -> assertThat(errors(document)).as(document).isEmpty());
    }

    @Test
    void testRandomDocuments() {
        long seed = new Random().nextLong();
        RandomObjects objects = new RandomObjects(seed);
        DocumentWriter writer = new DocumentWriter();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < 30; i++) {
                String document = writer.toJson(objects.next(kind));
                assertThat(schemaErrors(document)).as("seed %s: %s", seed, document).isEmpty();
            }
        }
    }

    @Test
    void testMutations() {
        long seed = new Random().nextLong();
        Mutation mutation = new Mutation(new Random(seed));
        List<Node> nodes = nodes();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String document = JsonWriter.write(mutation.of(nodes.get(i % nodes.size())));
            assertAgreement(document);
            if (!errors(document).isEmpty()) {
                refused++;
            }
        }
        // else the mutations would show nothing
        assertThat(refused).as("seed %s", seed).isBetween(MUTATIONS / 2, MUTATIONS - 1);
    }

    private void assertAgreement(String document) {
        List<BundleError> errors = errors(document);
        Set<ValidationMessage> schemaErrors = schemaErrors(document);
        if (errors.isEmpty()) {
            assertThat(schemaErrors).as("the schema alone refuses %s", document).isEmpty();
        }
        else if (schemaErrors.isEmpty()) {
            assertThat(errors).as("the parser alone refuses %s", document)
                    .allMatch(error -> BEYOND_THE_SCHEMA.stream().anyMatch(rule -> rule.matcher(error.message()).matches()));
        }
    }

    private Set<ValidationMessage> schemaErrors(String document) {
        return schema.validate(document, InputFormat.JSON);
    }

    private List<BundleError> errors(String document) {
        try {
            reader.read(document);
            return ImmutableList.of();
        }
        catch (BundleException e) {
            return e.errors();
        }
    }

    private static List<String> documents() {
        return nodes().stream().map(JsonWriter::write).toList();
    }

    private static List<Node> nodes() {
        BundleErrors errors = new BundleErrors();
        List<Node> nodes = new ArrayList<>();
        new YamlReader(TestingBundles.EXAMPLE, errors).read(nodes::add);
        // JSON has no numbers with leading zeros
        new YamlReader(TestingBundles.VARIANTS.replace("007", "7"), errors).read(nodes::add);
        errors.throwIfAny();
        return nodes;
    }

    /// Makes one change somewhere in a document.
    private static final class Mutation {
        private static final List<Node> VALUES = ImmutableList.of(Node.Scalar.string("other"), Node.Scalar.string(""),
                Node.Scalar.string(" "), Node.Scalar.string("null"), Node.Scalar.string("PII.Phone"), Node.Scalar.string("10d"),
                Node.Scalar.of("7", Node.Type.INTEGER), Node.Scalar.of("0", Node.Type.INTEGER), Node.Scalar.of("-1", Node.Type.INTEGER),
                Node.Scalar.of("0.5", Node.Type.FLOAT), Node.Scalar.of("true", Node.Type.BOOLEAN),
                Node.Scalar.of("false", Node.Type.BOOLEAN), Node.Scalar.of("null", Node.Type.NULL),
                new Node.Mapping(ImmutableList.of(), Optional.empty()), new Node.Sequence(ImmutableList.of(), Optional.empty()),
                new Node.Sequence(ImmutableList.of(Node.Scalar.string("A")), Optional.empty()));
        private static final List<String> KEYS = ImmutableList.of("extra", "description", "exempt", "tags", "mask", "to", "state",
                "take_over", "value", "expires", "pattern", "columns", "all");
        private static final List<String> WORDS = ImmutableList.of("access", "row-filter", "mask", "hash", "custom", "null", "active",
                "staged", "read", "own", "Tag", "Group", "Policy", "all", "digits", "keep", "policy/v1");

        private final Random random;
        private int countdown;

        private Mutation(Random random) {
            this.random = random;
        }

        private Node of(Node node) {
            countdown = random.nextInt(size(node));
            return visit(node);
        }

        private static int size(Node node) {
            return 1 + switch (node) {
                case Node.Scalar _ -> 0;
                case Node.Mapping mapping -> mapping.entries().stream().mapToInt(entry -> size(entry.value())).sum();
                case Node.Sequence sequence -> sequence.items().stream().mapToInt(Mutation::size).sum();
            };
        }

        private Node visit(Node node) {
            if (countdown-- == 0) {
                return change(node);
            }
            return switch (node) {
                case Node.Scalar scalar -> scalar;
                case Node.Mapping mapping -> new Node.Mapping(mapping.entries().stream()
                        .map(entry -> new Node.Entry(entry.key(), visit(entry.value()))).collect(toImmutableList()), Optional.empty());
                case Node.Sequence sequence ->
                    new Node.Sequence(sequence.items().stream().map(this::visit).collect(toImmutableList()), Optional.empty());
            };
        }

        private Node change(Node node) {
            if (node instanceof Node.Mapping mapping && !mapping.entries().isEmpty() && random.nextInt(5) > 0) {
                return changeKeys(mapping);
            }
            if (node instanceof Node.Sequence sequence && random.nextInt(3) > 0) {
                List<Node> items = new ArrayList<>(sequence.items());
                items.add(random.nextBoolean() && !items.isEmpty() ? pick(items) : pick(VALUES));
                return new Node.Sequence(items, Optional.empty());
            }
            return random.nextBoolean() ? Node.Scalar.string(pick(WORDS)) : pick(VALUES);
        }

        private Node changeKeys(Node.Mapping mapping) {
            List<Node.Entry> entries = new ArrayList<>(mapping.entries());
            int index = random.nextInt(entries.size());
            switch (random.nextInt(3)) {
                case 0 -> entries.remove(index);
                case 1 -> {
                    Node.Entry entry = entries.get(index);
                    entries.set(index, new Node.Entry(Node.Scalar.string(entry.key().text() + "x"), entry.value()));
                }
                default -> {
                    String key = pick(KEYS);
                    if (mapping.get(key).isEmpty()) {
                        entries.add(index, new Node.Entry(Node.Scalar.string(key), pick(VALUES)));
                    }
                }
            }
            return new Node.Mapping(entries, Optional.empty());
        }

        private <T> T pick(List<T> values) {
            return values.get(random.nextInt(values.size()));
        }
    }
}
