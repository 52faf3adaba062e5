package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static com.google.common.collect.Sets.union;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.decision.LayerMerge;
import io.github.trinopolicy.enforcement.NameChange;
import io.github.trinopolicy.enforcement.NameChange.ColumnAdded;
import io.github.trinopolicy.enforcement.NameChange.ColumnRenamed;
import io.github.trinopolicy.enforcement.NameChange.Renamed;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoredObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Lets what is known and said of an object follow its name: identity and approvals move to the new name; tags, and what else is said of
/// it, are said of the new name too, as if by call, so that no bundle takes them away. What is said of the old name stays, for time travel.
/// Thread-safe.
final class NameFollower {
    private final BundleReader reader = new BundleReader();
    private final DocumentWriter writer = new DocumentWriter();

    void follow(StoreTransaction transaction, NameChange change) {
        switch (change) {
            case Renamed renamed -> follow(transaction, renamed);
            case ColumnRenamed renamed -> follow(transaction, renamed);
            case ColumnAdded added -> forget(transaction, added);
        }
    }

    private void follow(StoreTransaction transaction, Renamed rename) {
        ObjectName object = rename.object();
        List<KnownTable> known = object.isTable()
                ? transaction.table(object).stream().toList()
                : transaction.tables().stream().filter(table -> object.contains(table.name())).toList();
        describe(transaction, rename);
        known.forEach(table -> {
            ObjectName newName = renamed(table.name(), rename);
            // a table without identity takes that of the name, as one that is made under it does
            transaction.table(newName).ifPresent(earlier -> transaction.removeTable(earlier.id()));
            transaction.renameTable(table.id(), newName);
        });
    }

    private void describe(StoreTransaction transaction, Renamed rename) {
        ObjectName object = rename.object();
        Stream<ObjectName> described = object.isTable()
                ? Stream.of(object)
                : Stream.concat(Stream.of(object), transaction.objects(Kind.DATA_SOURCE).stream().map(StoredObject::name)
                        .map(ObjectName::parse)).filter(object::contains).distinct();
        described.toList().forEach(name -> {
            Optional<DataSource> said = said(transaction, name);
            Inherited inherited = object.isTable() && !name.parent().equals(rename.newName().parent())
                    ? inherited(transaction, name)
                    : new Inherited(ImmutableSet.of(), Optional.empty());
            DataSource untouched = untouched(name);
            DataSource source = said.orElse(untouched);
            ObjectName newName = renamed(name, rename);
            DataSource carried = new DataSource(newName, source.description(), source.owners(), union(source.tags(), inherited.tags()),
                    source.keyColumns(), source.eventTime(), false, source.newColumns().or(inherited::newColumns), source.columns(),
                    source.fingerprint());
            if (said.isPresent() || !carried.equals(untouched(newName))) {
                say(transaction, carried);
            }
        });
    }

    private void follow(StoreTransaction transaction, ColumnRenamed rename) {
        transaction.table(rename.table()).ifPresent(table -> {
            Map<String, KnownColumn> columns = new LinkedHashMap<>(table.columns());
            columns.remove(rename.newName());
            Optional.ofNullable(table.columns().get(rename.column()))
                    .ifPresent(column -> columns.put(rename.newName(), column.named(rename.newName())));
            transaction.saveTable(new KnownTable(table.id(), table.name(), columns));
        });
        Set<String> tags = said(transaction, rename.table()).flatMap(table -> Optional.ofNullable(table.columns().get(rename.column())))
                .map(ColumnDescription::tags).orElse(ImmutableSet.of());
        if (!tags.isEmpty()) {
            say(transaction, DataSourceEdits.withColumn(untouched(rename.table()), rename.newName(), tags));
        }
    }

    /// A new column that takes the former name of another one is nobody's yet.
    private static void forget(StoreTransaction transaction, ColumnAdded added) {
        transaction.table(added.table()).filter(table -> table.isSharedName(added.column())).ifPresent(table -> {
            Map<String, KnownColumn> columns = new LinkedHashMap<>(table.columns());
            columns.remove(added.column());
            transaction.saveTable(new KnownTable(table.id(), table.name(), columns));
        });
    }

    /// What a table inherits from what holds it.
    private record Inherited(Set<String> tags, Optional<NewColumns> newColumns) {}

    private Inherited inherited(StoreTransaction transaction, ObjectName name) {
        List<DataSource> holders = Stream.iterate(name.parent(), Optional::isPresent, holder -> holder.flatMap(ObjectName::parent))
                .flatMap(Optional::stream).flatMap(holder -> said(transaction, holder).stream()).toList();
        return new Inherited(holders.stream().flatMap(holder -> holder.tags().stream()).collect(toImmutableSet()),
                holders.stream().map(DataSource::newColumns).flatMap(Optional::stream).findFirst());
    }

    /// Adds to what calls have said.
    private void say(StoreTransaction transaction, DataSource carried) {
        ObjectKey key = key(carried.objectName(), Origin.CALL);
        DataSource after = read(transaction, key).map(before -> (DataSource) LayerMerge.merge(carried, before)).orElse(carried);
        transaction.put(new StoredObject(key.kind(), key.name(), key.origin(), Optional.empty(), writer.toJson(after)));
    }

    private Optional<DataSource> said(StoreTransaction transaction, ObjectName name) {
        Optional<DataSource> bundle = read(transaction, key(name, Origin.BUNDLE));
        Optional<DataSource> call = read(transaction, key(name, Origin.CALL));
        return bundle.isPresent() && call.isPresent()
                ? Optional.of((DataSource) LayerMerge.merge(bundle.get(), call.get()))
                : bundle.or(() -> call);
    }

    private Optional<DataSource> read(StoreTransaction transaction, ObjectKey key) {
        return transaction.object(key).map(stored -> (DataSource) reader.readStored(stored.document()));
    }

    private static ObjectKey key(ObjectName name, Origin origin) {
        return new ObjectKey(Kind.DATA_SOURCE, name.toString(), origin);
    }

    private static ObjectName renamed(ObjectName name, Renamed rename) {
        return name.equals(rename.object())
                ? rename.newName()
                : new ObjectName(rename.newName().catalog(), rename.newName().schema(), name.table());
    }

    private static DataSource untouched(ObjectName name) {
        return new DataSource(name, Optional.empty(), Principals.NONE, ImmutableSet.of(), ImmutableList.of(), Optional.empty(), false,
                Optional.empty(), ImmutableMap.of(), Optional.empty());
    }
}
