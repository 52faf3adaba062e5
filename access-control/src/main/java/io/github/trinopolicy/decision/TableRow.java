package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.policy.RowScope;
import io.trino.spi.type.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The row of a table, seen by a policy text.
///
/// @param whole the column that has the parts that variables of the row stand for
record TableRow(TableFacts table, Map<String, Type> types, Optional<String> maskedColumn, Optional<String> whole) implements RowScope {
    TableRow {
        types = ImmutableMap.copyOf(types);
    }

    static TableRow of(TableFacts table, Collection<Column> columns) {
        return new TableRow(table, columns.stream().collect(ImmutableMap.toImmutableMap(Column::name, Column::type)), Optional.empty(),
                Optional.empty());
    }

    /// The row within an expression that binds the variable.
    TableRow with(Column variable) {
        return new TableRow(table, ImmutableMap.<String, Type>builder().putAll(types).put(variable.name(), variable.type()).buildOrThrow(),
                maskedColumn, whole);
    }

    /// The row, when what is masked is a part of the column.
    TableRow within(Column column) {
        return whole.isPresent() ? this : new TableRow(table, types, maskedColumn, Optional.of(column.name()));
    }

    /// The approved identity of the column that is masked, whole or in part.
    Optional<KnownColumn> identity(Column masked) {
        return table.known().flatMap(known -> Optional.ofNullable(known.columns().get(whole.orElse(masked.name()))));
    }

    TableRow masking(String column) {
        return new TableRow(table, types, Optional.of(column), whole);
    }

    @Override
    public Optional<Type> type(String column) {
        return Optional.ofNullable(types.get(column));
    }

    @Override
    public List<String> columnsTagged(String tag) {
        return types.keySet().stream()
                .filter(column -> table.columnTags(column).stream().anyMatch(own -> DottedPath.isSameOrBelow(own, tag)))
                .collect(toImmutableList());
    }
}
