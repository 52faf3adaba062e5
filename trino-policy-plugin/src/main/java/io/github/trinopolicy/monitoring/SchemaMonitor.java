package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.schedule.Cancellation;
import io.github.trinopolicy.schedule.Task;
import io.github.trinopolicy.schedule.WorkFailedException;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.Observation;
import io.github.trinopolicy.store.ObservedTable;
import io.github.trinopolicy.store.PolicyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Compares the tables of registered data sources with how they were seen last, and tells what became of them. It asks Trino, as the service
/// user, since other engines change tables as well. It approves nothing and makes no version of the store: what nobody has approved is masked
/// from its first moment, noticed or not. Thread-safe.
public final class SchemaMonitor {
    /// What Trino shows as the source and tag of the queries, for resource groups.
    public static final String QUERY_SOURCE = "policy-schema-monitoring";

    private static final Duration USUAL_INTERVAL = Duration.ofDays(1);

    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final ServiceReader reader;
    /// the data sources by which was last forgotten what is not governed
    private Set<ObjectName> retained = ImmutableSet.of();

    public SchemaMonitor(PolicyStore store, SnapshotRefresher snapshots, ServiceReader reader) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.reader = requireNonNull(reader, "reader is null");
    }

    /// One for each data source that lies within no other one: a look at it sees all of them, as often as one of them asks for.
    public List<Task> tasks() {
        PolicySnapshot snapshot = snapshots.latest();
        Map<ObjectName, Duration> intervals = new HashMap<>();
        Set<ObjectName> outermost = new LinkedHashSet<>();
        for (DataSource source : snapshot.dataSources()) {
            ObjectName holder = snapshot.outermostDataSource(source.objectName()).orElseThrow();
            outermost.add(holder);
            source.fingerprint().flatMap(FingerprintSettings::interval)
                    .ifPresent(interval -> intervals.merge(holder, interval, (one, other) -> one.compareTo(other) < 0 ? one : other));
        }
        return outermost.stream().map(source -> task(source, intervals.getOrDefault(source, USUAL_INTERVAL))).collect(toImmutableList());
    }

    private Task task(ObjectName dataSource, Duration interval) {
        return new Task(JobKind.SCHEMA_MONITORING, dataSource.toString(), dataSource.toString(), interval, false,
                (job, cancellation) -> look(dataSource, job, cancellation));
    }

    private Task.Result look(ObjectName dataSource, long job, Cancellation cancellation) {
        forgetWhatIsNotGoverned();
        PolicySnapshot snapshot = snapshots.latest();
        Observation observation = store.schemaHistory().observation(dataSource);
        SchemaComparison comparison = new SchemaComparison(observation, snapshot::knownTable, job);
        List<ObservedTable> tables = reader.list(dataSource, QUERY_SOURCE, cancellation).tables(comparison.before());
        List<ObjectName> approved = snapshot.knownTables().stream().map(KnownTable::name).filter(dataSource::contains)
                .collect(toImmutableList());
        List<SchemaEvent> events = comparison.events(tables, approved);
        if (!store.schemaHistory().observe(job, dataSource, observation.now(), tables, events)) {
            throw new WorkFailedException("cancelled");
        }
        return new Task.Result(tables.size(), "%s tables and views, %s changes".formatted(tables.size(), events.size()));
    }

    /// Only when other data sources are looked at than before, as it goes through all that is remembered. Before a look and one after the other, by
    /// the newest policies: else a look that began earlier would forget what a later one has seen of a new data source.
    private synchronized void forgetWhatIsNotGoverned() {
        PolicySnapshot snapshot = snapshots.latest();
        Set<ObjectName> lookedAt = snapshot.dataSources().stream().map(DataSource::objectName)
                .filter(name -> snapshot.outermostDataSource(name).equals(Optional.of(name))).collect(toImmutableSet());
        if (!lookedAt.equals(retained)) {
            store.schemaHistory().retain(lookedAt::contains, snapshot::isGoverned);
            retained = lookedAt;
        }
    }
}
