package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.collect.Lists;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.CurrentProject;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ReadAttribute;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// The store while one change is being made to it; no other change is under way. Reads see what was written before. Nothing lasts
/// unless the function that was given to [PolicyStore#change] returns. For the thread of that function alone, and not to be kept.
public final class StoreTransaction {
    private static final int CHUNK = 1_000;

    private final UUID storeId;
    private final StoreVersion version;
    private final long nextVersion;
    private final ObjectRows objects;
    private final KnownTableRows tables;
    private final DataKeyRows keys;
    private final CurrentProjectRows projects;
    private final AttributeReadingRows readings;
    private final JobRows jobs;
    private final SchemaEventRows events;
    private final SampleSecretRows sampleSecrets;
    private final RevisionRows revisions;
    private final StoreRows rows;
    private final RevisionDraft draft = new RevisionDraft();

    StoreTransaction(Handle handle, UUID storeId, StoreVersion version) {
        this.storeId = requireNonNull(storeId, "storeId is null");
        this.version = requireNonNull(version, "version is null");
        this.nextVersion = version.version() + 1;
        this.objects = new ObjectRows(handle);
        this.tables = new KnownTableRows(handle);
        this.keys = new DataKeyRows(handle);
        this.projects = new CurrentProjectRows(handle);
        this.readings = new AttributeReadingRows(handle);
        this.jobs = new JobRows(handle);
        this.events = new SchemaEventRows(handle);
        this.sampleSecrets = new SampleSecretRows(handle);
        this.revisions = new RevisionRows(handle);
        this.rows = new StoreRows(handle);
    }

    public UUID storeId() {
        return storeId;
    }

    /// The version that is being changed.
    public StoreVersion version() {
        return version;
    }

    /// Everything, as it was before this change.
    public StoreContents contents() {
        return rows.contents();
    }

    /// @return empty when `earlier` is not part of the history of this store
    public Optional<StoreChanges> changesSince(StoreVersion earlier) {
        return rows.changesSince(earlier);
    }

    /// What was done after an earlier version, the last first, without the choices of projects and the readings of attribute sources: undone in
    /// this order, it leads back to the policies of that version.
    public List<RevisionChange> changesAfter(long earlier) {
        return revisions.changesAfter(earlier);
    }

    /// What acts of a kind did to objects after an earlier version, the first first.
    public List<RevisionChange> changesAfter(long earlier, String action) {
        return revisions.changesAfter(earlier, action);
    }

    /// True when the act stands in the history. Of use for acts of which each differs from all others.
    public boolean isDone(Act act) {
        return revisions.contains(act);
    }

    /// A new random identifier for a table or column.
    public UUID newId() {
        return UUID.randomUUID();
    }

    public List<StoredObject> objects() {
        return objects.all();
    }

    public List<StoredObject> objects(Kind kind) {
        return objects.ofKind(kind);
    }

    public Optional<StoredObject> object(ObjectKey key) {
        return objects.find(key);
    }

    /// Adds or replaces.
    ///
    /// @return false when the same source and document are there already
    public boolean put(StoredObject object) {
        return putAll(ImmutableList.of(object)) == 1;
    }

    /// Adds or replaces, at a cost of few statements for many objects.
    ///
    /// @param added each of another key
    /// @return how many were not there already with the same source and document
    public int putAll(Collection<StoredObject> added) {
        int changed = 0;
        for (List<StoredObject> chunk : Iterables.partition(added, CHUNK)) {
            Map<ObjectKey, StoredObject> before = existing(Lists.transform(chunk, StoredObject::key));
            List<StoredObject> different = chunk.stream().filter(object -> !object.equals(before.get(object.key()))).toList();
            if (!different.isEmpty()) {
                objects.write(different, nextVersion);
            }
            different.forEach(object -> draft.addObject(object.key(), Optional.ofNullable(before.get(object.key())), Optional.of(object)));
            changed += different.size();
        }
        return changed;
    }

    /// @return false when there is no such object
    public boolean remove(ObjectKey key) {
        return removeAll(ImmutableList.of(key)) == 1;
    }

