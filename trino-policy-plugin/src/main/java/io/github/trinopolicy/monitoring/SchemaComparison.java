package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.store.Observation;
import io.github.trinopolicy.store.ObservedTable;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// What became of the tables of a data source since the last look, but for what is recorded as done by a user.
///
/// A first look has nothing to compare with but what was approved: it tells of tables and columns that are approved and are not there, or are of
/// another type, and takes the rest as it is.
final class SchemaComparison {
    private final Observation observation;
    private final Function<ObjectName, Optional<KnownTable>> known;
    private final long job;
    private final Map<ObjectName, ObservedTable> before;

    /// @param known what is approved of a table
    /// @param job the run that looks
    SchemaComparison(Observation observation, Function<ObjectName, Optional<KnownTable>> known, long job) {
        this.observation = requireNonNull(observation, "observation is null");
        this.known = requireNonNull(known, "known is null");
        this.job = job;
        this.before = renamedByUsers(observation);
    }

    /// How the tables were seen last, by the names that users have given to them since.
    Map<ObjectName, ObservedTable> before() {
        return ImmutableMap.copyOf(before);
    }

    private static Map<ObjectName, ObservedTable> renamedByUsers(Observation observation) {
        Map<ObjectName, ObservedTable> tables = observation.tables().stream()
                .collect(toImmutableMap(ObservedTable::name, Function.identity()));
        for (SchemaEvent event : observation.since()) {
            if (event.user().isPresent() && event.after().isPresent()) {
                tables = switch (event.kind()) {
                    case RENAMED_TABLE -> renamed(tables, event.object(), ObjectName.parse(event.after().get()));
                    case RENAMED_COLUMN -> renamed(tables, event.object(), event.column().orElse(""), event.after().get());
                    case CREATED_TABLE, DROPPED_TABLE, CREATED_VIEW, DROPPED_VIEW, ADDED_COLUMN, DROPPED_COLUMN, RETYPED_COLUMN, DRIFT,
                            DISCOVERY ->
                        tables;
                };
            }
        }
        return tables;
    }

    /// @param object a schema too
    private static Map<ObjectName, ObservedTable> renamed(Map<ObjectName, ObservedTable> tables, ObjectName object, ObjectName newName) {
        Map<ObjectName, ObservedTable> renamed = new LinkedHashMap<>();
        tables.forEach((name, table) -> {
            ObjectName now = !object.contains(name)
                    ? name
                    : new ObjectName(newName.catalog(), newName.schema(), newName.table().or(name::table));
            renamed.put(now, new ObservedTable(now, table.view(), table.readable(), table.columns()));
        });
        return renamed;
    }

    private static Map<ObjectName, ObservedTable> renamed(Map<ObjectName, ObservedTable> tables, ObjectName name, String column,
            String newName) {
        Map<ObjectName, ObservedTable> renamed = new LinkedHashMap<>(tables);
        renamed.computeIfPresent(name, (_, table) -> new ObservedTable(name, table.view(), table.readable(),
                table.columns().stream().map(old -> old.name().equals(column) ? new ObservedColumn(newName, old.type()) : old).toList()));
        return renamed;
    }

    /// @param tables as they are now
    /// @param approved names of tables of which something is approved
    List<SchemaEvent> events(List<ObservedTable> tables, List<ObjectName> approved) {
        Map<ObjectName, ObservedTable> now = tables.stream().collect(toImmutableMap(ObservedTable::name, Function.identity()));
        List<ObservedTable> dropped = new ArrayList<>(before.values().stream()
                .filter(table -> !now.containsKey(table.name()) || now.get(table.name()).view() != table.view()).toList());
        List<ObservedTable> created = new ArrayList<>(tables.stream()
                .filter(table -> !before.containsKey(table.name()) || before.get(table.name()).view() != table.view()).toList());
        ImmutableList.Builder<SchemaEvent> events = ImmutableList.builder();
        if (observation.last().isEmpty()) {
            approved.stream().filter(name -> !now.containsKey(name) && !before.containsKey(name))
                    .forEach(name -> events.add(event(SchemaEventKind.DROPPED_TABLE, name)));
            created.stream().filter(ObservedTable::readable).forEach(table -> events.addAll(compareWithApproved(table)));
            created.clear();
        }
        events.addAll(takeRenamed(dropped, created));
        dropped.forEach(table -> events
                .add(event(table.view() ? SchemaEventKind.DROPPED_VIEW : SchemaEventKind.DROPPED_TABLE, table.name())));
        created.forEach(table -> events
                .add(event(table.view() ? SchemaEventKind.CREATED_VIEW : SchemaEventKind.CREATED_TABLE, table.name())));
        for (ObservedTable table : tables) {
            Optional.ofNullable(before.get(table.name())).filter(old -> old.view() == table.view() && table.readable() && seenBefore(old))
                    .ifPresent(old -> new ColumnComparison(old.columns(), table.columns()).changes()
                            .forEach(change -> events.add(event(table.name(), change))));
        }
        return events.build().stream().filter(event -> !isOfAUser(event)).collect(toImmutableList());
    }

