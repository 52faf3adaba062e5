package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.Node;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.bundle.Wording;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A part of a foreign text. What is not as it must be is an error with its place, since a rule that is half understood is worth nothing.
///
/// @param name how messages call it
record Element(Node node, String name) {
    private static final Position START = new Position(1, 1);

    Element {
        requireNonNull(node, "node is null");
        requireNonNull(name, "name is null");
    }

    Position position() {
        return node.position().orElse(START);
    }

    BundleException error(String message) {
        return new BundleException(node.position(), "%s: %s".formatted(name, message));
    }

    boolean isMapping() {
        return node instanceof Mapping;
    }

    boolean isSequence() {
        return node instanceof Sequence;
    }

    /// @param known the keys that may stand here
    /// @throws BundleException for any other key: it may narrow what the rest says
    Element requireOnly(String... known) {
        Set<String> names = ImmutableSet.copyOf(known);
        for (Node.Entry entry : mapping().entries()) {
            if (!names.contains(entry.key().text())) {
                throw new BundleException(entry.key().position(), "%s: the key %s is not known%s".formatted(name,
                        Wording.quoted(entry.key().text()), Wording.didYouMean(entry.key().text(), names)));
            }
        }
        return this;
    }

    /// The value of a key; empty where it is absent or null.
    Optional<Element> optional(String key) {
        return mapping().entries().stream()
                .filter(entry -> entry.key().text().equals(key))
                .map(entry -> new Element(entry.value(), "'%s'".formatted(key)))
                .filter(element -> !element.isNull())
                .findFirst();
    }

    Element required(String key) {
        return optional(key).orElseThrow(() -> error("the key '%s' is missing".formatted(key)));
    }

    /// The values of a mapping, each with its key as name.
    List<Element> members() {
        return mapping().entries().stream().map(entry -> new Element(entry.value(), entry.key().text())).collect(toImmutableList());
    }

    List<Element> items() {
        if (node instanceof Sequence sequence) {
            return sequence.items().stream().map(item -> new Element(item, "an item of " + name)).collect(toImmutableList());
        }
        throw error("a list is expected");
    }

    /// The items of an optional list.
    List<Element> itemsOf(String key) {
        return optional(key).map(Element::items).orElse(List.of());
    }

    List<String> texts() {
        return items().stream().map(Element::text).collect(toImmutableList());
    }

    String text() {
        if (node instanceof Scalar scalar && scalar.type() == Node.Type.STRING) {
            return scalar.text();
        }
        throw error("a text is expected");
    }

    /// A text, or a number or boolean as it is written.
    String data() {
        if (node instanceof Scalar scalar && scalar.type() != Node.Type.NULL) {
            return scalar.text();
        }
        throw error("a text or a number is expected");
    }

    boolean bool() {
        if (node instanceof Scalar scalar && scalar.type() == Node.Type.BOOLEAN) {
            return scalar.text().toLowerCase(Locale.ENGLISH).equals("true");
        }
        throw error("true or false is expected");
    }

    boolean isText() {
        return node instanceof Scalar scalar && scalar.type() == Node.Type.STRING;
    }

    boolean isEmpty() {
        return switch (node) {
            case Mapping mapping -> mapping.entries().isEmpty();
            case Sequence sequence -> sequence.items().isEmpty();
            case Scalar scalar -> scalar.text().isEmpty() || scalar.type() == Node.Type.NULL;
        };
    }

    private boolean isNull() {
        return node instanceof Scalar scalar && scalar.type() == Node.Type.NULL;
    }

    private Mapping mapping() {
        if (node instanceof Mapping mapping) {
            return mapping;
        }
        throw error("an object is expected");
    }
}
