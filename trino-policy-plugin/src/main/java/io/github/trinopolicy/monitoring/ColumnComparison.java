package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// In what the columns of a table differ from those before.
///
/// A column that is gone and a new one of the same type, at the same place among those that stayed, are taken for one that was renamed when no
/// other pair comes into question. It is a guess for who reads it; nothing follows from it.
final class ColumnComparison {
    private final List<ObservedColumn> before;
    private final List<ObservedColumn> after;
    private final Map<String, String> typesBefore;
    private final Map<String, String> typesAfter;

    /// @param column by its name before
    record Change(SchemaEventKind kind, String column, Optional<String> before, Optional<String> after) {}

    /// @param place how many columns that stayed stand before it
    private record Slot(String type, int place) {}

    ColumnComparison(List<ObservedColumn> before, List<ObservedColumn> after) {
        this.before = requireNonNull(before, "before is null");
        this.after = requireNonNull(after, "after is null");
        this.typesBefore = types(before);
        this.typesAfter = types(after);
    }

    private static Map<String, String> types(List<ObservedColumn> columns) {
        return columns.stream().collect(toImmutableMap(ObservedColumn::name, ObservedColumn::type, (first, _) -> first));
    }

    List<Change> changes() {
        ImmutableList.Builder<Change> changes = ImmutableList.builder();
        List<ObservedColumn> dropped = new ArrayList<>(others(before, typesAfter.keySet()));
        List<ObservedColumn> added = new ArrayList<>(others(after, typesBefore.keySet()));
        for (ObservedColumn old : ImmutableList.copyOf(dropped)) {
            successor(old, dropped, added).ifPresent(renamed -> {
                changes.add(new Change(SchemaEventKind.RENAMED_COLUMN, old.name(), Optional.of(old.name()), Optional.of(renamed.name())));
                dropped.remove(old);
                added.remove(renamed);
            });
        }
        dropped.forEach(column -> changes
                .add(new Change(SchemaEventKind.DROPPED_COLUMN, column.name(), Optional.of(column.type()), Optional.empty())));
        added.forEach(column -> changes
                .add(new Change(SchemaEventKind.ADDED_COLUMN, column.name(), Optional.empty(), Optional.of(column.type()))));
        before.stream().filter(column -> typesAfter.containsKey(column.name()) && !column.type().equals(typesAfter.get(column.name())))
                .forEach(column -> changes.add(new Change(SchemaEventKind.RETYPED_COLUMN, column.name(), Optional.of(column.type()),
                        Optional.ofNullable(typesAfter.get(column.name())))));
        return changes.build();
    }

    private static List<ObservedColumn> others(List<ObservedColumn> columns, Set<String> names) {
        return columns.stream().filter(column -> !names.contains(column.name())).collect(toImmutableList());
    }

    private Optional<ObservedColumn> successor(ObservedColumn old, List<ObservedColumn> dropped, List<ObservedColumn> added) {
        Slot slot = slot(old, before, typesAfter.keySet());
        List<ObservedColumn> rivals = in(slot, dropped, column -> slot(column, before, typesAfter.keySet()));
        List<ObservedColumn> successors = in(slot, added, column -> slot(column, after, typesBefore.keySet()));
        return rivals.size() == 1 && successors.size() == 1 ? Optional.of(successors.getFirst()) : Optional.empty();
    }

    private static List<ObservedColumn> in(Slot slot, List<ObservedColumn> columns, Function<ObservedColumn, Slot> slots) {
        return columns.stream().filter(column -> slots.apply(column).equals(slot)).collect(toImmutableList());
    }

    private static Slot slot(ObservedColumn column, List<ObservedColumn> columns, Set<String> stayed) {
        int place = (int) columns.subList(0, columns.indexOf(column)).stream().filter(other -> stayed.contains(other.name())).count();
        return new Slot(column.type(), place);
    }
}
