package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Changed;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.RevisionChange;
import io.github.trinopolicy.store.StagedPart;
import io.github.trinopolicy.store.StoreContents;
import io.github.trinopolicy.store.StoreTransaction;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.TypeManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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
        List<BundleDocument> documents = reader.read(bundle);
        change(act, documents, describe(session, documents), (image, errors) -> {
            documents.forEach(document -> putBundled(image, document, act.source(), errors));
            if (prune) {
                prune(image, documents, act.source());
            }
        });
    }

    /// What applying the bundle would change, by the store as it is now.
    ///
    /// @param source where it is given, the objects of other sources are errors as they are when the bundle is applied; else whose
    /// object it is does not matter yet
    /// @throws BundleException with everything that is wrong
    List<PlannedChange> plan(ConnectorSession session, String bundle, boolean prune, Optional<String> source) {
        List<BundleDocument> documents = reader.read(bundle);
        Map<ObjectName, Optional<List<Column>>> described = describe(session, documents);
        StoreContents contents = store.load();
        BundleErrors errors = new BundleErrors();
        StoreImage image = new StoreImage(contents.version(), contents.objects(), contents.tables(), reader);
        for (BundleDocument document : documents) {
            if (source.isPresent()) {
                putBundled(image, document, source, errors);
            }
            else {
                ObjectKey key = keyOf(document.object(), Origin.BUNDLE);
                image.put(key, new StoreImage.Entry(document.object(), image.object(key).flatMap(StoreImage.Entry::source)));
            }
        }
        if (prune) {
            prune(image, documents, source);
        }
        approveBundled(image, documents, described);
        validator.check(image.snapshot(compiler, snapshots.latest()), image.tables(), documents, described, errors);
        return new PlanWriter(writer).plan(image);
    }

    /// Removes an object, whoever said it.
    ///
    /// @throws BundleException when something else refers to it
    void remove(Act act, Kind kind, String name) {
        change(act, ImmutableList.of(), ImmutableMap.of(), (image, errors) -> {
            List<ObjectKey> layers = image.objects().keySet().stream().filter(key -> key.kind() == kind && key.name().equals(name))
                    .toList();
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
        change(act, ImmutableList.of(), ImmutableMap.of(), (image, errors) -> {
            List<ObjectKey> layers = image.objects().keySet().stream().filter(key -> key.kind() == kind && key.name().equals(name))
                    .toList();
            if (layers.isEmpty()) {
                errors.add(Optional.empty(), "there is no %s '%s'".formatted(kind.documentName(), name));
            }
            for (ObjectKey key : layers) {
                StoreImage.Entry entry = image.object(key).orElseThrow();
                image.put(key, new StoreImage.Entry(edit.apply(type.cast(entry.object())), entry.source()));
            }
        });
    }

    /// All objects, layers merged, as documents in YAML, in the order in which they refer to each other.
    List<String> export() {
        PolicySnapshot snapshot = snapshots.latest();
        return Stream.of(Kind.values()).flatMap(kind -> snapshot.objectsOf(kind).stream()).map(writer::toYaml).collect(toImmutableList());
    }

    /// Changes what calls have said of a user; bundles say their own beside it.
    ///
    /// @param edit gets the user with nothing said of him where no call has said anything yet
    void editUser(ConnectorSession session, Act act, String name, UnaryOperator<User> edit) {
        User untouched = new User(name, Optional.empty(), ImmutableList.of(), ImmutableMap.of());
        ObjectKey key = keyOf(untouched, Origin.CALL);
        change(act, ImmutableList.of(), ImmutableMap.of(), (image, _) -> {
            User before = image.object(key).map(entry -> (User) entry.object()).orElse(untouched);
            image.put(key, new StoreImage.Entry(edit.apply(before), Optional.empty()));
        });
    }

    /// Changes what calls have said of a data source; bundles say their own beside it.
    ///
    /// @param approved real columns of the table that are approved with this
    /// @param edit gets the data source with nothing said of it where no call has said anything yet
    void editDataSource(ConnectorSession session, Act act, ObjectName name, List<Column> approved, UnaryOperator<DataSource> edit) {
        DataSource untouched = new DataSource(name, Optional.empty(), Principals.NONE, ImmutableSet.of(), ImmutableList.of(),
                Optional.empty(), false,
                Optional.empty(), ImmutableMap.of(), Optional.empty());
        ObjectKey key = keyOf(untouched, Origin.CALL);
        Map<ObjectName, Optional<List<Column>>> described = name.isTable()
                ? ImmutableMap.of(name, describe(session, name))
                : ImmutableMap.of();
        change(act, ImmutableList.of(), described, (image, _) -> {
            DataSource before = image.object(key).map(entry -> (DataSource) entry.object()).orElse(untouched);
            image.put(key, new StoreImage.Entry(edit.apply(before), Optional.empty()));
            if (name.isTable()) {
                image.put(KnownTables.approve(image.table(name), name, approved));
            }
        });
    }

    Optional<List<Column>> describe(ConnectorSession session, ObjectName table) {
        return describer.describe(session, table);
    }

    /// Makes objects what they were at an earlier version, as a new version. Approvals and keys stay as they are.
    ///
    /// @throws BundleException when there is no such version, or what was there then no longer fits what exists
    void restore(Act act, long revision) {
        change(act, ImmutableList.of(), ImmutableMap.of(), (transaction, image, errors) -> {
            if (revision < 0 || revision > transaction.version().version()) {
                errors.add(Optional.empty(),
                        "there is no revision %s; the newest is %s".formatted(revision, transaction.version().version()));
                return;
            }
            for (RevisionChange change : transaction.changesAfter(revision)) {
                change.origin().ifPresent(origin -> undo(image, change, origin));
            }
        });
    }

    private void undo(StoreImage image, RevisionChange change, Origin origin) {
        ObjectKey key = new ObjectKey(Kind.fromDocumentName(change.kind()).orElseThrow(), change.name(), origin);
        change.before().ifPresentOrElse(
                document -> image.put(key, new StoreImage.Entry(reader.readStored(document), change.sourceBefore())),
                () -> image.remove(key));
    }

    void stage(String author, String bundleId, int part, String text) {
        store.stage(author, bundleId, part, text);
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

    void removeStaged(String author, String bundleId) {
        store.removeStaged(author, bundleId);
    }

    private void change(Act act, List<BundleDocument> documents, Map<ObjectName, Optional<List<Column>>> described,
            BiConsumer<StoreImage, BundleErrors> edit) {
        change(act, documents, described, (_, image, errors) -> edit.accept(image, errors));
    }

    private interface Edit {
        void edit(StoreTransaction transaction, StoreImage image, BundleErrors errors);
    }

    private void change(Act act, List<BundleDocument> documents, Map<ObjectName, Optional<List<Column>>> described, Edit edit) {
        Changed<?> changed = store.change(act, transaction -> {
            BundleErrors errors = new BundleErrors();
            StoreImage image = new StoreImage(transaction.version(), transaction.objects(), transaction.tables(), reader);
            edit.edit(transaction, image, errors);
            approveBundled(image, documents, described);
            PolicySnapshot after = image.snapshot(compiler, snapshots.latest());
            validator.check(after, image.tables(), documents, described, errors);
            image.write(transaction, writer, keyMaker);
            return image;
        });
        snapshots.await(changed.version());
    }

    private Map<ObjectName, Optional<List<Column>>> describe(ConnectorSession session, List<BundleDocument> documents) {
        Map<ObjectName, Optional<List<Column>>> described = new HashMap<>();
        for (BundleDocument document : documents) {
            if (document.object() instanceof DataSource dataSource && dataSource.objectName().isTable()) {
                described.put(dataSource.objectName(), describer.describe(session, dataSource.objectName()));
            }
        }
        return ImmutableMap.copyOf(described);
    }

    private static void putBundled(StoreImage image, BundleDocument document, Optional<String> source, BundleErrors errors) {
        ObjectKey key = keyOf(document.object(), Origin.BUNDLE);
        Optional<StoreImage.Entry> before = image.object(key);
        boolean foreign = before.filter(entry -> !entry.source().equals(source)).isPresent();
        if (foreign && !document.takeOver()) {
            errors.add(document.position(),
                    "%s '%s' belongs to %s; write take_over: true to claim it".formatted(key.kind().documentName(), key.name(),
                            before.flatMap(StoreImage.Entry::source).map("source '%s'"::formatted).orElse("no source")));
            return;
        }
        image.put(key, new StoreImage.Entry(document.object(), source));
    }

    private static void prune(StoreImage image, List<BundleDocument> documents, Optional<String> source) {
        Set<ObjectKey> kept = documents.stream().map(document -> keyOf(document.object(), Origin.BUNDLE)).collect(toImmutableSet());
        Set<?> kinds = documents.stream().map(document -> document.object().kind()).collect(toImmutableSet());
        List<ObjectKey> gone = image.objects().entrySet().stream()
                .filter(entry -> entry.getKey().origin() == Origin.BUNDLE && entry.getValue().source().equals(source))
                .map(Map.Entry::getKey)
                .filter(key -> kinds.contains(key.kind()) && !kept.contains(key))
                .toList();
        gone.forEach(image::remove);
    }

    /// Columns are approved by a document that is new or changed: applying the same once more approves nothing that came up since.
    private static void approveBundled(StoreImage image, List<BundleDocument> documents,
            Map<ObjectName, Optional<List<Column>>> described) {
        for (BundleDocument document : documents) {
            if (document.object() instanceof DataSource dataSource && dataSource.objectName().isTable()
                    && image.isChanged(keyOf(dataSource, Origin.BUNDLE))) {
                described.getOrDefault(dataSource.objectName(), Optional.empty()).ifPresent(columns -> {
                    List<Column> approved = columns.stream()
                            .filter(column -> dataSource.approveAllColumns() || dataSource.columns().containsKey(column.name()))
                            .toList();
                    image.put(KnownTables.approve(image.table(dataSource.objectName()), dataSource.objectName(), approved));
                });
            }
        }
    }

    private static ObjectKey keyOf(PolicyObject object, Origin origin) {
        return new ObjectKey(object.kind(), object.name(), origin);
    }
}