    /// @param removed each only once
    /// @return how many were there
    public int removeAll(Collection<ObjectKey> removed) {
        int changed = 0;
        for (List<ObjectKey> chunk : Iterables.partition(removed, CHUNK)) {
            Map<ObjectKey, StoredObject> before = existing(chunk);
            if (!before.isEmpty()) {
                objects.writeTombstones(before.keySet(), nextVersion);
            }
            before.forEach((key, object) -> draft.addObject(key, Optional.of(object), Optional.empty()));
            changed += before.size();
        }
        return changed;
    }

    private Map<ObjectKey, StoredObject> existing(Collection<ObjectKey> keys) {
        return objects.find(keys).stream().collect(toImmutableMap(StoredObject::key, Function.identity()));
    }

    /// Forgets the secrets by which owners see raw rows of the object and of what it holds.
    public void removeSampleSecrets(ObjectName object) {
        sampleSecrets.removeWithin(object);
    }

    public List<KnownTable> tables() {
        return tables.all();
    }

    public Optional<KnownTable> table(ObjectName name) {
        return tables.find(name);
    }

    public Optional<KnownTable> table(UUID id) {
        return tables.find(id);
    }

    /// Makes the table and its columns exactly what `table` says: adds, renames, replaces.
    ///
    /// @return false when it is so already
    /// @throws PolicyStoreException when another table has the name
    public boolean saveTable(KnownTable table) {
        return saveTables(ImmutableList.of(table)) == 1;
    }

    /// Like [#saveTable], at a cost of few statements for many tables.
    ///
    /// @param saved each of another identity and name
    /// @return how many were not so already
    /// @throws PolicyStoreException when another table has the name of one of them
    public int saveTables(Collection<KnownTable> saved) {
        int changed = 0;
        for (List<KnownTable> chunk : Iterables.partition(saved, CHUNK)) {
            List<KnownTable> known = tables.find(chunk);
            Map<UUID, KnownTable> before = known.stream().collect(toImmutableMap(KnownTable::id, Function.identity()));
            Map<ObjectName, UUID> names = known.stream().collect(toImmutableMap(KnownTable::name, KnownTable::id));
            List<KnownTable> different = chunk.stream().filter(table -> !table.equals(before.get(table.id()))).toList();
            for (KnownTable table : different) {
                if (!names.getOrDefault(table.name(), table.id()).equals(table.id())) {
                    throw new PolicyStoreException(
                            Category.CONFLICT,
                            "another table is known as %s: rename or forget that one first".formatted(table.name()));
                }
            }
            tables.write(different, before, nextVersion);
            different.forEach(table -> draft.addTable(Optional.ofNullable(before.get(table.id())), Optional.of(table)));
            changed += different.size();
        }
        return changed;
    }

    /// @return false when the table has the name already
    /// @throws PolicyStoreException when the table is not known, or another one has the name
    public boolean renameTable(UUID id, ObjectName name) {
        KnownTable table = tables.find(id).orElseThrow(() -> new PolicyStoreException(
                Category.CONFLICT, "table %s is not known: register it first".formatted(id)));
        return saveTable(new KnownTable(id, name, table.columns()));
    }

    /// Forgets name and columns; keys of the table stay.
    ///
    /// @return false when the table is not known
    public boolean removeTable(UUID id) {
        Optional<KnownTable> before = tables.find(id);
        if (before.isEmpty()) {
            return false;
        }
        tables.writeTombstone(before.get(), nextVersion);
        draft.addTable(before, Optional.empty());
        return true;
    }

    public List<KeyReference> keys() {
        return keys.all();
    }

    /// Oldest first, destroyed ones included.
    public List<KeyReference> keys(UUID scope, KeyFamily family) {
        return keys.of(scope, family);
    }

    /// Empty when the key does not exist or was destroyed.
    public Optional<WrappedKey> wrappedKey(UUID id) {
        return keys.wrapped(id);
    }

    /// The primary key of scope and family, made if there is none.
    ///
    /// @param wrap makes and wraps the data key of a reference; runs while other writers wait
    public KeyReference ensureKey(UUID scope, KeyFamily family, Function<KeyReference, WrappedKey> wrap) {
        return primaryKey(scope, family).orElseGet(() -> addKey(scope, family, wrap));
    }

