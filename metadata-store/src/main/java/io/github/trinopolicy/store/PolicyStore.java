package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The policy store. Opened by [PolicyStoreFactory]. Every method throws [PolicyStoreException] when the database does not serve it.
/// Safe for use by several threads.
public final class PolicyStore implements AutoCloseable {
    private final StoreDatabase database;
    private final SchemaVersion schema;
    private final ActListener acts;

    PolicyStore(StoreDatabase database, SchemaVersion schema, ActListener acts) {
        this.database = requireNonNull(database, "database is null");
        this.schema = requireNonNull(schema, "schema is null");
        this.acts = requireNonNull(acts, "acts is null");
    }

    /// @throws PolicyStoreException also when a newer plugin has migrated the store since it was opened, or a standby answers
    public StoreVersion currentVersion() {
        return database.run(handle -> {
            PrimaryServer.require(handle.getConnection(), database.location());
            schema.require(handle);
            return new RevisionRows(handle).current();
        });
    }

    /// What wrapped keys are bound to: it never changes, also not by a restore.
    public UUID storeId() {
        return database.run(handle -> new RevisionRows(handle).storeId());
    }

    public StoreContents load() {
        return database.read(handle -> new StoreRows(handle).contents());
    }

    /// @return empty when `version` is not part of the history of this store, since an older dump was restored: [#load] everything
    public Optional<StoreChanges> changesSince(StoreVersion version) {
        return database.read(handle -> new StoreRows(handle).changesSince(version));
    }

    /// Changes the store in one transaction, one change after the other. When `function` writes something, a new version and its
    /// revision are made and the listeners are notified; when it fails, or the database does, nothing lasts.
    ///
    /// When the connection is lost while committing, a new one is asked whether the version was made.
    ///
    /// @param function runs once, while other writers wait
    public <T extends @Nullable Object> Changed<T> change(Act act, Function<StoreTransaction, T> function) {
        ChangeAttempt<T> attempt = new ChangeAttempt<>(act, function, database.location().channel());
        Changed<T> changed = change(attempt);
        attempt.recorded().ifPresent(acts::committed);
        return changed;
    }

    private <T extends @Nullable Object> Changed<T> change(ChangeAttempt<T> attempt) {
        try {
            return database.write(handle -> {
                schema.require(handle);
                return attempt.run(handle);
            });
        }
        catch (PolicyStoreException e) {
            Optional<Changed<T>> written = attempt.written();
            if (e.category() != Category.UNREACHABLE || written.isEmpty()) {
                throw e;
            }
            if (wasCommitted(written.get().version(), e)) {
                return written.get();
            }
            throw e;
        }
    }

