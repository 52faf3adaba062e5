package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What became of governed tables, and how they were seen last. It is state, no policy: nothing is approved by it, and it makes no version of the
/// store. Every method throws [PolicyStoreException] when the database does not serve it. Safe for use by several threads.
public final class SchemaHistory {
    private final StoreDatabase database;

    SchemaHistory(StoreDatabase database) {
        this.database = requireNonNull(database, "database is null");
    }

    /// Keeps what a user did, once however often it is told.
    ///
    /// @param events each with the query that did it
    public void record(Collection<SchemaEvent> events) {
        checkArgument(events.stream().allMatch(event -> event.query().isPresent()), "an event is of no query");
        database.write(handle -> {
            SchemaEventRows rows = new SchemaEventRows(handle);
            rows.insert(events.stream().filter(event -> !rows.contains(event)).collect(toImmutableList()));
            return events;
        });
    }

    /// Newest first.
    public List<RecordedSchemaEvent> newest(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new SchemaEventRows(handle).newest(limit));
    }

    /// All tables as they were seen last.
    public List<ObservedTable> observedTables() {
        return database.run(handle -> new ObservedTableRows(handle).all());
    }

    /// What a look at a data source begins with.
    public Observation observation(ObjectName dataSource) {
        return database.read(handle -> {
            ObservedTableRows rows = new ObservedTableRows(handle);
            Optional<Instant> last = rows.observedAt(dataSource);
            return new Observation(rows.now(), last, rows.within(dataSource),
                    last.map(new SchemaEventRows(handle)::since).orElse(List.of()).stream()
                            .filter(event -> dataSource.contains(event.object()) || event.object().contains(dataSource))
                            .collect(toImmutableList()));
        });
    }

    /// Keeps what a look at a data source saw and what it found, or nothing.
    ///
    /// @param began when the look began
    /// @param tables all that there are
    /// @return false when the run was cancelled or lost: then nothing is kept
    public boolean observe(long job, ObjectName dataSource, Instant began, Collection<ObservedTable> tables,
            Collection<SchemaEvent> found) {
        checkArgument(tables.stream().allMatch(table -> dataSource.contains(table.name())), "a table is not within %s", dataSource);
        return database.write(handle -> {
            if (!new JobRows(handle).lockRunning(job)) {
                return false;
            }
            ObservedTableRows rows = new ObservedTableRows(handle);
            rows.replaceWithin(dataSource, tables);
            rows.observed(dataSource, began);
            new SchemaEventRows(handle).insert(found);
            return true;
        });
    }

    /// Forgets how tables were seen that are not governed any more, and that data sources were looked at which are not looked at any more.
    public void retain(Predicate<ObjectName> isLookedAt, Predicate<ObjectName> isGoverned) {
        database.write(handle -> {
            ObservedTableRows rows = new ObservedTableRows(handle);
            rows.deleteDataSources(rows.dataSources().stream().filter(isLookedAt.negate()).collect(toImmutableList()));
            rows.deleteTables(rows.tables().stream().filter(isGoverned.negate()).collect(toImmutableList()));
            return handle;
        });
    }

    /// Forgets what was noticed longer ago than `age`.
    public void forgetOlderThan(Duration age) {
        database.write(handle -> {
            new SchemaEventRows(handle).deleteOlderThan(age);
            return age;
        });
    }
}
