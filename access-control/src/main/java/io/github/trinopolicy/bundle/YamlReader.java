package io.github.trinopolicy.bundle;

import static com.google.common.base.MoreObjects.firstNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.Event.ID;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML 1.2 without what makes YAML dangerous: anchors, aliases and tags are errors, and nesting is limited. It works on the
/// parser's events, so that no object is ever constructed from a tag and no alias is ever expanded.
///
/// One instance reads one text.
final class YamlReader {
    static final int MAX_DEPTH = 32;

    private final TextCursor cursor;
    private final BundleErrors errors;
    private final Iterator<Event> events;

    YamlReader(String text, BundleErrors errors) {
        this.cursor = new TextCursor(text);
        this.errors = errors;
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        this.events = new Parse(settings).parseReader(new WholeCharacterReader(text)).iterator();
    }

    /// Hands over each document that is not empty, as soon as it is read.
    ///
    /// @throws BundleException at the first place that is no YAML or may not stand in a bundle; with the errors found before
    void read(Consumer<Node> documents) {
        try {
            while (events.hasNext()) {
                if (events.next().getEventId() == ID.DocumentStart) {
                    Event first = events.next();
                    Node document = node(first, 1);
                    if (!isEmpty(first)) {
                        documents.accept(document);
                    }
                }
            }
        }
        catch (MarkedYamlEngineException e) {
            Optional<Position> position = e.getProblemMark().or(e::getContextMark).map(this::positionOf);
            errors.add(position, "this is no valid YAML: " + oneLine(firstNonNull(e.getProblem(), e.getContext())));
            throw errors.toException();
        }
        catch (YamlEngineException e) {
            errors.add(Optional.empty(), "this is no valid YAML: " + oneLine(String.valueOf(e.getMessage())));
            throw errors.toException();
        }
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s+", " ");
    }

    private static boolean isEmpty(Event event) {
        return event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty();
    }

    private Node node(Event event, int depth) {
        Optional<Position> position = event.getStartMark().map(this::positionOf);
        if (event instanceof AliasEvent) {
            throw refused(position, "aliases (*name) may not stand in a bundle: repeat the value");
        }
        if (event instanceof NodeEvent anchored && anchored.getAnchor().isPresent()) {
            throw refused(position, "anchors (&name) may not stand in a bundle: remove it");
        }
        if (depth > MAX_DEPTH) {
            throw refused(position, "a bundle may not be nested deeper than %s levels".formatted(MAX_DEPTH));
        }
        return switch (event) {
            case ScalarEvent scalar -> {
                refuseTag(scalar.getTag(), position);
                yield scalar(scalar);
            }
            case CollectionStartEvent collection -> {
                refuseTag(collection.getTag(), position);
                yield collection.getEventId() == ID.MappingStart ? mapping(position, depth) : sequence(position, depth);
            }
            default -> throw new IllegalStateException("unexpected event " + event.getEventId());
        };
    }

    private void refuseTag(Optional<String> tag, Optional<Position> position) {
        if (tag.isPresent()) {
            throw refused(position, "tags of YAML (!name) may not stand in a bundle: remove it, and quote what shall be a text");
        }
    }

    private BundleException refused(Optional<Position> position, String message) {
        errors.add(position, message);
        return errors.toException();
    }

    private Sequence sequence(Optional<Position> position, int depth) {
        ImmutableList.Builder<Node> items = ImmutableList.builder();
        for (Event event = events.next(); event.getEventId() != ID.SequenceEnd; event = events.next()) {
            items.add(node(event, depth + 1));
        }
        return new Sequence(items.build(), position);
    }

    private Mapping mapping(Optional<Position> position, int depth) {
        Map<String, Scalar> seen = new HashMap<>();
        ImmutableList.Builder<Node.Entry> entries = ImmutableList.builder();
        for (Event event = events.next(); event.getEventId() != ID.MappingEnd; event = events.next()) {
            Node key = node(event, depth + 1);
            Node value = node(events.next(), depth + 1);
            if (!(key instanceof Scalar name) || name.type() != Node.Type.STRING) {
                errors.add(key.position(), "a key must be a text: put it in quotes");
                continue;
            }
            Scalar earlier = seen.putIfAbsent(name.text(), name);
            if (earlier == null) {
                entries.add(new Node.Entry(name, value));
            }
            else {
                String place = earlier.position().map(it -> ", first at " + it).orElse("");
                errors.add(name.position(), "the key %s stands twice in one mapping%s".formatted(Wording.quoted(name.text()), place));
            }
        }
        return new Mapping(entries.build(), position);
    }

    private Scalar scalar(ScalarEvent event) {
        String value = event.getValue();
        event.getStartMark().ifPresent(mark -> cursor.moveToIndex(mark.getIndex()));
        ScalarStyle style = event.getScalarStyle();
        if (style == ScalarStyle.SINGLE_QUOTED || style == ScalarStyle.DOUBLE_QUOTED) {
            cursor.moveToOffset(cursor.offset() + 1);
        }
        else if (style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED) {
            cursor.moveToOffset(blockContent(value));
        }
        Node.Type type = event.isPlain() ? CoreSchema.typeOf(value) : Node.Type.STRING;
        return new Scalar(value, type, Optional.of(cursor.position()), cursor.holds(value));
    }

    /// Where the first line of a block scalar that is not empty begins, without its indentation; the cursor stands at the indicator.
    private int blockContent(String value) {
        String text = cursor.text();
        int start = lineEnd(text, cursor.offset());
        while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        // leading blanks that the indentation indicator made part of the value
        int first = 0;
        while (first < value.length() && value.charAt(first) == '\n') {
            first++;
        }
        int blanks = 0;
        while (first + blanks < value.length() && value.charAt(first + blanks) == ' ') {
            blanks++;
        }
        return Math.max(start - blanks, cursor.offset());
    }

    private static int lineEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    private Position positionOf(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
