package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.fingerprint.ColumnFingerprint;
import io.github.trinopolicy.fingerprint.ColumnToMeasure;
import io.github.trinopolicy.fingerprint.Drift;
import io.github.trinopolicy.fingerprint.DriftFinding;
import io.github.trinopolicy.fingerprint.Fingerprint;
import io.github.trinopolicy.fingerprint.FingerprintFormat;
import io.github.trinopolicy.fingerprint.FingerprintTaker;
import io.github.trinopolicy.fingerprint.GranularityChoice;
import io.github.trinopolicy.fingerprint.InvalidFingerprintException;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.schedule.Cancellation;
import io.github.trinopolicy.schedule.Task;
import io.github.trinopolicy.schedule.WorkFailedException;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.FingerprintDrift;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoreTransaction;
import io.github.trinopolicy.store.StoredFingerprint;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// Takes fingerprints of the tables whose data sources ask for it, tells in what they drift from their baselines, and lets the first one of a
/// column choose how coarse it is rounded. Thread-safe.
public final class FingerprintRunner {
    /// What Trino shows as the source and tag of the queries, for resource groups.
    public static final String QUERY_SOURCE = "policy-fingerprint";
    /// A column that carries this tag, or one below it, names persons: of its values nothing is kept.
    private static final String IDENTIFYING = "DirectIdentifier";
    private static final String CANCELLED = "cancelled";

    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final ServiceReader reader;
    private final InstantSource clock;
    private volatile Tasks known = new Tasks(Optional.empty(), ImmutableList.of());

    /// Asked for each second, and the same as long as the snapshot is.
    private record Tasks(Optional<PolicySnapshot> snapshot, List<Task> tasks) {}

    private record Column(UUID id, String type) {}

    public FingerprintRunner(PolicyStore store, SnapshotRefresher snapshots, ServiceReader reader, InstantSource clock) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /// One for each table that is measured, and for each that somebody wants measured now.
    ///
    /// @throws io.github.trinopolicy.store.PolicyStoreException when the store cannot be asked who wants what
    public List<Task> tasks() {
        PolicySnapshot snapshot = snapshots.latest();
        FingerprintSchedule schedule = new FingerprintSchedule(snapshot);
        Tasks last = known;
        if (last.snapshot().filter(of -> of == snapshot).isEmpty()) {
            last = new Tasks(Optional.of(snapshot), schedule.tables().map(this::task).collect(toImmutableList()));
            known = last;
        }
        return Stream.concat(last.tasks().stream(), store.jobs().requests().stream()
                .filter(request -> request.kind() == JobKind.FINGERPRINT)
                .flatMap(request -> schedule.onRequest(ObjectName.parse(request.object())).stream())
                .map(this::task))
                .collect(toImmutableList());
    }

    private Task task(FingerprintSchedule.Entry entry) {
        ObjectName name = entry.table().name();
        return new Task(JobKind.FINGERPRINT, name.toString(), entry.table().id().toString(), entry.interval(), false,
                (job, cancellation) -> run(name, job, cancellation));
    }

    private Task.Result run(ObjectName name, long job, Cancellation cancellation) {
        PolicySnapshot snapshot = snapshots.latest();
        KnownTable table = snapshot.knownTable(name).orElseThrow(() -> new WorkFailedException("the table is not known any more"));
        KeyReference key = snapshot.primaryKey(table.id(), KeyFamily.HASH)
                .orElseThrow(() -> new WorkFailedException("the table has no hash key yet; it is made within a minute"));
        List<ColumnToMeasure> columns = columns(snapshot, table, cancellation);
        Optional<String> pin = pin(name, cancellation);
        Optional<StoredFingerprint> latest = store.fingerprints().latest(table.id());
        if (latest.filter(before -> pin.isPresent() && before.pin().equals(pin) && isOf(before, columns)).isPresent()) {
            return new Task.Result(0, "unchanged since the last one, which counts on");
        }
        Optional<Fingerprint> baseline = store.fingerprints().baseline(table.id()).map(FingerprintRunner::read);
        Fingerprint taken = new FingerprintTaker(sql -> reader.onlyRow(name, sql, QUERY_SOURCE, cancellation))
                .take(name, columns, key.id(), baseline);
        List<DriftFinding> findings = baseline.map(before -> Drift.between(before, taken)).orElse(ImmutableList.of());
        keep(table, columns, taken, pin, job, findings);
        chooseGranularity(table, taken, job);
        return new Task.Result(taken.rows(), "%s columns of %s rows, %s drifted".formatted(columns.size(), taken.rows(),
                findings.stream().map(DriftFinding::column).distinct().count()));
    }

