package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.snapshot.PolicyObjects;
import io.github.trinopolicy.snapshot.SourcedObject;
import io.github.trinopolicy.store.AttributeReadings;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoredObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// What the store would hold after a change that is being prepared: what it holds now, and beside it what differs. Not thread-safe.
final class StoreImage {
    private final PolicyObjects before;
    private final DrawnKeys drawn;
    private final Map<ObjectKey, Optional<SourcedObject>> objects = new LinkedHashMap<>();
    private final Map<ObjectName, Optional<KnownTable>> tables = new LinkedHashMap<>();

    /// What becomes of one layer of an object.
    record Difference(ObjectKey key, Optional<SourcedObject> before, Optional<SourcedObject> after) {}

    StoreImage(PolicyObjects before) {
        this(before, DrawnKeys.NONE);
    }

    /// @param drawn what tables lacked a moment ago
    StoreImage(PolicyObjects before, DrawnKeys drawn) {
        this.before = requireNonNull(before, "before is null");
        this.drawn = requireNonNull(drawn, "drawn is null");
    }

    /// The layers of the objects of a kind.
    Map<ObjectKey, SourcedObject> objects(Kind kind) {
        Map<ObjectKey, SourcedObject> all = new HashMap<>(before.layers(kind));
        objects.forEach((key, object) -> {
            if (key.kind() == kind) {
                object.ifPresentOrElse(present -> all.put(key, present), () -> all.remove(key));
            }
        });
        return all;
    }

    /// The layers in which something is said of an object.
    List<ObjectKey> layers(Kind kind, String name) {
        return Stream.of(Origin.values()).map(origin -> new ObjectKey(kind, name, origin)).filter(key -> object(key).isPresent())
                .collect(toImmutableList());
    }

    Optional<SourcedObject> object(ObjectKey key) {
        return objects.containsKey(key) ? requireNonNull(objects.get(key)) : before.layer(key);
    }

    void put(ObjectKey key, SourcedObject object) {
        objects.put(key, Optional.of(object));
    }

    void remove(ObjectKey key) {
        objects.put(key, Optional.empty());
    }

    void approve(ObjectName name, List<Column> approved) {
        KnownTable table = KnownTables.approve(table(name), drawn.id(name).orElseGet(UUID::randomUUID), name, approved);
        tables.put(table.name(), Optional.of(table));
    }

    void remove(ObjectName table) {
        tables.put(table, Optional.empty());
    }

    Optional<KnownTable> table(ObjectName name) {
        return tables.containsKey(name) ? requireNonNull(tables.get(name)) : before.table(name);
    }

    /// What the change makes of objects; those that stay as they are are left out.
    List<Difference> differences() {
        return objects.entrySet().stream()
                .map(entry -> new Difference(entry.getKey(), before.layer(entry.getKey()), entry.getValue()))
                .filter(difference -> !difference.before().equals(difference.after()))
                .collect(toImmutableList());
    }

    /// Tables with newly approved columns.
    List<KnownTable> changedTables() {
        return tables.values().stream().flatMap(Optional::stream)
                .filter(table -> !Optional.of(table).equals(tableBefore(table.name())))
                .collect(toImmutableList());
    }

    /// Tables that are forgotten.
    List<KnownTable> removedTables() {
        return tables.entrySet().stream().filter(entry -> entry.getValue().isEmpty())
                .flatMap(entry -> tableBefore(entry.getKey()).stream())
                .collect(toImmutableList());
    }

    boolean isChanged(ObjectKey key) {
        return !before.layer(key).map(SourcedObject::object).equals(object(key).map(SourcedObject::object));
    }

    Optional<KnownTable> tableBefore(ObjectName name) {
        return before.table(name);
    }

    /// Writes what differs from the store, and no more.
    ///
    /// @param keyMaker gives tables the keys that they have not yet
    void write(StoreTransaction transaction, DocumentWriter writer, DataKeyMaker keyMaker) {
        List<Difference> differences = differences();
        transaction.putAll(differences.stream().flatMap(difference -> stored(difference, writer).stream()).toList());
        transaction.removeAll(differences.stream().filter(difference -> difference.after().isEmpty()).map(Difference::key).toList());
        differences.stream().filter(difference -> difference.key().kind() == Kind.ATTRIBUTE_SOURCE && difference.after().isEmpty())
                .forEach(difference -> transaction.removeAttributeReading(difference.key().name()));
        differences.stream().filter(StoreImage::takesOwnership)
                .forEach(difference -> transaction.removeSampleSecrets(ObjectName.parse(difference.key().name())));
        List<KnownTable> changedTables = changedTables();
        transaction.saveTables(changedTables);
        SetMultimap<KeyFamily, UUID> scopes = keyScopes();
        transaction.addKeys(drawn.of(ImmutableSet.copyOf(scopes.values())));
        scopes.asMap().forEach((family, tables) -> keyMaker.ensureKeys(transaction, family, tables));
        differences.stream().flatMap(difference -> beginsToJoin(difference).stream())
                .forEach(project -> keyMaker.renewKey(transaction, KeyFamily.HASH, project));
        removedTables().forEach(table -> transaction.removeTable(table.id()));
    }

