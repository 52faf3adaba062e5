package io.github.trinopolicy.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;

/// Something that became of a governed table.
///
/// @param object by its name before
/// @param column by its name before; empty where it is about the whole
/// @param before name or type; never a value
/// @param after name or type; never a value
/// @param user who did it; empty where it was found
/// @param query that did it
/// @param job the run that found it
public record SchemaEvent(SchemaEventKind kind, ObjectName object, Optional<String> column, Optional<String> before, Optional<String> after,
        Optional<String> user, Optional<String> query, OptionalLong job) {
    public SchemaEvent {
        requireNonNull(kind, "kind is null");
        requireNonNull(object, "object is null");
        requireNonNull(column, "column is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
        requireNonNull(user, "user is null");
        requireNonNull(query, "query is null");
        requireNonNull(job, "job is null");
    }

    /// True when both say the same of the same object, whoever did or found it.
    public boolean isSameAs(SchemaEvent other) {
        return kind == other.kind && object.equals(other.object) && column.equals(other.column) && before.equals(other.before)
                && after.equals(other.after);
    }
}
