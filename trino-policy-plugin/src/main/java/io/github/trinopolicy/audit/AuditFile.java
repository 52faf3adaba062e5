package io.github.trinopolicy.audit;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/// A copy of the log as lines of JSON. The file is opened for each batch, so it may be moved away at any time. Thread-safe.
public final class AuditFile {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Path path;
    private final String node;

    public AuditFile(Path path, String node) {
        this.path = requireNonNull(path, "path is null");
        this.node = requireNonNull(node, "node is null");
    }

    /// @throws UncheckedIOException when the lines may not all have been written
    synchronized void append(List<AuditEvent> events) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        try {
            for (AuditEvent event : events) {
                write(event, lines);
                lines.write('\n');
            }
            createIfMissing();
            Files.write(path, lines.toByteArray(), APPEND);
        }
        catch (IOException e) {
            throw new UncheckedIOException("policy.audit.file %s cannot be written (%s)".formatted(path, e.getClass().getSimpleName()), e);
        }
    }

    /// For the eyes of the server's user alone.
    private void createIfMissing() throws IOException {
        if (!Files.exists(path)) {
            try {
                Files.createFile(path, asFileAttribute(EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
            }
            catch (FileAlreadyExistsException _) {
                // just as well
            }
        }
    }

    private void write(AuditEvent event, ByteArrayOutputStream lines) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(lines, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("event_id", event.id().toString());
            json.writeStringField("happened_at", event.happenedAt().toString());
            json.writeStringField("kind", event.kind().logName());
            json.writeStringField("node_id", node);
            for (Map.Entry<AuditField, Object> value : event.values().entrySet()) {
                json.writeFieldName(value.getKey().columnName());
                write(value.getKey(), value.getValue(), json);
            }
            json.writeEndObject();
        }
    }

    private static void write(AuditField field, Object value, JsonGenerator json) throws IOException {
        switch (field.type()) {
            case TEXT, TIME -> json.writeString(value.toString());
            case JSON -> json.writeRawValue(value.toString());
            case NUMBER -> json.writeNumber((long) value);
            case FLAG -> json.writeBoolean((boolean) value);
            case TEXTS -> {
                json.writeStartArray();
                for (Object text : (List<?>) value) {
                    json.writeString((String) text);
                }
                json.writeEndArray();
            }
        }
    }
}