    /// By one layer alone: what another says makes no difference, so too much is forgotten at most.
    private static boolean takesOwnership(Difference difference) {
        Principals before = owners(difference.before());
        Principals after = owners(difference.after());
        return !after.users().containsAll(before.users()) || !after.groups().containsAll(before.groups());
    }

    private static Principals owners(Optional<SourcedObject> layer) {
        return layer.map(SourcedObject::object).filter(DataSource.class::isInstance).map(DataSource.class::cast).map(DataSource::owners)
                .orElse(Principals.NONE);
    }

    private static Optional<Project> beginsToJoin(Difference difference) {
        return joining(difference.before()).isPresent() ? Optional.empty() : joining(difference.after());
    }

    private static Optional<Project> joining(Optional<SourcedObject> layer) {
        return layer.map(SourcedObject::object).filter(Project.class::isInstance).map(Project.class::cast).filter(Project::maskedJoins);
    }

    private static Optional<StoredObject> stored(Difference difference, DocumentWriter writer) {
        ObjectKey key = difference.key();
        return difference.after().map(
                after -> new StoredObject(key.kind(), key.name(), key.origin(), after.source(), writer.toJson(after.object())));
    }

    /// The image as a snapshot, for everything that a snapshot can answer.
    ///
    /// @param previous what is made of the same things is taken over from it
    PolicySnapshot snapshot(PolicyCompiler compiler, PolicySnapshot previous) {
        Map<UUID, Optional<KnownTable>> changedTables = new HashMap<>();
        removedTables().forEach(table -> changedTables.put(table.id(), Optional.empty()));
        changedTables().forEach(table -> changedTables.put(table.id(), Optional.of(table)));
        PolicyObjects after = before.with(before.version(), new PolicyObjects.Changes(
                differences().stream().collect(toImmutableMap(Difference::key, Difference::after)), changedTables, proposedKeys(),
                ImmutableMap.of(), AttributeReadings.NONE, ImmutableMap.of()));
        return PolicySnapshot.compile(after.source(), compiler, Optional.of(previous));
    }

    /// References to the keys that tables and projects get when the change is made.
    private List<KeyReference> proposedKeys() {
        SetMultimap<KeyFamily, UUID> missing = HashMultimap.create(keyScopes());
        differences().stream().flatMap(difference -> beginsToJoin(difference).stream())
                .forEach(project -> missing.put(KeyFamily.HASH, project.id()));
        before.source().keys().values().stream().filter(key -> key.state() == KeyState.PRIMARY)
                .forEach(key -> missing.remove(key.family(), key.scope()));
        return missing.entries().stream()
                .map(entry -> new KeyReference(UUID.randomUUID(), entry.getValue(), entry.getKey(), 1, KeyState.PRIMARY))
                .collect(toImmutableList());
    }

    /// The tables touched by the change that shall have keys: each those of each table, and one to choose rows by where the key of a row is known.
    private SetMultimap<KeyFamily, UUID> keyScopes() {
        ImmutableSetMultimap.Builder<KeyFamily, UUID> scopes = ImmutableSetMultimap.builder();
        changedTables().forEach(table -> DataKeyMaker.OF_EACH_TABLE.forEach(family -> scopes.put(family, table.id())));
        Stream<ObjectName> described = differences().stream().map(Difference::key).filter(key -> key.kind() == Kind.DATA_SOURCE)
                .map(key -> ObjectName.parse(key.name()));
        Stream.concat(described, changedTables().stream().map(KnownTable::name)).filter(this::hasRowKey)
                .forEach(name -> table(name).ifPresent(table -> scopes.put(KeyFamily.MINIMIZE, table.id())));
        return scopes.build();
    }

    private boolean hasRowKey(ObjectName table) {
        return layers(Kind.DATA_SOURCE, table.toString()).stream()
                .flatMap(key -> object(key).stream())
                .anyMatch(layer -> layer.object() instanceof DataSource dataSource && !dataSource.keyColumns().isEmpty());
    }
}