    /// Makes the primary keys that are missing, at a cost of few statements where most are there.
    ///
    /// @param wrap makes and wraps the data key of a reference; runs while other writers wait
    public void ensureKeys(Collection<UUID> scopes, KeyFamily family, Function<KeyReference, WrappedKey> wrap) {
        for (List<UUID> chunk : Iterables.partition(scopes, CHUNK)) {
            Set<UUID> present = keys.primaryScopes(chunk, family);
            chunk.stream().filter(scope -> !present.contains(scope)).forEach(scope -> addKey(scope, family, wrap));
        }
    }

    /// Makes a new primary key; the present one, if any, is retired.
    ///
    /// @param wrap makes and wraps the data key of a reference; runs while other writers wait
    public KeyReference rotateKey(UUID scope, KeyFamily family, Function<KeyReference, WrappedKey> wrap) {
        primaryKey(scope, family).ifPresent(this::retire);
        return addKey(scope, family, wrap);
    }

    /// A key that was drawn before takes the place of the primary one, unless somebody else has made another primary key in the meantime:
    /// then nothing happens.
    ///
    /// @param expected the primary key that shall be retired
    public boolean rotateKey(KeyReference expected, NewKey next) {
        if (!primaryKey(expected.scope(), expected.family()).equals(Optional.of(expected))) {
            return false;
        }
        checkArgument(
                next.reference().scope().equals(expected.scope()) && next.reference().family() == expected.family()
                        && next.reference().version() == expected.version() + 1,
                "key %s does not follow key %s", next.reference().id(), expected.id());
        retire(expected);
        add(next);
        return true;
    }

    /// Stores keys that were drawn before, where scope and family have none yet.
    ///
    /// @param drawn of version 1
    /// @return how many were stored
    public int addKeys(Collection<NewKey> drawn) {
        int added = 0;
        for (NewKey key : drawn) {
            checkArgument(key.reference().version() == 1, "key %s is not the first one", key.reference().id());
            if (keys.of(key.reference().scope(), key.reference().family()).isEmpty()) {
                add(key);
                added++;
            }
        }
        return added;
    }

    /// Replaces the wrapping, not the key, if it is wrapped as expected still: somebody may have wrapped it anew or destroyed it.
    public boolean rewrapKey(UUID id, WrappedKey expected, WrappedKey wrapped) {
        return keys.wrapped(id).equals(Optional.of(expected)) && rewrapKey(id, wrapped);
    }

    /// Replaces the wrapping, not the key.
    ///
    /// @return false when it is wrapped so already
    /// @throws PolicyStoreException when the key does not exist or was destroyed
    public boolean rewrapKey(UUID id, WrappedKey wrapped) {
        KeyReference key = existingKey(id);
        WrappedKey before = keys.wrapped(id).orElseThrow(() -> new PolicyStoreException(
                Category.CONFLICT, "data key %s was destroyed: it cannot be wrapped anew".formatted(id)));
        if (before.equals(wrapped)) {
            return false;
        }
        keys.rewrap(id, wrapped, nextVersion);
        draft.addKey(Optional.of(key), key, Optional.of(before.provider()), Optional.of(wrapped.provider()));
        return true;
    }

    /// Erases the wrapped key for good, in this database: dumps of it have it still.
    ///
    /// @return false when it was destroyed already
    /// @throws PolicyStoreException when the key does not exist, or is the primary one: what is masked now would need it
    public boolean destroyKey(UUID id) {
        KeyReference key = existingKey(id);
        if (key.state() == KeyState.DESTROYED) {
            return false;
        }
        if (key.state() == KeyState.PRIMARY) {
            throw new PolicyStoreException(Category.CONFLICT,
                    "data key %s is in use: CALL policy.admin.rotate_keys before it is destroyed".formatted(id));
        }
        Optional<String> provider = wrappedBy(key);
        keys.destroy(id, nextVersion);
        draft.addKey(Optional.of(key), withState(key, KeyState.DESTROYED), provider, Optional.empty());
        return true;
    }

    /// The project that the user works in.
    public Optional<String> currentProject(String user) {
        return projects.find(user).map(CurrentProject::project);
    }

    /// Makes the user work in the project; empty: in none.
    ///
    /// @return false when it is so already
    public boolean setCurrentProject(String user, Optional<String> project) {
        Optional<String> before = currentProject(user);
        if (before.equals(project)) {
            return false;
        }
        projects.write(user, project, nextVersion);
        draft.addCurrentProject(user, before, project);
        return true;
    }

