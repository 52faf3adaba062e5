package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.model.ObjectName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/// The table `audit_log` within one transaction.
final class AuditRows {
    private static final List<AuditField> FIELDS = ImmutableList.copyOf(AuditField.values());

    /// One statement for all events, with an array for each column: a batch with a row for each costs several times as much.
    private static final String INSERT = """
            INSERT INTO audit_log (event_id, happened_at, kind, node_id, %1$s)
            SELECT event_id, happened_at, kind, :node, %2$s
            FROM unnest(CAST(:event_id AS uuid[]), CAST(:happened_at AS timestamptz[]), CAST(:kind AS text[]), %3$s)
                AS event (event_id, happened_at, kind, %1$s)
            ON CONFLICT DO NOTHING
            """.formatted(
            joined(AuditField::columnName),
            joined(field -> "CAST(%s AS %s)".formatted(field.columnName(), databaseType(field.type()))),
            joined(field -> "CAST(:%s AS text[])".formatted(field.columnName())));

    /// What the acts of a version changed.
    private static final String CHANGES = """
            CASE WHEN kind = 'administration' THEN (
                SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'name', c.name, 'before', c.before_document, 'after', c.after_document)
                    ORDER BY c.position)::text
                FROM revision_change c WHERE c.version = policy_version)
            END""";

    private static final String COLUMNS_FOR_AUDITORS = joined(AuditRows::selected) + ", " + CHANGES + " AS changes";

    /// Of the user's own events without what he reached through views of others alone, of others only what is about his objects.
    private static final String COLUMNS_FOR_OTHERS = joined(AuditRows::filtered) + ", NULL AS changes";

    private static final String OWNED = """
            EXISTS (SELECT FROM unnest(CAST(:owned AS text[])) AS o WHERE %1$s = o OR starts_with(%1$s, o || '.'))""";

    private static final String IS_OWN = "user_name = :reader";

    private static final String IS_VISIBLE_TO_OTHERS = """
            (%s OR (kind IN ('denial', 'unmask', 'sample') AND %s)
                OR EXISTS (SELECT FROM jsonb_array_elements(tables) AS t WHERE %s))
            """.formatted(IS_OWN, OWNED.formatted("object"), OWNED.formatted("t ->> 'table'"));

    private final Handle handle;

    AuditRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    void insert(Optional<String> node, List<AuditEvent> events) {
        Update insert = handle.createUpdate(INSERT).bind("node", node)
                .bindArray("event_id", UUID.class, events.stream().map(AuditEvent::id).toList())
                .bindArray("happened_at", String.class, events.stream().map(event -> event.happenedAt().toString()).toList())
                .bindArray("kind", String.class, events.stream().map(event -> event.kind().logName()).toList());
        for (AuditField field : FIELDS) {
            @Nullable
            String[] column = new String[events.size()];
            Arrays.setAll(column, row -> written(events.get(row).value(field).orElse(null)));
            insert.bindArray(field.columnName(), String.class, (Object[]) column);
        }
        insert.execute();
    }

