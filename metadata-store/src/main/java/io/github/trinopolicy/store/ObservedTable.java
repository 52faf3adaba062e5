package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;

/// How a governed table was seen last. Nothing is approved by that.
///
/// @param readable false when Trino lists it but cannot say its columns; these are those of before then
/// @param columns in their order
public record ObservedTable(ObjectName name, boolean view, boolean readable, List<ObservedColumn> columns) {
    public ObservedTable {
        requireNonNull(name, "name is null");
        columns = ImmutableList.copyOf(columns);
    }

    /// @param name in lower case
    /// @param type Trino's display name
    public record ObservedColumn(String name, String type) {
        public ObservedColumn {
            requireNonNull(name, "name is null");
            requireNonNull(type, "type is null");
        }
    }
}