    public Optional<AttributeReading> attributeReading(String source) {
        return readings.find(source);
    }

    /// Makes what the attribute source says of users exactly this, at a cost of few statements where little differs.
    ///
    /// @param attributes of each user once, all of the source of the reading
    /// @param renewed whether the reading itself is written where no user changes
    /// @return of how many users the values differ
    public int saveAttributeReading(AttributeReading reading, Collection<ReadAttribute> attributes, boolean renewed) {
        Map<String, ReadAttribute> before = readings.attributesOf(reading.source()).stream()
                .collect(toImmutableMap(ReadAttribute::user, Function.identity()));
        Map<String, ReadAttribute> after = attributes.stream().collect(toImmutableMap(ReadAttribute::user, Function.identity()));
        ImmutableList.Builder<ReadAttribute> different = ImmutableList.builder();
        attributes.stream().filter(attribute -> !attribute.equals(before.get(attribute.user()))).forEach(different::add);
        before.keySet().stream().filter(user -> !after.containsKey(user))
                .forEach(user -> different.add(new ReadAttribute(reading.source(), user, ImmutableList.of())));
        List<ReadAttribute> changed = different.build();
        if (changed.isEmpty() && !renewed) {
            return 0;
        }
        readings.write(reading, nextVersion);
        readings.write(changed, nextVersion);
        draft.addAttributeReading(reading.source(), Optional.of("users: %s%n".formatted(before.size())),
                Optional.of("users: %s%nchanged: %s%nvalid until: %s%n".formatted(after.size(), changed.size(), reading.validUntil())));
        return changed.size();
    }

    /// Takes back all that the attribute source says.
    ///
    /// @return false when it says nothing
    public boolean removeAttributeReading(String source) {
        if (readings.find(source).isEmpty()) {
            return false;
        }
        readings.remove(source, nextVersion);
        draft.addAttributeReading(source, Optional.of("read%n".formatted()), Optional.empty());
        return true;
    }

    /// True while nobody has ended the job; it stays so until this transaction ends.
    public boolean isRunning(long job) {
        return jobs.lockRunning(job);
    }

    /// Tells of something that a user did, once however often it is told. It makes no version.
    ///
    /// @param event with the query that did it
    public void record(SchemaEvent event) {
        checkArgument(event.query().isPresent(), "the event is of no query");
        if (!events.contains(event)) {
            events.insert(ImmutableList.of(event));
        }
    }

    RevisionDraft draft() {
        return draft;
    }

    private Optional<KeyReference> primaryKey(UUID scope, KeyFamily family) {
        return keys.of(scope, family).stream().filter(key -> key.state() == KeyState.PRIMARY).findFirst();
    }

    private KeyReference addKey(UUID scope, KeyFamily family, Function<KeyReference, WrappedKey> wrap) {
        List<KeyReference> older = keys.of(scope, family);
        int keyVersion = older.isEmpty() ? 1 : older.getLast().version() + 1;
        KeyReference key = new KeyReference(UUID.randomUUID(), scope, family, keyVersion, KeyState.PRIMARY);
        add(new NewKey(key, wrap.apply(key)));
        return key;
    }

    private void add(NewKey key) {
        keys.insert(key.reference(), key.wrapped(), nextVersion);
        draft.addKey(Optional.empty(), key.reference(), Optional.empty(), Optional.of(key.wrapped().provider()));
    }

    private void retire(KeyReference primary) {
        keys.retire(primary.id(), nextVersion);
        draft.addKey(Optional.of(primary), withState(primary, KeyState.RETIRED), wrappedBy(primary), wrappedBy(primary));
    }

    private KeyReference existingKey(UUID id) {
        return keys.find(id).orElseThrow(() -> new PolicyStoreException(
                Category.CONFLICT, "there is no data key %s: policy.metadata.keys lists those there are".formatted(id)));
    }

    private Optional<String> wrappedBy(KeyReference key) {
        return keys.wrapped(key.id()).map(WrappedKey::provider);
    }

    private static KeyReference withState(KeyReference key, KeyState state) {
        return new KeyReference(key.id(), key.scope(), key.family(), key.version(), state);
    }
}