    /// As the database writes it.
    @Nullable
    private static String written(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case List<?> texts -> texts.stream().map(text -> quoted((String) text)).collect(joining(",", "{", "}"));
            default -> value.toString();
        };
    }

    /// As an element of an array.
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    List<AuditEntry> page(AuditScope scope, AuditRange range, Optional<AuditEvent> after, int limit) {
        List<String> conditions = new ArrayList<>();
        range.from().ifPresent(_ -> conditions.add("happened_at >= :from"));
        range.to().ifPresent(_ -> conditions.add("happened_at <= :to"));
        range.user().ifPresent(_ -> conditions.add("user_name = :user"));
        after.ifPresent(_ -> conditions.add("(happened_at, event_id) < (:at, :id)"));
        if (scope instanceof AuditScope.Of) {
            conditions.add(IS_VISIBLE_TO_OTHERS);
        }
        Query query = handle.createQuery(
                "SELECT event_id, happened_at, kind, node_id, %s FROM audit_log%s ORDER BY happened_at DESC, event_id DESC LIMIT :limit"
                        .formatted(scope instanceof AuditScope.Of ? COLUMNS_FOR_OTHERS : COLUMNS_FOR_AUDITORS,
                                conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)));
        range.from().ifPresent(from -> query.bind("from", from.atOffset(UTC)));
        range.to().ifPresent(to -> query.bind("to", to.atOffset(UTC)));
        range.user().ifPresent(user -> query.bind("user", user));
        after.ifPresent(event -> query.bind("at", event.happenedAt().atOffset(UTC)).bind("id", event.id()));
        if (scope instanceof AuditScope.Of of) {
            query.bind("reader", of.user()).bindArray("owned", String.class, of.owned().stream().map(ObjectName::toString).toList());
        }
        return query.bind("limit", limit).map((row, _) -> entry(row)).list();
    }

    private static AuditEntry entry(ResultSet row)
            throws SQLException {
        Map<AuditField, Object> values = new EnumMap<>(AuditField.class);
        for (AuditField field : FIELDS) {
            Object value = value(row, field);
            if (value != null) {
                values.put(field, value);
            }
        }
        AuditEvent event = new AuditEvent(
                row.getObject("event_id", UUID.class),
                row.getObject("happened_at", OffsetDateTime.class).toInstant(),
                AuditEvent.Kind.valueOf(row.getString("kind").toUpperCase(ENGLISH)),
                ImmutableMap.copyOf(values));
        return new AuditEntry(event, Optional.ofNullable(row.getString("node_id")), Optional.ofNullable(row.getString("changes")));
    }

    @Nullable
    private static Object value(ResultSet row, AuditField field)
            throws SQLException {
        String name = field.columnName();
        if (row.getObject(name) == null) {
            return null;
        }
        return switch (field.type()) {
            case TEXT, JSON -> row.getString(name);
            case TEXTS -> ImmutableList.copyOf((String[]) row.getArray(name).getArray());
            case NUMBER -> row.getLong(name);
            case FLAG -> row.getBoolean(name);
            case TIME -> row.getObject(name, OffsetDateTime.class).toInstant();
        };
    }

    private static String selected(AuditField field) {
        return field.type() == AuditField.Type.JSON ? "%1$s::text AS %1$s".formatted(field.columnName()) : field.columnName();
    }

    private static String filtered(AuditField field) {
        if (field == AuditField.TABLES) {
            return """
                    (SELECT jsonb_agg(CASE WHEN %1$s THEN t ELSE t || %3$s || %4$s END) FROM jsonb_array_elements(tables) AS t
                        WHERE (%1$s AND t -> 'as' IS NULL) OR %2$s)::text AS tables"""
                    .formatted(IS_OWN, OWNED.formatted("t ->> 'table'"), withoutExceptions("columns"), withoutExceptions("filters"));
        }
        return switch (field.audience()) {
            case AUDITOR -> "CAST(NULL AS %s) AS %s".formatted(databaseType(field.type()), field.columnName());
            case USER -> "CASE WHEN %s THEN %2$s END AS %2$s".formatted(IS_OWN, field.columnName());
            case OWNER -> field.columnName();
        };
    }

    /// An exception tells what somebody is entitled to.
    private static String withoutExceptions(String list) {
        return "jsonb_build_object('%1$s', (SELECT coalesce(jsonb_agg(e - 'exception'), '[]') FROM jsonb_array_elements(t -> '%1$s') AS e))"
                .formatted(list);
    }

    private static String databaseType(AuditField.Type type) {
        return switch (type) {
            case TEXT -> "text";
            case TEXTS -> "text[]";
            case NUMBER -> "bigint";
            case FLAG -> "boolean";
            case TIME -> "timestamptz";
            case JSON -> "jsonb";
        };
    }

    private static String joined(Function<AuditField, String> text) {
        return Stream.of(AuditField.values()).map(text).collect(joining(", "));
    }
}
