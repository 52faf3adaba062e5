package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.decision.Layer;
import io.github.trinopolicy.decision.LayeredObject;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.SnapshotSource;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoreVersion;
import io.github.trinopolicy.store.StoredObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the store would hold after a change that is being prepared. Not thread-safe.
final class StoreImage {
    private final Map<ObjectKey, Entry> objects = new LinkedHashMap<>();
    private final Map<ObjectName, KnownTable> tables = new LinkedHashMap<>();
    private final Map<ObjectKey, Entry> objectsBefore;
    private final Map<ObjectName, KnownTable> tablesBefore;
    private final StoreVersion version;

    record Entry(PolicyObject object, Optional<String> source) {}

    /// What becomes of one layer of an object.
    record Difference(ObjectKey key, Optional<Entry> before, Optional<Entry> after) {}

    StoreImage(StoreVersion version, List<StoredObject> stored, List<KnownTable> knownTables, BundleReader reader) {
        this.version = requireNonNull(version, "version is null");
        for (StoredObject object : stored) {
            objects.put(object.key(), new Entry(reader.readStored(object.document()), object.source()));
        }
        knownTables.forEach(table -> tables.put(table.name(), table));
        objectsBefore = ImmutableMap.copyOf(objects);
        tablesBefore = ImmutableMap.copyOf(tables);
    }

    Map<ObjectKey, Entry> objects() {
        return objects;
    }

    Optional<Entry> object(ObjectKey key) {
        return Optional.ofNullable(objects.get(key));
    }

    void put(ObjectKey key, Entry entry) {
        objects.put(key, entry);
    }

    void remove(ObjectKey key) {
        objects.remove(key);
    }

    void put(KnownTable table) {
        tables.put(table.name(), table);
    }

    Optional<KnownTable> table(ObjectName name) {
        return Optional.ofNullable(tables.get(name));
    }

    void remove(ObjectName table) {
        tables.remove(table);
    }

    Iterable<KnownTable> tables() {
        return tables.values();
    }

    /// What the change makes of objects; those that stay as they are are left out.
    List<Difference> differences() {
        return Sets.union(objectsBefore.keySet(), objects.keySet()).stream()
                .map(key -> new Difference(key, Optional.ofNullable(objectsBefore.get(key)), object(key)))
                .filter(difference -> !difference.before().equals(difference.after()))
                .collect(toImmutableList());
    }

    /// Tables with newly approved columns, or forgotten ones.
    List<KnownTable> changedTables() {
        return tables.values().stream().filter(table -> !table.equals(tablesBefore.get(table.name()))).collect(toImmutableList());
    }

    boolean isChanged(ObjectKey key) {
        return !Optional.ofNullable(objectsBefore.get(key)).map(Entry::object).equals(object(key).map(Entry::object));
    }

    Optional<KnownTable> tableBefore(ObjectName name) {
        return Optional.ofNullable(tablesBefore.get(name));
    }

    /// Writes what differs from the store, and no more.
    ///
    /// @param keyMaker gives new tables their keys
    void write(StoreTransaction transaction, DocumentWriter writer, DataKeyMaker keyMaker) {
        for (Difference difference : differences()) {
            ObjectKey key = difference.key();
            difference.after().ifPresentOrElse(
                    entry -> transaction
                            .put(new StoredObject(key.kind(), key.name(), key.origin(), entry.source(), writer.toJson(entry.object()))),
                    () -> transaction.remove(key));
        }
        for (KnownTable table : changedTables()) {
            transaction.saveTable(table);
            keyMaker.ensureKeys(transaction, table.id());
        }
        Sets.difference(tablesBefore.keySet(), tables.keySet())
                .forEach(name -> transaction.removeTable(requireNonNull(tablesBefore.get(name)).id()));
    }

    /// The image as a snapshot, for everything that a snapshot can answer.
    PolicySnapshot snapshot(PolicyCompiler compiler, PolicySnapshot previous) {
        return snapshot(compiler, previous, ImmutableList.of());
    }

    /// The image as a snapshot that can also decide.
    PolicySnapshot snapshot(PolicyCompiler compiler, PolicySnapshot previous, List<KeyReference> keys) {
        ImmutableList.Builder<LayeredObject> layers = ImmutableList.builder();
        objects.forEach(
                (key, entry) -> layers.add(new LayeredObject(key.origin() == Origin.BUNDLE ? Layer.BUNDLE : Layer.CALL, entry.object())));
        return PolicySnapshot.compile(new SnapshotSource(version.version(), version.token(), layers.build(),
                ImmutableList.copyOf(tables.values()), keys), compiler, Optional.of(previous));
    }
}
