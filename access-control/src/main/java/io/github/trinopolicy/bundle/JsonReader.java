package io.github.trinopolicy.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// Reads strict JSON as a stream. Positions are taken where a cursor over the same text is given. One instance reads one text.
final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(YamlReader.MAX_DEPTH)
                    .maxStringLength(BundleReader.MAX_LENGTH).maxNameLength(BundleReader.MAX_LENGTH).build())
            .build();

    private final String text;
    private final Optional<TextCursor> cursor;

    JsonReader(String text, Optional<TextCursor> cursor) {
        this.text = text;
        this.cursor = cursor;
    }

    /// The values of the text, one after the other.
    ///
    /// @throws JsonProcessingException when the text is no JSON, has a key twice in one object, or is nested too deeply
    List<Node> read() throws JsonProcessingException {
        ImmutableList.Builder<Node> values = ImmutableList.builder();
        try (JsonParser parser = FACTORY.createParser(text)) {
            while (parser.nextToken() != null) {
                values.add(node(parser));
            }
        }
        catch (JsonProcessingException e) {
            throw e;
        }
        catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
        return values.build();
    }

    private Node node(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(parser);
            case START_ARRAY -> sequence(parser);
            case VALUE_STRING -> scalar(parser, Node.Type.STRING);
            case VALUE_NUMBER_INT -> scalar(parser, Node.Type.INTEGER);
            case VALUE_NUMBER_FLOAT -> scalar(parser, Node.Type.FLOAT);
            case VALUE_TRUE, VALUE_FALSE -> scalar(parser, Node.Type.BOOLEAN);
            case VALUE_NULL -> scalar(parser, Node.Type.NULL);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("unexpected token " + parser.currentToken());
        };
    }

    private Mapping mapping(JsonParser parser) throws IOException {
        Optional<Position> position = position(parser, 0);
        ImmutableList.Builder<Node.Entry> entries = ImmutableList.builder();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Scalar key = scalar(parser, Node.Type.STRING);
            parser.nextToken();
            entries.add(new Node.Entry(key, node(parser)));
        }
        return new Mapping(entries.build(), position);
    }

    private Sequence sequence(JsonParser parser) throws IOException {
        Optional<Position> position = position(parser, 0);
        ImmutableList.Builder<Node> items = ImmutableList.builder();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(parser));
        }
        return new Sequence(items.build(), position);
    }

    private Scalar scalar(JsonParser parser, Node.Type type) throws IOException {
        Optional<Position> position = position(parser, type == Node.Type.STRING ? 1 : 0);
        String value = parser.getText();
        return new Scalar(value, type, position, cursor.map(it -> it.holds(value)).orElse(false));
    }

    private Optional<Position> position(JsonParser parser, int quotes) {
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        TextCursor place = cursor.orElseThrow();
        place.moveToOffset((int) parser.currentTokenLocation().getCharOffset() + quotes);
        return Optional.of(place.position());
    }
}
