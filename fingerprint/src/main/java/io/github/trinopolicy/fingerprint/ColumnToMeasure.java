package io.github.trinopolicy.fingerprint;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/// A column that a fingerprint is about.
///
/// @param id the store's UUID of the column
/// @param type as Trino writes it
/// @param identifying true where each value is a person or a thing of his; nothing of the values is then kept but counts and shapes
public record ColumnToMeasure(UUID id, String name, String type, boolean identifying) {
    public ColumnToMeasure {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
    }
}
