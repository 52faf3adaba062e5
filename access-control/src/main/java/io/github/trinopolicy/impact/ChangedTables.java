package io.github.trinopolicy.impact;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TableReach;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.type.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// The tables that the store knows before or after a change, and which of them the change concerns. Not thread-safe.
public final class ChangedTables {
    private final ProposedChange change;
    private final Set<String> changedPolicies;
    private final Set<ObjectName> changedObjects;
    private final Function<String, Type> types;
    private final Map<String, Type> readTypes = new HashMap<>();

    /// @param types reads a type as the store writes it
    public ChangedTables(ProposedChange change, Function<String, Type> types) {
        this.change = requireNonNull(change, "change is null");
        this.changedPolicies = change.changedPolicies();
        this.changedObjects = change.changedObjects();
        this.types = requireNonNull(types, "types is null");
    }

    /// In the order of their names.
    Set<ObjectName> known() {
        Map<String, ObjectName> tables = new TreeMap<>();
        for (PolicySnapshot snapshot : List.of(change.before(), change.after())) {
            Stream.concat(snapshot.knownTables().stream().map(KnownTable::name),
                    snapshot.dataSources().stream().map(DataSource::objectName).filter(ObjectName::isTable))
                    .forEach(table -> tables.put(table.toString(), table));
        }
        return ImmutableSet.copyOf(tables.values());
    }

    /// Registered catalogs and schemas.
    Set<ObjectName> containers() {
        return Stream.of(change.before(), change.after()).flatMap(snapshot -> snapshot.dataSources().stream())
                .map(DataSource::objectName).filter(object -> !object.isTable()).collect(toImmutableSet());
    }

    /// Those of which something else is said, or of which a policy changes. Whom it concerns is left open.
    public Set<ObjectName> touched() {
        return known().stream()
                .filter(table -> isTouched(table, TableReach.of(change.before(), table), TableReach.of(change.activated(), table)))
                .collect(toImmutableSet());
    }

    boolean isTouched(ObjectName table, TableReach before, TableReach after) {
        for (Optional<ObjectName> object = Optional.of(table); object.isPresent(); object = object.get().parent()) {
            if (changedObjects.contains(object.get())) {
                return true;
            }
        }
        return Stream.of(before, after).anyMatch(reach -> reach.policies().stream().anyMatch(changedPolicies::contains));
    }

    /// Columns that the store knows, with the types that they shall have.
    public List<Column> columns(ObjectName table) {
        Map<String, String> columns = new TreeMap<>();
        for (PolicySnapshot snapshot : List.of(change.before(), change.after())) {
            snapshot.knownTable(table).ifPresent(known -> known.columns().values()
                    .forEach(column -> columns.put(column.name(), column.type())));
        }
        return columns.entrySet().stream()
                .map(column -> new Column(column.getKey(), readTypes.computeIfAbsent(column.getValue(), types)))
                .collect(toImmutableList());
    }
}
