package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// A document as a tree, before anything is known of its meaning. The position is absent in trees that were not read from a bundle.
public sealed interface Node {
    Optional<Position> position();

    /// @param text as written, without quotes and escapes: `1.0` stays `1.0`
    /// @param type what YAML's core schema makes of the text; whatever is quoted is a `STRING`
    /// @param position of the first character of the text
    /// @param verbatim whether the text stands in the bundle character by character from `position` on, each further line at the
    ///         same column, so that a place within the text is a place in the bundle
    record Scalar(String text, Type type, Optional<Position> position, boolean verbatim) implements Node {
        public Scalar {
            requireNonNull(text, "text is null");
            requireNonNull(type, "type is null");
            requireNonNull(position, "position is null");
        }

        static Scalar of(String text, Type type) {
            return new Scalar(text, type, Optional.empty(), false);
        }

        static Scalar string(String text) {
            return of(text, Type.STRING);
        }
    }

    enum Type {
        STRING,
        INTEGER,
        FLOAT,
        BOOLEAN,
        NULL,
    }

    /// @param entries in the order of the document; no key twice
    record Mapping(List<Entry> entries, Optional<Position> position) implements Node {
        public Mapping {
            entries = ImmutableList.copyOf(entries);
            requireNonNull(position, "position is null");
        }

        Optional<Node> get(String key) {
            for (Entry entry : entries) {
                if (entry.key().text().equals(key)) {
                    return Optional.of(entry.value());
                }
            }
            return Optional.empty();
        }
    }

    record Entry(Scalar key, Node value) {
        public Entry {
            requireNonNull(key, "key is null");
            requireNonNull(value, "value is null");
        }
    }

    record Sequence(List<Node> items, Optional<Position> position) implements Node {
        public Sequence {
            items = ImmutableList.copyOf(items);
            requireNonNull(position, "position is null");
        }
    }
}
