package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.UUID;

/// The identity of a table or view of which the store knows columns. The identifiers outlive renames made through Trino; keys bind
/// to them, never to names.
///
/// @param columns the approved columns by name in lower case, also those that were dropped or renamed since
public record KnownTable(UUID id, ObjectName name, Map<String, KnownColumn> columns) {
    public KnownTable {
        columns = ImmutableMap.copyOf(columns);
    }

    /// @param type Trino's display name of the type for which the column was approved
    public record KnownColumn(UUID id, String name, String type) {}
}
