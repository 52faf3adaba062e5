package io.github.trinopolicy.snapshot;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.LayerMerge;
import io.github.trinopolicy.decision.ReadAttributes;
import io.github.trinopolicy.decision.SnapshotSource;
import io.github.trinopolicy.model.CurrentProject;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.store.AttributeReadings;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreChanges;
import io.github.trinopolicy.store.StoreContents;
import io.github.trinopolicy.store.StoreVersion;
import io.github.trinopolicy.store.StoredObject;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The contents of one store version, decoded. The next version is made from it by decoding only what changed, and shares with it all
/// kinds of objects of which none changed. Immutable.
public final class PolicyObjects {
    private final StoreVersion version;
    private final Map<Kind, Map<ObjectKey, SourcedObject>> layers;
    private final Map<Kind, Map<String, PolicyObject>> merged;
    private final Map<UUID, KnownTable> tables;
    private final Map<ObjectName, KnownTable> tableNames;
    private final Map<UUID, KeyReference> keys;
    private final Map<String, String> currentProjects;
    private final Map<String, ReadAttributes> readAttributes;
    private final Map<String, Long> policyVersions;

    /// What is new, other or, where empty, gone.
    ///
    /// @param keys those that are new or other; none is ever gone
    /// @param currentProjects by user
    /// @param attributeReadings of the store
    /// @param policyVersions by name the version that wrote the policy last
    public record Changes(Map<ObjectKey, Optional<SourcedObject>> objects, Map<UUID, Optional<KnownTable>> tables,
            Collection<KeyReference> keys, Map<String, Optional<String>> currentProjects,
            AttributeReadings attributeReadings, Map<String, Long> policyVersions) {}

