package io.github.trinopolicy.administration;

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
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoredObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the store would hold after a change that is being prepared. Not thread-safe.
final class StoreImage {
    private final Map<ObjectKey, Entry> objects = new LinkedHashMap<>();
    private final Map<ObjectName, KnownTable> tables = new LinkedHashMap<>();
    private final Map<ObjectKey, Entry> objectsBefore;
    private final Map<ObjectName, KnownTable> tablesBefore;
    private final StoreTransaction transaction;

    record Entry(PolicyObject object, Optional<String> source) {}

    StoreImage(StoreTransaction transaction, BundleReader reader) {
        this.transaction = requireNonNull(transaction, "transaction is null");
        for (StoredObject object : transaction.objects()) {
            objects.put(object.key(), new Entry(reader.readStored(object.document()), object.source()));
        }
        transaction.tables().forEach(table -> tables.put(table.name(), table));
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

    Iterable<KnownTable> tables() {
        return tables.values();
    }

    /// Writes what differs from the store, and no more.
    ///
    /// @param keyMaker gives new tables their keys
    void write(DocumentWriter writer, DataKeyMaker keyMaker) {
        Sets.difference(objectsBefore.keySet(), objects.keySet()).forEach(transaction::remove);
        objects.forEach((key, entry) -> {
            if (!entry.equals(objectsBefore.get(key))) {
                transaction.put(new StoredObject(key.kind(), key.name(), key.origin(), entry.source(), writer.toJson(entry.object())));
            }
        });
        tables.forEach((name, table) -> {
            if (!table.equals(tablesBefore.get(name))) {
                transaction.saveTable(table);
                keyMaker.ensureKeys(transaction, table.id());
            }
        });
    }

    /// The image as a snapshot, for everything that a snapshot can answer.
    PolicySnapshot snapshot(PolicyCompiler compiler, PolicySnapshot previous) {
        ImmutableList.Builder<LayeredObject> layers = ImmutableList.builder();
        objects.forEach(
                (key, entry) -> layers.add(new LayeredObject(key.origin() == Origin.BUNDLE ? Layer.BUNDLE : Layer.CALL, entry.object())));
        return PolicySnapshot.compile(new SnapshotSource(transaction.version().version(), transaction.version().token(), layers.build(),
                ImmutableList.copyOf(tables.values()), ImmutableList.of()), compiler, Optional.of(previous));
    }
}
