package io.github.trinopolicy.decision;

import static com.google.common.collect.Sets.union;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that the snapshot says of one table, with what it inherits from its schema and catalog.
///
/// @param registered the registered objects that hold the table, the table itself first
/// @param tags own and inherited
record TableFacts(ObjectName name, List<DataSource> registered, Set<String> tags, NewColumns newColumns, Optional<KnownTable> known) {
    static TableFacts of(PolicySnapshot snapshot, ObjectName name) {
        ImmutableList.Builder<DataSource> registered = ImmutableList.builder();
        for (Optional<ObjectName> object = Optional.of(name); object.isPresent(); object = object.get().parent()) {
            snapshot.dataSource(object.get()).ifPresent(registered::add);
        }
        List<DataSource> chain = registered.build();
        ImmutableSet.Builder<String> tags = ImmutableSet.builder();
        chain.forEach(dataSource -> tags.addAll(dataSource.tags()));
        NewColumns newColumns = chain.stream().map(DataSource::newColumns).flatMap(Optional::stream).findFirst().orElse(NewColumns.MASK);
        return new TableFacts(name, chain, tags.build(), newColumns, snapshot.knownTable(name));
    }

    boolean governed() {
        return !registered.isEmpty();
    }

    /// The column that tells when a row came about.
    Optional<String> eventTime() {
        return described().flatMap(DataSource::eventTime);
    }

    /// The unique key of a row; empty where nobody has said it.
    List<String> keyColumns() {
        return described().map(DataSource::keyColumns).orElse(ImmutableList.of());
    }

    private Optional<DataSource> described() {
        return registered.stream().filter(dataSource -> dataSource.objectName().isTable()).findFirst();
    }

    /// Tags that the column carries itself.
    Set<String> columnTags(String column) {
        return described()
                .flatMap(dataSource -> Optional.ofNullable(dataSource.columns().get(column)))
                .map(ColumnDescription::tags)
                .orElse(ImmutableSet.of());
    }

    /// Tags of the table and of all of its described columns.
    Set<String> allTags() {
        ImmutableSet.Builder<String> all = ImmutableSet.<String>builder().addAll(tags);
        registered.forEach(dataSource -> dataSource.columns().values().forEach(column -> all.addAll(column.tags())));
        return all.build();
    }

    /// The columns that the snapshot knows of, approved or described; the table may have others.
    Set<String> columnNames() {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        known.ifPresent(table -> names.addAll(table.columns().keySet()));
        registered.forEach(dataSource -> names.addAll(dataSource.columns().keySet()));
        return names.build();
    }

    /// Tags that the column carries itself or inherits.
    Set<String> effectiveTags(String column) {
        return union(columnTags(column), tags);
    }

    /// The approved identity of a column, provided that its type is still the approved one.
    Optional<KnownColumn> describedColumn(String column, Type type) {
        return known.map(table -> table.columns().get(column)).filter(approved -> approved.type().equals(type.getDisplayName()));
    }
}
