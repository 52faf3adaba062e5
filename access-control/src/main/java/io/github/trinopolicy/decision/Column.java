package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.trino.spi.type.Type;

/// A column as the engine shows it for one query.
///
/// @param name in lower case
public record Column(String name, Type type) {
    public Column {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
    }
}
