package io.github.trinopolicy.commandline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer for machines: an array with an object for each row, its keys the columns.
final class JsonRows {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonRows() {
    }

    /// Ends with a line break.
    static String write(Answer answer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            // somebody may look at it on a terminal
            json.setHighestNonEscapedChar(0x7E);
            json.writeStartArray();
            for (List<@Nullable String> row : answer.rows()) {
                json.writeStartObject();
                for (int column = 0; column < row.size(); column++) {
                    json.writeFieldName(answer.columns().get(column));
                    json.writeString(row.get(column));
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return text + "\n";
    }
}
