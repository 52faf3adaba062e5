package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.store.Origin;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.RecordedSchemaEvent;
import io.github.trinopolicy.store.RevisedChange;
import io.github.trinopolicy.store.Revision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What became of governed tables, from both places that know: the recorded events, and the history of the store for policies and tags.
/// Thread-safe.
public final class SchemaChanges {
    private static final int NEWEST = 10_000;
    private static final Set<String> REGISTRATIONS = ImmutableSet.of("register", "unregister");

    private final PolicyStore store;
    private final BundleReader reader;

    public SchemaChanges(PolicyStore store, BundleReader reader) {
        this.store = requireNonNull(store, "store is null");
        this.reader = requireNonNull(reader, "reader is null");
    }

    /// The newest of each place, the last first within it.
    ///
    /// @throws io.github.trinopolicy.store.PolicyStoreException when the store cannot be read
    public List<NotedChange> newest() {
        ImmutableList.Builder<NotedChange> changes = ImmutableList.builder();
        store.schemaHistory().newest(NEWEST).forEach(event -> changes.add(noted(event)));
        store.newestChanges(ImmutableSet.of(Kind.POLICY, Kind.DATA_SOURCE), NEWEST).forEach(change -> changes.addAll(
                change.change().kind().equals(Kind.POLICY.documentName()) ? ImmutableList.of(ofPolicy(change)) : ofDataSource(change)));
        return changes.build();
    }

    private static NotedChange noted(RecordedSchemaEvent recorded) {
        SchemaEvent event = recorded.event();
        return new NotedChange(recorded.at(), event.kind().name().toLowerCase(ENGLISH).replace('_', '-'), Optional.of(event.object()),
                Optional.empty(), event.column(), event.before(), event.after(), event.user(), event.query(), event.job(),
                OptionalLong.empty());
    }

    private static NotedChange ofPolicy(RevisedChange revised) {
        String kind = revised.change().before().isEmpty()
                ? "applied-policy"
                : revised.change().after().isEmpty() ? "removed-policy" : "changed-policy";
        return new NotedChange(revised.revision().createdAt(), kind, Optional.empty(), Optional.of(revised.change().name()),
                Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.of(revised.revision().act().author()), Optional.empty(), OptionalLong.empty(),
                OptionalLong.of(revised.revision().version().version()));
    }

    private List<NotedChange> ofDataSource(RevisedChange revised) {
        Optional<DataSource> before = revised.change().before().map(document -> (DataSource) reader.readStored(document));
        Optional<DataSource> after = revised.change().after().map(document -> (DataSource) reader.readStored(document));
        ObjectName name = after.or(() -> before).map(DataSource::objectName).orElseThrow();
        ImmutableList.Builder<NotedChange> changes = ImmutableList.builder();
        // what is said by call of a data source comes and goes without it
        boolean whole = revised.change().origin().equals(Optional.of(Origin.BUNDLE))
                || REGISTRATIONS.contains(revised.revision().act().action());
        if (whole && before.isEmpty()) {
            changes.add(change(revised.revision(), "registered", name, Optional.empty(), Optional.empty(), Optional.empty()));
        }
        changes.addAll(ofTags(revised.revision(), name, Optional.empty(), before.map(DataSource::tags), after.map(DataSource::tags)));
        Map<String, ColumnDescription> columnsBefore = before.map(DataSource::columns).orElse(ImmutableMap.of());
        Map<String, ColumnDescription> columnsAfter = after.map(DataSource::columns).orElse(ImmutableMap.of());
        Sets.union(columnsBefore.keySet(), columnsAfter.keySet()).forEach(column -> changes.addAll(ofTags(revised.revision(), name,
                Optional.of(column), Optional.ofNullable(columnsBefore.get(column)).map(ColumnDescription::tags),
                Optional.ofNullable(columnsAfter.get(column)).map(ColumnDescription::tags))));
        if (whole && after.isEmpty()) {
            changes.add(change(revised.revision(), "unregistered", name, Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return changes.build();
    }

    private static List<NotedChange> ofTags(Revision revision, ObjectName name, Optional<String> column, Optional<Set<String>> before,
            Optional<Set<String>> after) {
        Set<String> old = before.orElse(ImmutableSet.of());
        Set<String> present = after.orElse(ImmutableSet.of());
        ImmutableList.Builder<NotedChange> changes = ImmutableList.builder();
        changes.addAll(Sets.difference(present, old).stream()
                .map(tag -> change(revision, "added-tag", name, column, Optional.empty(), Optional.of(tag))).collect(toImmutableList()));
        changes.addAll(Sets.difference(old, present).stream()
                .map(tag -> change(revision, "removed-tag", name, column, Optional.of(tag), Optional.empty())).collect(toImmutableList()));
        return changes.build();
    }

    private static NotedChange change(Revision revision, String kind, ObjectName name, Optional<String> column, Optional<String> before,
            Optional<String> after) {
        return new NotedChange(revision.createdAt(), kind, Optional.of(name), Optional.empty(), column, before, after,
                Optional.of(revision.act().author()), Optional.empty(), OptionalLong.empty(),
                OptionalLong.of(revision.version().version()));
    }
}
