package io.github.trinopolicy.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.bundle.Node.Sequence;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Writes a tree as compact JSON on one line.
final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonWriter() {
    }

    static String write(Node node) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(node, generator);
        }
        catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    private static void write(Node node, JsonGenerator generator) throws IOException {
        switch (node) {
            case Scalar scalar -> {
                switch (scalar.type()) {
                    case STRING -> generator.writeString(scalar.text());
                    case INTEGER, FLOAT -> generator.writeNumber(scalar.text());
                    case BOOLEAN -> generator.writeBoolean(Boolean.parseBoolean(scalar.text()));
                    case NULL -> generator.writeNull();
                }
            }
            case Mapping mapping -> {
                generator.writeStartObject();
                for (Node.Entry entry : mapping.entries()) {
                    generator.writeFieldName(entry.key().text());
                    write(entry.value(), generator);
                }
                generator.writeEndObject();
            }
            case Sequence sequence -> {
                generator.writeStartArray();
                for (Node item : sequence.items()) {
                    write(item, generator);
                }
                generator.writeEndArray();
            }
        }
    }
}
