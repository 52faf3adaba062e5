package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.SchemaEvent;
import java.time.Instant;

/// An event as the store has it.
///
/// @param id counts up
/// @param at when it was noticed, by the clock of the database
public record RecordedSchemaEvent(long id, Instant at, SchemaEvent event) {
    public RecordedSchemaEvent {
        requireNonNull(at, "at is null");
        requireNonNull(event, "event is null");
    }
}
