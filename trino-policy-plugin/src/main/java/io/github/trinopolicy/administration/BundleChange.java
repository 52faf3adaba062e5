package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Maps;
import com.google.common.collect.SetMultimap;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.snapshot.PolicyObjects;
import io.github.trinopolicy.snapshot.SourcedObject;
import io.github.trinopolicy.store.ObjectKey;
import io.github.trinopolicy.store.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// What a bundle makes of the store.
///
/// @param source whose bundle it is
/// @param prune removes objects of the same source, of the kinds that the bundle holds, that the bundle does not name
record BundleChange(List<BundleDocument> documents, Optional<String> source, boolean prune) {
    BundleChange {
        documents = ImmutableList.copyOf(documents);
        requireNonNull(source, "source is null");
    }

    /// Makes the image say what the bundle says.
    ///
    /// @param errors gets those documents that speak of another source's object
    void makeIn(StoreImage image, BundleErrors errors) {
        for (BundleDocument document : documents) {
            Optional<SourcedObject> before = image.object(keyOf(document));
            if (before.filter(object -> !object.source().equals(source)).isPresent() && !document.takeOver()) {
                errors.add(document.position(),
                        "%s '%s' belongs to %s; write take_over: true to claim it".formatted(document.object().kind().documentName(),
                                document.object().name(),
                                before.flatMap(SourcedObject::source).map("source '%s'"::formatted).orElse("no source")));
                continue;
            }
            image.put(keyOf(document), new SourcedObject(document.object(), source));
        }
        pruneIn(image);
    }

    /// Like [#makeIn], as if each object belonged to whoever applies the bundle.
    void makeInAnyName(StoreImage image) {
        for (BundleDocument document : documents) {
            Optional<String> owner = image.object(keyOf(document)).flatMap(SourcedObject::source);
            image.put(keyOf(document), new SourcedObject(document.object(), owner));
        }
        pruneIn(image);
    }

    private void pruneIn(StoreImage image) {
        if (!prune) {
            return;
        }
        Set<ObjectKey> kept = documents.stream().map(BundleChange::keyOf).collect(toImmutableSet());
        Set<Kind> kinds = documents.stream().map(document -> document.object().kind()).collect(toImmutableSet());
        List<ObjectKey> gone = kinds.stream()
                .flatMap(kind -> image.objects(kind).entrySet().stream())
                .filter(entry -> entry.getKey().origin() == Origin.BUNDLE && entry.getValue().source().equals(source))
                .map(Map.Entry::getKey)
                .filter(key -> !kept.contains(key))
                .toList();
        gone.forEach(image::remove);
    }

    /// Asks for the columns of those tables of which the bundle says something else than is known.
    void describe(PolicyObjects known, RealColumns columns) {
        tables().filter(table -> !known.layer(keyOf(table)).map(SourcedObject::object).equals(Optional.of(table)))
                .map(DataSource::objectName)
                .forEach(columns::of);
    }

    /// The families of keys that tables of which the columns were asked for will lack.
    SetMultimap<ObjectName, KeyFamily> missingKeys(PolicyObjects known, RealColumns columns) {
        Set<ObjectName> real = Maps.filterValues(columns.asked(), Optional::isPresent).keySet();
        Set<UUID> minimized = known.source().keys().values().stream().filter(key -> key.family() == KeyFamily.MINIMIZE)
                .map(KeyReference::scope).collect(toImmutableSet());
        ImmutableSetMultimap.Builder<ObjectName, KeyFamily> families = ImmutableSetMultimap.builder();
        tables().filter(table -> real.contains(table.objectName())).forEach(table -> {
            Optional<UUID> id = known.table(table.objectName()).map(KnownTable::id);
            if (id.isEmpty()) {
                families.putAll(table.objectName(), DataKeyMaker.OF_EACH_TABLE);
            }
            if (!table.keyColumns().isEmpty() && id.filter(minimized::contains).isEmpty()) {
                families.put(table.objectName(), KeyFamily.MINIMIZE);
            }
        });
        return families.build();
    }

    /// Asks for the columns of all tables of the bundle, to see which of them nobody has approved.
    void describeAll(RealColumns columns) {
        tables().map(DataSource::objectName).forEach(columns::of);
    }

    /// Columns are approved by a document that is new or changed: applying the same once more approves nothing that came up since.
    void approveIn(StoreImage image, RealColumns columns) {
        tables().filter(table -> image.isChanged(keyOf(table))).forEach(table -> {
            ObjectName name = table.objectName();
            columns.of(name).ifPresent(real -> {
                List<Column> approved = real.stream()
                        .filter(column -> table.approveAllColumns() || table.columns().containsKey(column.name()))
                        .toList();
                image.approve(name, approved);
            });
        });
    }

    /// Makes the staged policies of the bundle active, to see what they would do.
    void activateIn(StoreImage image) {
        for (BundleDocument document : documents) {
            if (document.object() instanceof Policy policy && policy.state() == Policy.State.STAGED) {
                Policy active = new Policy(policy.name(), policy.description(), Policy.State.ACTIVE, policy.exempt(), policy.body());
                image.put(keyOf(document), new SourcedObject(active, Optional.empty()));
            }
        }
    }

    private Stream<DataSource> tables() {
        return documents.stream().map(BundleDocument::object).filter(DataSource.class::isInstance).map(DataSource.class::cast)
                .filter(dataSource -> dataSource.objectName().isTable());
    }

    private static ObjectKey keyOf(BundleDocument document) {
        return keyOf(document.object());
    }

    private static ObjectKey keyOf(PolicyObject object) {
        return new ObjectKey(object.kind(), object.name(), Origin.BUNDLE);
    }
}
