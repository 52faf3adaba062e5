package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.util.List;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Writes a tree as YAML that people like to read: blocks for what is large, `{..}` and `[..]` for what is small.
final class YamlWriter {
    private static final int MAX_FLOW_LENGTH = 100;

    private YamlWriter() {
    }

    /// One document, without `---`, ending with a line break.
    static String write(Node node) {
        DumpSettings settings = DumpSettings.builder().setSchema(new CoreSchema()).setSplitLines(false).setWidth(Integer.MAX_VALUE)
                .setIndent(2).setIndicatorIndent(2).setIndentWithIndicator(true).build();
        return new Present(settings).emitToString(new Serialize(settings).serializeOne(yaml(node, true)).iterator());
    }

    private static org.snakeyaml.engine.v2.nodes.Node yaml(Node node, boolean root) {
        FlowStyle style = root || length(node) > MAX_FLOW_LENGTH ? FlowStyle.BLOCK : FlowStyle.FLOW;
        return switch (node) {
            case Scalar scalar -> scalar(scalar);
            case Mapping mapping -> {
                List<NodeTuple> tuples = mapping.entries().stream()
                        .map(entry -> new NodeTuple(scalar(entry.key()), yaml(entry.value(), false)))
                        .collect(ImmutableList.toImmutableList());
                yield new MappingNode(Tag.MAP, tuples, style);
            }
            case Sequence sequence -> {
                List<org.snakeyaml.engine.v2.nodes.Node> items = sequence.items().stream().map(item -> yaml(item, false))
                        .collect(ImmutableList.toImmutableList());
                yield new SequenceNode(Tag.SEQ, items, style);
            }
        };
    }

    /// About the length on one line; a text of several lines does not fit on one.
    private static int length(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.text().indexOf('\n') >= 0 ? MAX_FLOW_LENGTH + 1 : scalar.text().length();
            case Mapping mapping -> mapping.entries().stream().mapToInt(entry -> length(entry.key()) + length(entry.value()) + 4).sum();
            case Sequence sequence -> sequence.items().stream().mapToInt(item -> length(item) + 2).sum();
        };
    }

    private static org.snakeyaml.engine.v2.nodes.Node scalar(Scalar scalar) {
        return new ScalarNode(tag(scalar.type()), scalar.text(), style(scalar));
    }

    private static ScalarStyle style(Scalar scalar) {
        if (scalar.type() != Node.Type.STRING) {
            return ScalarStyle.PLAIN;
        }
        if (scalar.text().chars().anyMatch(YamlWriter::needsEscape)) {
            return ScalarStyle.DOUBLE_QUOTED;
        }
        // the emitter turns to quotes where the text does not allow the wanted style
        return scalar.text().indexOf('\n') >= 0 ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
    }

    /// Characters which parsers, editors or version control may change when they stand there unescaped.
    private static boolean needsEscape(int c) {
        return c != '\n' && !Character.isSurrogate((char) c) && CharacterRules.isInvisible(c);
    }

    private static Tag tag(Node.Type type) {
        return switch (type) {
            case STRING -> Tag.STR;
            case INTEGER -> Tag.INT;
            case FLOAT -> Tag.FLOAT;
            case BOOLEAN -> Tag.BOOL;
            case NULL -> Tag.NULL;
        };
    }
}
