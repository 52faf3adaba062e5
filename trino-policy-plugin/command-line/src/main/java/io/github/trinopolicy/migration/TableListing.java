package io.github.trinopolicy.migration;

import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The tables that there are, against which patterns are expanded.
///
/// @param tables each with its columns; a table without columns: they are not known
public record TableListing(Set<ObjectName> tables, ImmutableSetMultimap<ObjectName, String> columns) {
    public static final TableListing NONE = new TableListing(Set.of(), ImmutableSetMultimap.of());

    public TableListing {
        tables = Set.copyOf(tables);
    }

    /// Reads a name on each line: `catalog.schema.table` or `catalog.schema.table.column`, parts in double quotes where needed. Empty lines
    /// and lines that begin with `#` count for nothing.
    ///
    /// @throws io.github.trinopolicy.bundle.BundleException with the lines that are no such names
    public static TableListing parse(String text) {
        BundleErrors errors = new BundleErrors();
        ImmutableList.Builder<ObjectName> tables = ImmutableList.builder();
        ImmutableSetMultimap.Builder<ObjectName, String> columns = ImmutableSetMultimap.builder();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                List<String> parts = ObjectName.parseParts(line);
                if (parts.size() < 3 || parts.size() > 4) {
                    throw new IllegalArgumentException("'%s' is no name of a table: catalog.schema.table is expected".formatted(line));
                }
                ObjectName table = ObjectName.ofTable(parts.get(0), parts.get(1), parts.get(2));
                tables.add(table);
                if (parts.size() == 4) {
                    columns.put(table, parts.get(3).toLowerCase(ENGLISH));
                }
            }
            catch (IllegalArgumentException e) {
                errors.add(Optional.of(new Position(i + 1, 1)), String.valueOf(e.getMessage()));
            }
        }
        errors.throwIfAny();
        return new TableListing(Set.copyOf(tables.build()), columns.build());
    }

    /// False only where it is known that the table has no such column.
    boolean mayHave(ObjectName table, String column) {
        return !columns.containsKey(table) || columns.containsEntry(table, column);
    }
}
