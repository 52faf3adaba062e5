package io.github.trinopolicy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.Layer;
import io.github.trinopolicy.decision.LayeredObject;
import io.github.trinopolicy.decision.SnapshotSource;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreChanges;
import io.github.trinopolicy.store.StoreContents;
import io.github.trinopolicy.store.StoreVersion;
import io.github.trinopolicy.store.StoredObject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// The contents of one store version, decoded; the next version is made from it by decoding only what changed. Immutable.
record PolicyObjects(StoreVersion version, Map<ObjectKey, LayeredObject> objects, Map<UUID, KnownTable> tables,
        Map<UUID, KeyReference> keys, Map<String, String> currentProjects) {
    PolicyObjects {
        objects = ImmutableMap.copyOf(objects);
        tables = ImmutableMap.copyOf(tables);
        keys = ImmutableMap.copyOf(keys);
        currentProjects = ImmutableMap.copyOf(currentProjects);
    }

    static PolicyObjects of(StoreContents contents, BundleReader reader) {
        Map<ObjectKey, LayeredObject> objects = new HashMap<>();
        contents.objects().forEach(object -> objects.put(object.key(), decode(object, reader)));
        Map<UUID, KnownTable> tables = new HashMap<>();
        contents.tables().forEach(table -> tables.put(table.id(), table));
        Map<UUID, KeyReference> keys = new HashMap<>();
        contents.keys().forEach(key -> keys.put(key.id(), key));
        Map<String, String> currentProjects = new HashMap<>();
        contents.currentProjects().forEach(current -> currentProjects.put(current.user(), current.project()));
        return new PolicyObjects(contents.version(), objects, tables, keys, currentProjects);
    }

    PolicyObjects with(StoreChanges changes, BundleReader reader) {
        Map<ObjectKey, LayeredObject> newObjects = new HashMap<>(objects);
        changes.removed().forEach(newObjects::remove);
        changes.changed().forEach(object -> newObjects.put(object.key(), decode(object, reader)));
        Map<UUID, KnownTable> newTables = new HashMap<>(tables);
        changes.removedTables().forEach(newTables::remove);
        changes.tables().forEach(table -> newTables.put(table.id(), table));
        Map<UUID, KeyReference> newKeys = new HashMap<>(keys);
        changes.keys().forEach(key -> newKeys.put(key.id(), key));
        return new PolicyObjects(changes.version(), newObjects, newTables, newKeys, currentProjectsWith(changes));
    }

    private Map<String, String> currentProjectsWith(StoreChanges changes) {
        if (changes.currentProjects().isEmpty() && changes.leftProjects().isEmpty()) {
            return currentProjects;
        }
        Map<String, String> newProjects = new HashMap<>(currentProjects);
        changes.leftProjects().forEach(newProjects::remove);
        changes.currentProjects().forEach(current -> newProjects.put(current.user(), current.project()));
        return newProjects;
    }

    SnapshotSource source() {
        return new SnapshotSource(version.version(), version.token(), ImmutableList.copyOf(objects.values()),
                ImmutableList.copyOf(tables.values()),
                ImmutableList.copyOf(keys.values()), currentProjects);
    }

    private static LayeredObject decode(StoredObject object, BundleReader reader) {
        return new LayeredObject(object.origin() == Origin.BUNDLE ? Layer.BUNDLE : Layer.CALL, reader.readStored(object.document()));
    }
}