    private PolicyObjects(StoreVersion version, Map<Kind, Map<ObjectKey, SourcedObject>> layers,
            Map<Kind, Map<String, PolicyObject>> merged, Map<UUID, KnownTable> tables, Map<ObjectName, KnownTable> tableNames,
            Map<UUID, KeyReference> keys, Map<String, String> currentProjects, Map<String, ReadAttributes> readAttributes,
            Map<String, Long> policyVersions) {
        this.version = requireNonNull(version, "version is null");
        this.layers = requireNonNull(layers, "layers is null");
        this.merged = requireNonNull(merged, "merged is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.tableNames = requireNonNull(tableNames, "tableNames is null");
        this.keys = requireNonNull(keys, "keys is null");
        this.currentProjects = requireNonNull(currentProjects, "currentProjects is null");
        this.readAttributes = requireNonNull(readAttributes, "readAttributes is null");
        this.policyVersions = requireNonNull(policyVersions, "policyVersions is null");
    }

    public static PolicyObjects of(StoreContents contents, BundleReader reader) {
        PolicyObjects nothing = new PolicyObjects(contents.version(), ImmutableMap.of(), ImmutableMap.of(), ImmutableMap.of(),
                ImmutableMap.of(), ImmutableMap.of(), ImmutableMap.of(), ImmutableMap.of(), ImmutableMap.of());
        return nothing.with(contents.version(), new Changes(decode(contents.objects(), reader), byId(contents.tables()), contents.keys(),
                byUser(contents.currentProjects()), contents.attributeReadings(), contents.policyVersions()));
    }

    public PolicyObjects with(StoreChanges changes, BundleReader reader) {
        Map<ObjectKey, Optional<SourcedObject>> changedObjects = new HashMap<>();
        changes.removed().forEach(key -> changedObjects.put(key, Optional.empty()));
        changedObjects.putAll(decode(changes.changed(), reader));
        Map<UUID, Optional<KnownTable>> changedTables = new HashMap<>();
        changes.removedTables().forEach(id -> changedTables.put(id, Optional.empty()));
        changedTables.putAll(byId(changes.tables()));
        Map<String, Optional<String>> changedProjects = new HashMap<>();
        changes.leftProjects().forEach(user -> changedProjects.put(user, Optional.empty()));
        changedProjects.putAll(byUser(changes.currentProjects()));
        return with(changes.version(), new Changes(changedObjects, changedTables, changes.keys(), changedProjects,
                changes.attributeReadings(), changes.policyVersions()));
    }

    public PolicyObjects with(StoreVersion newVersion, Changes changes) {
        Map<Kind, Map<ObjectKey, SourcedObject>> newLayers = new EnumMap<>(Kind.class);
        newLayers.putAll(layers);
        Map<Kind, Map<String, PolicyObject>> newMerged = new EnumMap<>(Kind.class);
        newMerged.putAll(merged);
        Map<Kind, Set<ObjectKey>> changedKinds = new EnumMap<>(Kind.class);
        changes.objects().keySet().forEach(key -> changedKinds.computeIfAbsent(key.kind(), _ -> new HashSet<>()).add(key));
        changedKinds.forEach((kind, changed) -> {
            Map<ObjectKey, SourcedObject> kindLayers = replaced(layers.getOrDefault(kind, ImmutableMap.of()),
                    Maps.asMap(changed, key -> requireNonNull(changes.objects().get(key))));
            Map<String, Optional<PolicyObject>> changedNames = new HashMap<>();
            changed.forEach(key -> changedNames.computeIfAbsent(key.name(), name -> merge(kindLayers, kind, name)));
            newLayers.put(kind, kindLayers);
            newMerged.put(kind, replaced(merged.getOrDefault(kind, ImmutableMap.of()), changedNames));
        });
        return new PolicyObjects(newVersion, newLayers, newMerged, replaced(tables, changes.tables()), replacedNames(changes.tables()),
                replaced(keys, changes.keys().stream().collect(toImmutableMap(KeyReference::id, Optional::of))),
                replaced(currentProjects, changes.currentProjects()), replacedReadings(changes.attributeReadings()),
                replaced(policyVersions, Maps.transformValues(changes.policyVersions(), Optional::of)));
    }

    private static Optional<PolicyObject> merge(Map<ObjectKey, SourcedObject> layers, Kind kind, String name) {
        Optional<PolicyObject> bundle = Optional.ofNullable(layers.get(new ObjectKey(kind, name, Origin.BUNDLE)))
                .map(SourcedObject::object);
        Optional<PolicyObject> call = Optional.ofNullable(layers.get(new ObjectKey(kind, name, Origin.CALL))).map(SourcedObject::object);
        return bundle.isPresent() && call.isPresent() ? Optional.of(LayerMerge.merge(bundle.get(), call.get())) : bundle.or(() -> call);
    }

    private Map<ObjectName, KnownTable> replacedNames(Map<UUID, Optional<KnownTable>> changedTables) {
        Map<ObjectName, Optional<KnownTable>> changedNames = new HashMap<>();
        changedTables.keySet()
                .forEach(id -> Optional.ofNullable(tables.get(id)).ifPresent(old -> changedNames.put(old.name(), Optional.empty())));
        changedTables.values().forEach(table -> table.ifPresent(present -> changedNames.put(present.name(), table)));
        return replaced(tableNames, changedNames);
    }

    private Map<String, ReadAttributes> replacedReadings(AttributeReadings changes) {
        Map<String, Map<String, Optional<List<String>>>> values = new HashMap<>();
        changes.attributes().forEach(attribute -> values.computeIfAbsent(attribute.source(), _ -> new HashMap<>()).put(attribute.user(),
                attribute.values().isEmpty() ? Optional.empty() : Optional.of(attribute.values())));
        Map<String, Optional<ReadAttributes>> readings = new HashMap<>();
        changes.removed().forEach(source -> readings.put(source, Optional.empty()));
        changes.readings().forEach(reading -> {
            Map<String, List<String>> before = Optional.ofNullable(readAttributes.get(reading.source())).map(ReadAttributes::values)
                    .orElse(ImmutableMap.of());
            readings.put(reading.source(), Optional.of(new ReadAttributes(reading,
                    replaced(before, values.getOrDefault(reading.source(), ImmutableMap.of())))));
        });
        return replaced(readAttributes, readings);
    }

    private static <K, V> Map<K, V> replaced(Map<K, V> map, Map<K, Optional<V>> changes) {
        if (changes.isEmpty()) {
            return map;
        }
        Map<K, V> copy = new HashMap<>(map);
        changes.forEach((key, value) -> value.ifPresentOrElse(present -> copy.put(key, present), () -> copy.remove(key)));
        return Collections.unmodifiableMap(copy);
    }

    private static Map<ObjectKey, Optional<SourcedObject>> decode(Collection<StoredObject> objects, BundleReader reader) {
        return objects.stream().collect(toImmutableMap(StoredObject::key,
                object -> Optional.of(new SourcedObject(reader.readStored(object.document()), object.source()))));
    }

    private static Map<UUID, Optional<KnownTable>> byId(Collection<KnownTable> tables) {
        return tables.stream().collect(toImmutableMap(KnownTable::id, Optional::of));
    }

    private static Map<String, Optional<String>> byUser(Collection<CurrentProject> projects) {
        return projects.stream().collect(toImmutableMap(CurrentProject::user, current -> Optional.of(current.project())));
    }

    public StoreVersion version() {
        return version;
    }

    public Optional<SourcedObject> layer(ObjectKey key) {
        return Optional.ofNullable(layers.getOrDefault(key.kind(), ImmutableMap.of()).get(key));
    }

    /// All layers of all objects of a kind.
    public Map<ObjectKey, SourcedObject> layers(Kind kind) {
        return layers.getOrDefault(kind, ImmutableMap.of());
    }

    public Optional<KnownTable> table(ObjectName name) {
        return Optional.ofNullable(tableNames.get(name));
    }

    public SnapshotSource source() {
        return new SnapshotSource(version.version(), version.token(), merged, tableNames, keys, currentProjects, readAttributes,
                policyVersions);
    }
}
