package io.github.trinopolicy.administration;

import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Approves columns: gives them, and the table, an identity that they keep.
final class KnownTables {
    private KnownTables() {
    }

    /// @param before what was known; columns that are not approved anew stay as they are, also those that no longer exist
    /// @param approved real columns; a column of another type than before is approved with its new type
    static KnownTable approve(Optional<KnownTable> before, ObjectName name, List<Column> approved) {
        return approve(before, UUID.randomUUID(), name, approved);
    }

    /// As the other one.
    ///
    /// @param id for a table that was not known
    static KnownTable approve(Optional<KnownTable> before, UUID id, ObjectName name, List<Column> approved) {
        Map<String, KnownColumn> columns = new LinkedHashMap<>();
        before.ifPresent(table -> columns.putAll(table.columns()));
        for (Column column : approved) {
            String type = column.type().getDisplayName();
            columns.put(column.name(), Optional.ofNullable(columns.get(column.name())).map(known -> known.approvedFor(type))
                    .orElseGet(() -> new KnownColumn(UUID.randomUUID(), column.name(), type)));
        }
        return new KnownTable(before.map(KnownTable::id).orElse(id), name, columns);
    }
}
