package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.LayerMerge;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.impact.ProposedChange;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.snapshot.PolicyObjects;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.snapshot.SourcedObject;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Changed;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.RevisionChange;
import io.github.trinopolicy.store.StagedPart;
import io.github.trinopolicy.store.StoreChanges;
import io.github.trinopolicy.store.StoreContents;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoreVersion;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.TypeManager;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Makes changes: each is checked as a whole against everything that would then hold, made in one transaction, and in effect on this node
/// when the call returns. Who may make it was checked before. Thread-safe.
public final class PolicyAdministration {
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final TableDescriber describer;
    private final DataKeyMaker keyMaker;
    private final ChangeValidator validator;
    private final BundleReader reader = new BundleReader();
    private final DocumentWriter writer = new DocumentWriter();
    private final PolicyCompiler compiler = new PolicyCompiler();

    public PolicyAdministration(PolicyStore store, SnapshotRefresher snapshots, TableDescriber describer, DataKeyMaker keyMaker,
            MaskCatalogue catalogue,
            TypeManager typeManager) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.describer = requireNonNull(describer, "describer is null");
        this.keyMaker = requireNonNull(keyMaker, "keyMaker is null");
        this.validator = new ChangeValidator(catalogue, typeManager);
    }

    /// Makes the store say what the bundle says.
    ///
    /// @param prune removes objects of the same source, of the kinds that the bundle holds, that the bundle does not name
    /// @throws BundleException with everything that is wrong; then nothing is applied
    public void apply(ConnectorSession session, Act act, String bundle, boolean prune) {
        BundleChange proposed = new BundleChange(reader.read(bundle), act.source(), prune);
        RealColumns columns = new RealColumns(table -> describer.describe(session, table));
        // before others have to wait: connectors may be slow
        proposed.describe(snapshots.objects(), columns);
        DrawnKeys drawn = keyMaker.drawn(store, snapshots.objects(), proposed.missingKeys(snapshots.objects(), columns));
        change(act, proposed.documents(), columns, drawn, (_, image, errors) -> {
            proposed.makeIn(image, errors);
            // asks for what somebody else has changed in between
            proposed.approveIn(image, columns);
        });
    }

    /// What applying the bundle would do, by the store as it is now. Nothing is changed.
    ///
    /// @param prune as in [#apply]
    /// @param source whose bundle it is; empty: whose object it is does not matter yet
    /// @throws BundleException with everything that is wrong
    Preview preview(ConnectorSession session, String bundle, boolean prune, Optional<String> source) {
        BundleChange proposed = new BundleChange(reader.read(bundle), source, prune);
        RealColumns columns = new RealColumns(table -> describer.describe(session, table));
        StoreImage image = new StoreImage(upToDate(store::changesSince, store::load));
        PolicySnapshot before = image.snapshot(compiler, snapshots.latest());
        BundleErrors errors = new BundleErrors();
        if (source.isPresent()) {
            proposed.makeIn(image, errors);
        }
        else {
            proposed.makeInAnyName(image);
        }
        proposed.approveIn(image, columns);
        PolicySnapshot after = image.snapshot(compiler, before);
        validator.check(image, before, after, proposed.documents(), columns.asked(), errors);
        List<PlannedChange> changes = new PlanWriter(writer).plan(image);
        proposed.activateIn(image);
        proposed.describeAll(columns);
        return new Preview(changes, new ProposedChange(before, after, image.snapshot(compiler, after)), columns.asked());
    }

    /// Removes an object, whoever said it.
    ///
    /// @throws BundleException when something else refers to it
    void remove(Act act, Kind kind, String name) {
        change(act, (image, errors) -> {
            List<ObjectKey> layers = image.layers(kind, name);
            if (layers.isEmpty()) {
                errors.add(Optional.empty(), "there is no %s '%s'".formatted(kind.documentName(), name));
            }
            layers.forEach(image::remove);
            if (kind == Kind.DATA_SOURCE) {
                // should it be registered again, its columns are approved anew
                image.remove(ObjectName.parse(name));
            }
        });
    }

    /// Changes each layer in which something is said of the object.
    ///
    /// @param edit returns the layer as it shall be
    <T extends PolicyObject> void editLayers(Act act, Class<T> type, Kind kind, String name, UnaryOperator<T> edit) {
        change(act, (image, errors) -> {
            List<ObjectKey> layers = image.layers(kind, name);
            if (layers.isEmpty()) {
                errors.add(Optional.empty(), "there is no %s '%s'".formatted(kind.documentName(), name));
            }
            for (ObjectKey key : layers) {
                SourcedObject layer = image.object(key).orElseThrow();
                image.put(key, new SourcedObject(edit.apply(type.cast(layer.object())), layer.source()));
            }
        });
    }

    /// All objects, layers merged, as documents in YAML, in the order in which they refer to each other.
    List<String> export() {
        PolicySnapshot snapshot = snapshots.latest();
        return Stream.of(Kind.values()).flatMap(kind -> snapshot.sortedObjectsOf(kind).stream()).map(writer::toYaml)
                .collect(toImmutableList());
    }

    /// Changes what calls have said of a user; bundles say their own beside it.
    ///
    /// @param edit gets the user with nothing said of him where no call has said anything yet
    void editUser(Act act, String name, UnaryOperator<User> edit) {
        User untouched = new User(name, Optional.empty(), ImmutableList.of(), ImmutableMap.of());
        ObjectKey key = keyOf(untouched, Origin.CALL);
        change(act, (image, errors) -> {
            User before = image.object(key).map(entry -> (User) entry.object()).orElse(untouched);
            image.put(key, new SourcedObject(said(edit.apply(before), errors), Optional.empty()));
        });
    }

    /// Changes what calls have said of a data source; bundles say their own beside it.
    ///
    /// @param approved real columns of the table that are approved with this
    /// @param review looks at what the change does before it is made
    /// @param edit gets the data source with nothing said of it where no call has said anything yet
    void editDataSource(ConnectorSession session, Act act, ObjectName name, List<Column> approved, Optional<Review> review,
            UnaryOperator<DataSource> edit) {
        DataSource untouched = new DataSource(name, Optional.empty(), Principals.NONE, ImmutableSet.of(), ImmutableList.of(),
                Optional.empty(), false,
                Optional.empty(), ImmutableMap.of(), Optional.empty());
        ObjectKey key = keyOf(untouched, Origin.CALL);
        RealColumns columns = new RealColumns(table -> describer.describe(session, table));
        if (name.isTable()) {
            columns.of(name);
        }
        DrawnKeys drawn = name.isTable() && snapshots.objects().table(name).isEmpty()
                ? keyMaker.drawn(store, snapshots.objects(),
                        ImmutableSetMultimap.<ObjectName, KeyFamily>builder().putAll(name, DataKeyMaker.OF_EACH_TABLE).build())
                : DrawnKeys.NONE;
        change(act, ImmutableList.of(), columns, drawn, (_, image, errors) -> {
            Optional<PolicySnapshot> snapshotBefore = review.map(_ -> image.snapshot(compiler, snapshots.latest()));
            DataSource before = image.object(key).map(entry -> (DataSource) entry.object()).orElse(untouched);
            image.put(key, new SourcedObject(said(edit.apply(before), errors), Optional.empty()));
            if (name.isTable()) {
                image.approve(name, approved);
            }
            // by the store as it is now, which no snapshot of a query need be
            review.ifPresent(check -> check.check(snapshotBefore.orElseThrow(), image.snapshot(compiler, snapshotBefore.orElseThrow())));
        });
    }

    /// A call can say nothing that a bundle could not say: the same rules hold for names and texts.
    private <T extends PolicyObject> T said(T object, BundleErrors errors) {
        try {
            reader.read(writer.toYaml(object));
        }
        catch (BundleException e) {
            e.errors().forEach(error -> errors.add(Optional.empty(), error.message()));
        }
        return object;
    }

    Optional<List<Column>> describe(ConnectorSession session, ObjectName table) {
        return describer.describe(session, table);
    }

    /// Makes objects what they were at an earlier version, as a new version. Approvals and keys stay as they are.
    ///
    /// @throws BundleException when there is no such version, or what was there then no longer fits what exists
    void restore(Act act, long revision) {
        change(act, ImmutableList.of(), RealColumns.none(), DrawnKeys.NONE, (transaction, image, errors) -> {
            if (revision < 0 || revision > transaction.version().version()) {
                errors.add(Optional.empty(),
                        "there is no revision %s; the newest is %s".formatted(revision, transaction.version().version()));
                return;
            }
            for (RevisionChange change : transaction.changesAfter(revision)) {
                change.origin().ifPresent(origin -> undo(image, change, origin));
            }
            // what followed a name protects what has the name now, and Trino does not undo the renaming
            transaction.changesAfter(revision, EventualRegistry.RENAME).forEach(change -> keep(image, change));
        });
    }

    private void keep(StoreImage image, RevisionChange change) {
        ObjectKey key = new ObjectKey(Kind.fromDocumentName(change.kind()).orElseThrow(), change.name(), change.origin().orElseThrow());
        change.after().map(reader::readStored).ifPresent(followed -> image.put(key, new SourcedObject(
                image.object(key).map(SourcedObject::object).map(present -> LayerMerge.merge(present, followed)).orElse(followed),
                Optional.empty())));
    }

    private void undo(StoreImage image, RevisionChange change, Origin origin) {
        ObjectKey key = new ObjectKey(Kind.fromDocumentName(change.kind()).orElseThrow(), change.name(), origin);
        change.before().ifPresentOrElse(
                document -> image.put(key, new SourcedObject(reader.readStored(document), change.sourceBefore())),
                () -> image.remove(key));
    }

    void stage(Act act, String bundleId, int part, String text) {
        store.stage(act, bundleId, part, text);
    }

    /// The staged parts put together, as if they had been one text.
    ///
    /// @throws BundleException when a part is missing
    String staged(String author, String bundleId) {
        List<StagedPart> parts = store.stagedParts(author, bundleId);
        for (int i = 0; i < Math.max(1, parts.size()); i++) {
            if (parts.size() <= i || parts.get(i).part() != i + 1) {
                throw new BundleException(Optional.empty(), "part %s of bundle '%s' is not staged".formatted(i + 1, bundleId));
            }
        }
        return parts.stream().map(StagedPart::content).collect(joining());
    }

    void unstage(Act act, String bundleId) {
        store.unstage(act, bundleId);
    }

    void removeStaged(String author, String bundleId) {
        store.removeStaged(author, bundleId);
    }

    private void change(Act act, BiConsumer<StoreImage, BundleErrors> edit) {
        change(act, ImmutableList.of(), RealColumns.none(), DrawnKeys.NONE, (_, image, errors) -> edit.accept(image, errors));
    }

    /// Judges a change by what was and what would be.
    interface Review {
        /// @throws RuntimeException when the change is not to be made
        void check(PolicySnapshot before, PolicySnapshot after);
    }

    private interface Edit {
        void edit(StoreTransaction transaction, StoreImage image, BundleErrors errors);
    }

    private void change(Act act, List<BundleDocument> documents, RealColumns columns, DrawnKeys drawn, Edit edit) {
        Changed<?> changed = store.change(act, transaction -> {
            BundleErrors errors = new BundleErrors();
            StoreImage image = new StoreImage(upToDate(transaction::changesSince, transaction::contents), drawn);
            edit.edit(transaction, image, errors);
            PolicySnapshot before = snapshots.latest();
            validator.check(image, before, image.snapshot(compiler, before), documents, columns.asked(), errors);
            image.write(transaction, writer, keyMaker);
            return image;
        });
        snapshots.await(changed.version());
    }

    /// What the store holds, made from what this node knows of it already.
    private PolicyObjects upToDate(Function<StoreVersion, Optional<StoreChanges>> changesSince, Supplier<StoreContents> contents) {
        PolicyObjects known = snapshots.objects();
        return changesSince.apply(known.version())
                .map(changes -> known.with(changes, reader))
                .orElseGet(() -> PolicyObjects.of(contents.get(), reader));
    }

    private static ObjectKey keyOf(PolicyObject object, Origin origin) {
        return new ObjectKey(object.kind(), object.name(), origin);
    }
}
