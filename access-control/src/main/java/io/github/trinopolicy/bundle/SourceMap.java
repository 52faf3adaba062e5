package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.Optional;

/// Where the parts of a document stand in the text of its bundle.
///
/// A path names a part as the canonical form of the document would: keys with dots between them and indexes from 0, such as
/// `grant.to`, `rules[1].mask.pattern`, `attributes.region[0]`. A key with other characters than letters, digits, `_`, `$`, `-` stands
/// in double quotes, as [ObjectName#quoteWhereNeeded] writes it. The short forms of the format are followed: `rules[0].mask` finds
/// `mask` where that stands for the only rule, and index 0 finds a single value that stands for a list.
public final class SourceMap {
    private final Node document;

    SourceMap(Node document) {
        this.document = requireNonNull(document, "document is null");
    }

    /// The position of the value at `path`; a text's is that of its first character. Where nothing is written at `path`, the position
    /// of the innermost part that is; empty when the document was not read from a bundle.
    public Optional<Position> position(String path) {
        return find(path).position();
    }

    /// The position of a character of the text at `path`. Exact where the text is written without escapes, on one line or as literal
    /// block; else the position of the text.
    ///
    /// @param line within the text, from 1
    /// @param column within the line, from 1, in code points
    public Optional<Position> position(String path, int line, int column) {
        Node node = find(path);
        if (node instanceof Scalar scalar && scalar.verbatim()) {
            return scalar.position().map(start -> new Position(start.line() + line - 1, start.column() + column - 1));
        }
        return node.position();
    }

    private Node find(String path) {
        Node node = document;
        List<String> steps = DocumentPath.parse(path);
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            Optional<Node> next = step.startsWith("[") ? item(node, step) : key(node, step);
            boolean shortRules = next.isEmpty() && i == 0 && step.equals("rules");
            if (next.isEmpty() && !shortRules) {
                return node;
            }
            node = next.orElse(node);
        }
        return node;
    }

    private static Optional<Node> item(Node node, String step) {
        int index = Integer.parseInt(step.substring(1, step.length() - 1));
        if (node instanceof Sequence sequence) {
            return index < sequence.items().size() ? Optional.of(sequence.items().get(index)) : Optional.empty();
        }
        return index == 0 ? Optional.of(node) : Optional.empty();
    }

    private static Optional<Node> key(Node node, String step) {
        if (!(node instanceof Mapping mapping)) {
            return Optional.empty();
        }
        String key = step.startsWith("\"") ? ObjectName.parseParts(step).getFirst() : step;
        return mapping.entries().stream().filter(entry -> entry.key().text().equals(key)).map(Node.Entry::value).findFirst();
    }
}