    /// False for one of which the columns have never been known.
    private static boolean seenBefore(ObservedTable old) {
        return old.readable() || !old.columns().isEmpty();
    }

    /// A table that is gone and a new one with the same columns are taken for one that was renamed when no other pair comes into question.
    private List<SchemaEvent> takeRenamed(List<ObservedTable> dropped, List<ObservedTable> created) {
        ImmutableList.Builder<SchemaEvent> events = ImmutableList.builder();
        for (ObservedTable old : ImmutableList.copyOf(dropped)) {
            List<ObservedTable> rivals = alike(old, dropped);
            List<ObservedTable> successors = alike(old, created);
            if (!old.columns().isEmpty() && rivals.size() == 1 && successors.size() == 1
                    && !successors.getFirst().name().equals(old.name())) {
                events.add(new SchemaEvent(SchemaEventKind.RENAMED_TABLE, old.name(), Optional.empty(), Optional.of(old.name().toString()),
                        Optional.of(successors.getFirst().name().toString()), Optional.empty(), Optional.empty(), OptionalLong.of(job)));
                dropped.remove(old);
                created.remove(successors.getFirst());
            }
        }
        return events.build();
    }

    private static List<ObservedTable> alike(ObservedTable table, List<ObservedTable> tables) {
        return tables.stream().filter(other -> other.view() == table.view() && other.columns().equals(table.columns()))
                .collect(toImmutableList());
    }

    private List<SchemaEvent> compareWithApproved(ObservedTable table) {
        Map<String, String> types = table.columns().stream().collect(toImmutableMap(ObservedColumn::name, ObservedColumn::type));
        Optional<KnownTable> approved = known.apply(table.name());
        return approved.map(KnownTable::columns).orElse(ImmutableMap.of()).values().stream()
                .filter(column -> !column.type().equals(types.get(column.name())))
                .filter(column -> types.containsKey(column.name()) || !isThereByAnotherName(approved.orElseThrow(), column, types))
                .map(column -> event(table.name(), new ColumnComparison.Change(
                        types.containsKey(column.name()) ? SchemaEventKind.RETYPED_COLUMN : SchemaEventKind.DROPPED_COLUMN, column.name(),
                        Optional.of(column.type()), Optional.ofNullable(types.get(column.name())))))
                .collect(toImmutableList());
    }

    private static boolean isThereByAnotherName(KnownTable table, KnownColumn column, Map<String, String> types) {
        return types.keySet().stream().anyMatch(name -> table.isSameColumn(name, column.name()));
    }

    private boolean isOfAUser(SchemaEvent found) {
        return observation.since().stream().filter(event -> event.user().isPresent())
                .anyMatch(event -> event.kind() == found.kind() && event.object().equals(found.object())
                        && event.column().equals(found.column()));
    }

    private SchemaEvent event(SchemaEventKind kind, ObjectName table) {
        return new SchemaEvent(kind, table, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                OptionalLong.of(job));
    }

    private SchemaEvent event(ObjectName table, ColumnComparison.Change change) {
        return new SchemaEvent(change.kind(), table, Optional.of(change.column()), change.before(), change.after(), Optional.empty(),
                Optional.empty(), OptionalLong.of(job));
    }
}
