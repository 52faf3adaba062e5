package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The table `schema_event` within one transaction.
final class SchemaEventRows {
    private static final String COLUMNS = "event_id, happened_at, kind, object, column_name, before, after, user_name, query_id, job_id";

    private final Handle handle;

    SchemaEventRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    void insert(Collection<SchemaEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO schema_event (kind, object, column_name, before, after, user_name, query_id, job_id)
                VALUES (:kind, :object, CAST(:column AS text), CAST(:before AS text), CAST(:after AS text), CAST(:user AS text),
                    CAST(:query AS text), CAST(:job AS bigint))
                """);
        for (SchemaEvent event : events) {
            batch.bind("kind", event.kind().name())
                    .bind("object", event.object().toString())
                    .bind("column", event.column().orElse(null))
                    .bind("before", event.before().orElse(null))
                    .bind("after", event.after().orElse(null))
                    .bind("user", event.user().orElse(null))
                    .bind("query", event.query().orElse(null))
                    .bind("job", event.job().isPresent() ? event.job().getAsLong() : null)
                    .add();
        }
        batch.execute();
    }

    /// Newest first.
    List<RecordedSchemaEvent> newest(int limit) {
        return handle.createQuery("SELECT %s FROM schema_event ORDER BY event_id DESC LIMIT :limit".formatted(COLUMNS))
                .bind("limit", limit).map((row, _) -> recorded(row)).list();
    }

    /// The first first.
    List<SchemaEvent> since(Instant instant) {
        return handle.createQuery("SELECT %s FROM schema_event WHERE happened_at >= :instant ORDER BY event_id".formatted(COLUMNS))
                .bind("instant", instant.atOffset(ZoneOffset.UTC)).map((row, _) -> recorded(row).event()).list();
    }

    boolean contains(SchemaEvent event) {
        return handle.createQuery("""
                SELECT EXISTS (SELECT FROM schema_event WHERE kind = :kind AND object = :object AND query_id = :query)
                """)
                .bind("kind", event.kind().name())
                .bind("object", event.object().toString())
                .bind("query", event.query().orElse(""))
                .mapTo(Boolean.class).one();
    }

    void deleteOlderThan(Duration age) {
        handle.createUpdate("DELETE FROM schema_event WHERE happened_at < clock_timestamp() - :seconds * interval '1 second'")
                .bind("seconds", age.toSeconds()).execute();
    }

    private static RecordedSchemaEvent recorded(ResultSet row)
            throws SQLException {
        long job = row.getLong("job_id");
        OptionalLong jobId = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(job);
        return new RecordedSchemaEvent(
                row.getLong("event_id"),
                row.getObject("happened_at", OffsetDateTime.class).toInstant(),
                new SchemaEvent(
                        SchemaEventKind.valueOf(row.getString("kind")),
                        ObjectName.parse(row.getString("object")),
                        Optional.ofNullable(row.getString("column_name")),
                        Optional.ofNullable(row.getString("before")),
                        Optional.ofNullable(row.getString("after")),
                        Optional.ofNullable(row.getString("user_name")),
                        Optional.ofNullable(row.getString("query_id")),
                        jobId));
    }
}
