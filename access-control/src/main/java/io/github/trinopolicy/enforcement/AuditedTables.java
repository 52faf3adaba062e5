package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.model.AuditEvent.storable;
import static java.util.Comparator.comparing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.trinopolicy.decision.TableDecision;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.enforcement.QueryTrace.Reading;
import io.github.trinopolicy.model.ObjectName;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// The tables that a query read, as JSON: a list of `{table, as, columns: [{column, effect, policy, version, exception}], filters:
/// [{policy, version, effect, exception}]}`. `as` is the owner of the view through which a table was read.
final class AuditedTables {
    private static final JsonFactory FACTORY = new JsonFactory();

    private AuditedTables() {
    }

    static String json(QueryContext query) {
        List<Reading> readings = query.trace().readings().stream()
                .sorted(comparing((Reading reading) -> reading.table().toString()).thenComparing(Reading::user)).toList();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartArray();
            for (Reading reading : readings) {
                write(query, reading, json);
            }
            json.writeEndArray();
        }
        catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    private static void write(QueryContext query, Reading reading, JsonGenerator json) throws IOException {
        Optional<TableDecision> decision = query.trace().decision(reading);
        json.writeStartObject();
        write("table", reading.table().toString(), json);
        if (!reading.user().equals(query.asker().user())) {
            write("as", reading.user(), json);
        }
        json.writeArrayFieldStart("columns");
        for (String column : query.trace().columns(reading)) {
            json.writeStartObject();
            write("column", column, json);
            Optional<ColumnDecision> decided = decision.map(table -> table.columns().get(column));
            write("effect", decided.map(ColumnDecision::effect).orElseGet(() -> undecided(query, reading.table())), json);
            if (decided.isPresent()) {
                if (decided.get().policy().isPresent()) {
                    writePolicy(decided.get().policy().get(), query, json);
                }
                writeIfPresent("exception", decided.filter(ColumnDecision::underException).map(ColumnDecision::reason), json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("filters");
        for (FilterDecision filter : decision.map(TableDecision::filters).orElse(List.of())) {
            json.writeStartObject();
            writePolicy(filter.policy(), query, json);
            write("effect", filter.expression().isPresent() ? "filtered" : "all rows", json);
            writeIfPresent("exception", Optional.of(filter).filter(FilterDecision::underException).map(FilterDecision::reason), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /// With the version that wrote it last: its text is in the revision of that version.
    private static void writePolicy(String policy, QueryContext query, JsonGenerator json) throws IOException {
        write("policy", policy, json);
        Optional<Long> version = query.snapshot().policyVersion(policy);
        if (version.isPresent()) {
            json.writeNumberField("version", version.get());
        }
    }

    /// Why no policy was asked.
    private static String undecided(QueryContext query, ObjectName table) {
        if (TableGuard.isSystem(table)) {
            return "system";
        }
        return query.snapshot().isGoverned(table) ? "exempt" : "ungoverned";
    }

    private static void writeIfPresent(String name, Optional<String> value, JsonGenerator json) throws IOException {
        if (value.isPresent()) {
            write(name, value.get(), json);
        }
    }

    private static void write(String name, String value, JsonGenerator json) throws IOException {
        json.writeStringField(name, storable(value));
    }
}