    /// Newest first.
    public List<Revision> revisions(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new RevisionRows(handle).newest(limit));
    }

    /// Newest first, without those in which users chose projects.
    public List<Revision> policyRevisions(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new RevisionRows(handle).newestOfPolicies(limit));
    }

    /// Those in which users chose projects, newest first.
    public List<Revision> projectRevisions(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new RevisionRows(handle).newestOfProjects(limit));
    }

    /// In the order in which they were made; empty when there is no such version.
    public List<RevisionChange> revisionChanges(long version) {
        return database.run(handle -> new RevisionRows(handle).changes(version));
    }

    /// What was done to objects of these kinds, the last first.
    public List<RevisedChange> newestChanges(Set<Kind> kinds, int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new RevisionRows(handle).newestOfKinds(kinds.stream().map(Kind::documentName).toList(), limit));
    }

    /// What the newest act of a kind that names the source did, in the order in which it did it; empty where there was none.
    public List<RevisionChange> newestChanges(String action, String source) {
        return database.run(handle -> new RevisionRows(handle).newestChanges(action, source));
    }

    /// A data key; empty when there is none of this id or it was destroyed.
    public Optional<StoredKey> key(UUID keyId) {
        return database.run(handle -> {
            DataKeyRows keys = new DataKeyRows(handle);
            UUID storeId = new RevisionRows(handle).storeId();
            return keys.find(keyId).flatMap(reference -> keys.wrapped(keyId).map(wrapped -> new StoredKey(storeId, reference, wrapped)));
        });
    }

    /// The public facts of a data key, be it destroyed or not.
    public Optional<KeyReference> keyReference(UUID keyId) {
        return database.run(handle -> new DataKeyRows(handle).find(keyId));
    }

    /// All data keys that ever were, by scope, family and version.
    public List<KeyStatus> keyStatuses() {
        return database.run(handle -> new DataKeyRows(handle).statuses());
    }

    /// Primary keys that were made longer ago than `age`, by the clock of the database.
    public List<KeyReference> primaryKeysOlderThan(KeyFamily family, Duration age) {
        return database.run(handle -> new DataKeyRows(handle).primariesOlderThan(family, age));
    }

    /// The first keys behind `after`, by their identifiers, that another provider than this one has wrapped.
    public List<StoredKey> keysNotWrappedBy(String provider, UUID after, int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new DataKeyRows(handle)
                .notWrappedBy(provider, new RevisionRows(handle).storeId(), after, limit));
    }

    /// Of each provider that has wrapped keys the key that was written last.
    public List<StoredKey> newestKeyOfEachProvider() {
        return database.run(handle -> new DataKeyRows(handle).newestOfEachProvider(new RevisionRows(handle).storeId()));
    }

    /// Keeps a part of a bundle for its author; one of the same number is replaced. This is no change of policies.
    public void stage(Act act, String bundleId, int part, String content) {
        acts.committed(database.write(handle -> {
            schema.require(handle);
            new StagedPartRows(handle).put(act.author(), bundleId, part, content);
            return new ActRows(handle).insert(act, "part %s of bundle %s".formatted(part, bundleId), Optional.empty());
        }));
    }

    /// The parts that the author staged, in their order.
    public List<StagedPart> stagedParts(String author, String bundleId) {
        return database.run(handle -> new StagedPartRows(handle).of(author, bundleId));
    }

    /// Forgets what the author staged and will not apply.
    public void unstage(Act act, String bundleId) {
        acts.committed(database.write(handle -> {
            schema.require(handle);
            new StagedPartRows(handle).remove(act.author(), bundleId);
            return new ActRows(handle).insert(act, "bundle " + bundleId, Optional.empty());
        }));
    }

    /// Forgets what the author staged and has applied, which is part of that act.
    public void removeStaged(String author, String bundleId) {
        runStatement(handle -> new StagedPartRows(handle).remove(author, bundleId));
    }

    /// Replaces the last report of the node.
    public void reportNode(NodeReport report) {
        runStatement(handle -> new NodeRows(handle).write(report));
    }

    public List<NodeStatus> nodes() {
        return database.run(handle -> new NodeRows(handle).all());
    }

    /// Forgets nodes that have not reported for longer than `age`.
    public void removeNodesOlderThan(Duration age) {
        runStatement(handle -> new NodeRows(handle).deleteOlderThan(age));
    }

    /// Keeps values under a reference, always the same ones. This is no change of policies.
    public void putValueSet(UUID reference, Set<String> values) {
        database.write(handle -> {
            new ValueSetRows(handle).write(reference, values);
            return reference;
        });
    }

    /// Empty when nothing is kept under the reference.
    public Optional<Set<String>> valueSet(UUID reference) {
        return database.run(handle -> new ValueSetRows(handle).find(reference));
    }

    /// Those of the references under which nothing is kept.
    public Set<UUID> missingValueSets(Collection<UUID> references) {
        return database.run(handle -> new ValueSetRows(handle).missing(references));
    }

    /// Forgets references that were made longer ago than `age`, and the sets that only these refer to.
    public void removeValueSetsOlderThan(Duration age) {
        database.write(handle -> {
            new ValueSetRows(handle).deleteOlderThan(age);
            return age;
        });
    }

    /// Replaces what a query may unmask. This is no change of policies.
    public void putUnmaskRights(String queryId, String user, UnmaskRights rights) {
        database.write(handle -> {
            new UnmaskRightRows(handle).write(queryId, user, rights);
            return queryId;
        });
    }

    /// Says that what these queries may unmask still holds.
    public void confirmUnmaskRights(Collection<String> queryIds) {
        runStatement(handle -> new UnmaskRightRows(handle).confirm(queryIds));
    }

    public void removeUnmaskRights(Collection<String> queryIds) {
        runStatement(handle -> new UnmaskRightRows(handle).remove(queryIds));
    }

    /// Forgets queries of which nobody has confirmed the rights for longer than `age`.
    public void removeUnmaskRightsOlderThan(Duration age) {
        database.write(handle -> {
            new UnmaskRightRows(handle).deleteOlderThan(age);
            return age;
        });
    }

    /// Empty when the query is not known as one of that user.
    public Optional<UnmaskGrant> unmaskGrant(String queryId, String user, ColumnName column) {
        return database.run(handle -> new UnmaskRightRows(handle).find(queryId, user, column));
    }

    /// The data keys of a table or project, oldest first, destroyed ones among them.
    public List<KeyReference> keysOf(UUID scope, KeyFamily family) {
        return database.run(handle -> new DataKeyRows(handle).of(scope, family));
    }

    /// What was run on schedule.
    public JobLog jobs() {
        return new JobLog(database, acts);
    }

    /// The statistics of tables.
    public Fingerprints fingerprints() {
        return new Fingerprints(database);
    }

    /// What became of governed tables.
    public SchemaHistory schemaHistory() {
        return new SchemaHistory(database);
    }

    /// By what owners prove themselves who want to see raw rows.
    public SampleSecrets sampleSecrets() {
        return new SampleSecrets(database, acts);
    }

    /// What users did and what was refused to them.
    public AuditRecords audit() {
        return new AuditRecords(database);
    }

    /// An office that one node holds at a time. Nothing is asked of the database yet.
    public Leadership leadership(String office) {
        return new Leadership(database.location(), office);
    }

    @Override
    public void close() {
        database.close();
    }

    /// Waits for the transaction whose end was lost: it holds the lock until the server has ended it one way or the other.
    private boolean wasCommitted(StoreVersion version, PolicyStoreException lost) {
        try {
            return database.write(handle -> {
                RevisionRows revisions = new RevisionRows(handle);
                revisions.lockCurrent();
                return revisions.contains(version);
            });
        }
        catch (PolicyStoreException e) {
            e.addSuppressed(lost);
            throw new PolicyStoreException(
                    Category.UNKNOWN_OUTCOME,
                    "the connection to the %s was lost while version %s was being committed: look in policy.metadata.policy_revisions before repeating the change"
                            .formatted(database.location(), version.version()),
                    e);
        }
    }

    private void runStatement(Consumer<Handle> statement) {
        database.<@Nullable Void>run(handle -> {
            statement.accept(handle);
            return null;
        });
    }
}