    /// What nobody has approved is not looked at.
    private List<ColumnToMeasure> columns(PolicySnapshot snapshot, KnownTable table, Cancellation cancellation) {
        List<ObservedColumn> present = reader.list(table.name(), QUERY_SOURCE, cancellation).tables(ImmutableMap.of()).stream()
                .filter(listed -> listed.name().equals(table.name())).flatMap(listed -> listed.columns().stream()).toList();
        Set<String> keyColumns = snapshot.dataSource(table.name()).map(DataSource::keyColumns).stream().flatMap(List::stream)
                .collect(toImmutableSet());
        List<ColumnToMeasure> columns = present.stream()
                .flatMap(column -> Optional.ofNullable(table.columns().get(column.name())).stream()
                        .filter(approved -> approved.type().equals(column.type()))
                        .map(approved -> new ColumnToMeasure(approved.id(), column.name(), column.type(),
                                keyColumns.contains(column.name()) || isIdentifying(snapshot, table.name(), column.name()))))
                .collect(toImmutableList());
        if (columns.isEmpty()) {
            throw new WorkFailedException("there is no such table, or none of its columns is approved");
        }
        return columns;
    }

    private static boolean isIdentifying(PolicySnapshot snapshot, ObjectName table, String column) {
        return snapshot.tagsOf(table, column).stream().anyMatch(tag -> tag.equals(IDENTIFYING) || tag.startsWith(IDENTIFYING + "."));
    }

    /// What names the present contents of a table of Iceberg; empty for others.
    private Optional<String> pin(ObjectName table, Cancellation cancellation) {
        return reader.snapshotId(table, QUERY_SOURCE, cancellation);
    }

    private static boolean isOf(StoredFingerprint fingerprint, List<ColumnToMeasure> columns) {
        return read(fingerprint).columns().stream().map(column -> new Column(column.column(), column.type())).collect(toImmutableSet())
                .equals(columns.stream().map(column -> new Column(column.id(), column.type())).collect(toImmutableSet()));
    }

    private static Fingerprint read(StoredFingerprint fingerprint) {
        try {
            return FingerprintFormat.read(fingerprint.document());
        }
        catch (InvalidFingerprintException e) {
            throw new WorkFailedException("the last one cannot be read: " + e.getMessage());
        }
    }

    private void keep(KnownTable table, List<ColumnToMeasure> columns, Fingerprint taken, Optional<String> pin, long job,
            List<DriftFinding> findings) {
        StoredFingerprint stored = new StoredFingerprint(UUID.randomUUID(), table.id(), clock.instant(), pin, taken.rows(),
                FingerprintFormat.write(taken), OptionalLong.of(job), false);
        // the table knows former names too
        Map<UUID, String> names = columns.stream().collect(toImmutableMap(ColumnToMeasure::id, ColumnToMeasure::name));
        List<FingerprintDrift> drifts = findings.stream()
                .map(finding -> new FingerprintDrift(stored.id(), finding.column().map(names::get), metric(finding), finding.value(),
                        finding.threshold(), level(finding), stored.takenAt()))
                .collect(toImmutableList());
        List<SchemaEvent> events = findings.stream().filter(finding -> finding.level() == DriftFinding.Level.DRIFT)
                .map(finding -> new SchemaEvent(SchemaEventKind.DRIFT, table.name(), finding.column().map(names::get), Optional.empty(),
                        Optional.of(metric(finding)), Optional.empty(), Optional.empty(), OptionalLong.of(job)))
                .collect(toImmutableList());
        if (!store.fingerprints().save(stored, drifts, events)) {
            throw new WorkFailedException(CANCELLED);
        }
    }

    private static String metric(DriftFinding finding) {
        return finding.metric().name().toLowerCase(Locale.ENGLISH).replace('_', '-');
    }

    private static FingerprintDrift.Level level(DriftFinding finding) {
        return switch (finding.level()) {
            case WARNING -> FingerprintDrift.Level.WARNING;
            case DRIFT -> FingerprintDrift.Level.DRIFT;
        };
    }

    /// Chosen once for each column, since what is masked would else change with the data.
    private void chooseGranularity(KnownTable table, Fingerprint taken, long job) {
        Map<UUID, Granularity> choices = taken.columns().stream().filter(column -> GranularityChoice.of(column).isPresent())
                .collect(toImmutableMap(ColumnFingerprint::column, column -> GranularityChoice.of(column).orElseThrow()));
        if (table.columns().values().stream().noneMatch(column -> isOpen(column) && choices.containsKey(column.id()))) {
            return;
        }
        store.change(new Act(QUERY_SOURCE, Optional.of(table.name().toString()), Optional.empty(), "choose_rounding"),
                transaction -> choose(transaction, table.id(), taken, choices, job));
    }

    private static boolean isOpen(KnownColumn column) {
        return column.granularity().isEmpty();
    }

    private static boolean choose(StoreTransaction transaction, UUID id, Fingerprint taken, Map<UUID, Granularity> choices, long job) {
        if (!transaction.isRunning(job)) {
            throw new WorkFailedException(CANCELLED);
        }
        Optional<KnownTable> table = transaction.table(id);
        return table.isPresent() && transaction.saveTable(new KnownTable(id, table.get().name(),
                table.get().columns().values().stream().collect(toImmutableMap(KnownColumn::name, column -> isOpen(column)
                        && choices.containsKey(column.id())
                        && taken.column(column.id()).filter(measured -> measured.type().equals(column.type())).isPresent()
                                ? column.roundedBy(requireNonNull(choices.get(column.id())))
                                : column))));
    }
}
