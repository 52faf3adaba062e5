package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import io.github.trinopolicy.administration.DataKeyMaker;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.store.Job;
import io.github.trinopolicy.store.JobKind;
import io.github.trinopolicy.store.JobState;
import io.github.trinopolicy.store.ObservedTable;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoredFingerprint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/// Whether data sources are as they shall be, by what the last look at them and the last fingerprints left in the store: no table is asked
/// anything. Thread-safe.
public final class DataSourceHealth {
    private static final Duration USUAL_INTERVAL = Duration.ofDays(1);
    /// as a share of the rows, which leaves room for the error of the estimate
    private static final double NEARLY_UNIQUE = 0.9;
    private static final int NAMED = 5;

    private final PolicyStore store;
    private final boolean enabled;
    private final InstantSource clock;

    /// @param enabled whether schemas are monitored and fingerprints are taken
    public DataSourceHealth(PolicyStore store, boolean enabled, InstantSource clock) {
        this.store = requireNonNull(store, "store is null");
        this.enabled = enabled;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /// @throws io.github.trinopolicy.store.PolicyStoreException when the store cannot be read
    public List<HealthCheck> checks(PolicySnapshot snapshot, List<DataSource> dataSources) {
        if (dataSources.isEmpty()) {
            return ImmutableList.of();
        }
        Map<String, Job> looks = store.jobs().latest().stream().filter(job -> job.kind() == JobKind.SCHEMA_MONITORING)
                .collect(toImmutableMap(Job::object, Function.identity()));
        ListMultimap<ObjectName, ObservedTable> tables = byHolder(store.schemaHistory().observedTables(), ObservedTable::name);
        ListMultimap<ObjectName, KnownTable> known = byHolder(snapshot.knownTables(), KnownTable::name);
        Map<UUID, StoredFingerprint> fingerprints = store.fingerprints().latestOfEach().stream()
                .collect(toImmutableMap(StoredFingerprint::table, Function.identity()));
        Set<String> broken = snapshot.objectsOf(Kind.POLICY).stream().map(PolicyObject::name)
                .filter(policy -> snapshot.brokenReason(policy).isPresent()).collect(toImmutableSet());
        return dataSources.stream()
                .flatMap(source -> new Checks(snapshot, source, looks, tables.get(source.objectName()), known.get(source.objectName()),
                        fingerprints, broken).all().stream())
                .collect(toImmutableList());
    }

    /// By its own name and by those of its schema and catalog.
    private static <T> ListMultimap<ObjectName, T> byHolder(Collection<T> tables, Function<T, ObjectName> name) {
        ImmutableListMultimap.Builder<ObjectName, T> held = ImmutableListMultimap.builder();
        tables.forEach(
                table -> Stream.iterate(Optional.of(name.apply(table)), Optional::isPresent, holder -> holder.flatMap(ObjectName::parent))
                        .flatMap(Optional::stream).forEach(holder -> held.put(holder, table)));
        return held.build();
    }

    /// Of one data source.
    private final class Checks {
        private final PolicySnapshot snapshot;
        private final DataSource source;
        private final Optional<Job> look;
        private final List<ObservedTable> tables;
        private final List<KnownTable> known;
        private final Map<UUID, StoredFingerprint> fingerprints;
        private final Set<String> broken;

        private Checks(PolicySnapshot snapshot, DataSource source, Map<String, Job> looks, List<ObservedTable> tables,
                List<KnownTable> known,
                Map<UUID, StoredFingerprint> fingerprints, Set<String> broken) {
            this.snapshot = snapshot;
            this.source = source;
            this.look = snapshot.outermostDataSource(source.objectName()).flatMap(name -> Optional.ofNullable(looks.get(name.toString())));
            this.tables = tables;
            this.known = known;
            this.fingerprints = fingerprints;
            this.broken = broken;
        }

        private List<HealthCheck> all() {
            return ImmutableList.of(reachable(), described(), policies(), keys(), fingerprint(), rowCount(), highCardinality(), rules());
        }

        private HealthCheck reachable() {
            Optional<String> notLooked = whyNotLooked();
            if (notLooked.isPresent()) {
                return skipped("reachable", notLooked.get());
            }
            Job last = look.orElseThrow();
            if (last.state() == JobState.FAILED) {
                return failed("reachable", last.message().orElse("the last look at it failed"));
            }
            if (source.objectName().isTable() && tables.isEmpty()) {
                return failed("reachable", "there is no such table, or Trino does not show it");
            }
            List<String> unreadable = tables.stream().filter(table -> !table.readable()).map(table -> table.name().toString()).toList();
            return check("reachable", unreadable, "Trino lists, but cannot describe: %s");
        }

        /// Why nothing is known of it; empty when it was looked at, whatever came of it.
        private Optional<String> whyNotLooked() {
            if (!enabled) {
                return Optional.of("nothing is looked at while policy.fingerprint.enabled is false");
            }
            boolean ended = look.filter(job -> job.state() == JobState.SUCCEEDED || job.state() == JobState.FAILED).isPresent();
            return ended || (look.isPresent() && !tables.isEmpty())
                    ? Optional.empty()
                    : Optional.of("it has not been looked at yet");
        }

        private HealthCheck described() {
            Optional<String> notLooked = whyNotLooked();
            if (notLooked.isPresent()) {
                return skipped("columns", notLooked.get());
            }
            List<String> gone = tables.stream().filter(ObservedTable::readable).flatMap(this::describedAndGone).toList();
            if (!gone.isEmpty()) {
                return check("columns", gone, "described, and not there: %s");
            }
            List<String> waiting = tables.stream().filter(table -> table.readable() && !showsNewColumns(table.name()))
                    .flatMap(this::notApproved).toList();
            return check("columns", waiting, "not approved, and NULL until an owner calls policy.admin.approve_column: %s");
        }

        private Stream<String> describedAndGone(ObservedTable table) {
            Set<String> present = table.columns().stream().map(ObservedColumn::name).collect(
                    toImmutableSet());
            return snapshot.dataSource(table.name()).stream().flatMap(described -> described.columns().keySet().stream())
                    .filter(column -> !present.contains(column)).map(column -> column(table.name(), column));
        }

        private Stream<String> notApproved(ObservedTable table) {
            Map<String, KnownColumn> approved = snapshot.knownTable(table.name()).map(KnownTable::columns).orElse(ImmutableMap.of());
            return table.columns().stream()
                    .filter(column -> Optional.ofNullable(approved.get(column.name())).filter(seen -> seen.type().equals(column.type()))
                            .isEmpty())
                    .map(column -> column(table.name(), column.name()));
        }

        private boolean showsNewColumns(ObjectName table) {
            return Stream.iterate(Optional.of(table), Optional::isPresent, name -> name.flatMap(ObjectName::parent))
                    .flatMap(Optional::stream).flatMap(name -> snapshot.dataSource(name).stream())
                    .flatMap(dataSource -> dataSource.newColumns().stream()).findFirst().filter(NewColumns.ALLOW::equals).isPresent();
        }

        private HealthCheck policies() {
            if (broken.isEmpty()) {
                return HealthCheck.of("policies-compile", Optional.of(source.name()), Optional.empty());
            }
            List<String> closing = Stream
                    .concat(Stream.of(source.objectName()), Stream.concat(known.stream().map(KnownTable::name),
                            tables.stream().map(ObservedTable::name)))
                    .distinct()
                    .flatMap(table -> snapshot.policiesConcerning(table).stream())
                    .filter(broken::contains).distinct().sorted().toList();
            return check("policies-compile", closing, "these do not compile and close what they select: %s");
        }

        private HealthCheck keys() {
            List<String> without = known.stream()
                    .filter(table -> DataKeyMaker.OF_EACH_TABLE.stream()
                            .anyMatch(family -> snapshot.primaryKey(table.id(), family).isEmpty()))
                    .map(table -> table.name().toString()).toList();
            return check("keys-present", without, "keys are missing, so masks give NULL, for: %s; they are made within a minute when the "
                    + "key-encryption key is in reach");
        }

        private HealthCheck fingerprint() {
            Optional<String> off = whyNotMeasured();
            if (off.isPresent()) {
                return skipped("fingerprint", off.get());
            }
            Instant oldest = clock.instant().minus(interval().multipliedBy(2));
            List<String> late = known.stream()
                    .filter(table -> Optional.ofNullable(fingerprints.get(table.id())).filter(taken -> taken.takenAt().isAfter(oldest))
                            .isEmpty())
                    .map(table -> table.name().toString()).toList();
            return check("fingerprint", late, "none was taken in time of: %s; policy.metadata.jobs tells why");
        }

        private Optional<String> whyNotMeasured() {
            if (!enabled) {
                return Optional.of("none is taken while policy.fingerprint.enabled is false");
            }
            if (setting(FingerprintSettings::enabled).filter(wanted -> wanted).isEmpty()) {
                return Optional.of("its data source does not say fingerprint: {enabled: true}");
            }
            return Optional.empty();
        }

        private Duration interval() {
            return setting(FingerprintSettings::interval).orElse(USUAL_INTERVAL);
        }

        /// Of the data source or the nearest one that holds it.
        private <T> Optional<T> setting(Function<FingerprintSettings, Optional<T>> setting) {
            return Stream.iterate(Optional.of(source.objectName()), Optional::isPresent, name -> name.flatMap(ObjectName::parent))
                    .flatMap(Optional::stream).flatMap(name -> snapshot.dataSource(name).stream())
                    .flatMap(holder -> holder.fingerprint().flatMap(setting).stream()).findFirst();
        }

        private HealthCheck rowCount() {
            List<KnownTable> measured = measured();
            if (measured.isEmpty()) {
                return skipped("row-count", "there is no fingerprint of it");
            }
            List<String> empty = measured.stream().filter(table -> requireNonNull(fingerprints.get(table.id())).rowCount() == 0)
                    .map(table -> table.name().toString()).toList();
            return check("row-count", empty, "these had no rows: %s");
        }

        private HealthCheck highCardinality() {
            List<KnownTable> measured = measured().stream().filter(table -> requireNonNull(fingerprints.get(table.id())).rowCount() > 0)
                    .collect(toImmutableList());
            if (measured.isEmpty()) {
                return skipped("high-cardinality-column", "there is no fingerprint of it with rows");
            }
            List<String> without = measured.stream()
                    .filter(table -> !hasNearlyUniqueColumn(table, requireNonNull(fingerprints.get(table.id()))))
                    .map(table -> table.name().toString()).toList();
            return check("high-cardinality-column", without,
                    "no column tells rows apart, as minimize and reversible masks need; name key_columns that do, for: %s");
        }

        private static boolean hasNearlyUniqueColumn(KnownTable table, StoredFingerprint fingerprint) {
            return ColumnSummary.of(table, fingerprint).stream()
                    .anyMatch(column -> column.distinct().orElse(0) >= NEARLY_UNIQUE * fingerprint.rowCount());
        }

        private List<KnownTable> measured() {
            return known.stream().filter(table -> fingerprints.containsKey(table.id())).collect(toImmutableList());
        }

        private HealthCheck rules() {
            return skipped("rules", "nothing is computed from its data for policies");
        }

        private HealthCheck check(String name, List<String> objects, String sentence) {
            return HealthCheck.of(name, Optional.of(source.name()),
                    objects.isEmpty() ? Optional.empty() : Optional.of(sentence.formatted(named(objects))));
        }

        private HealthCheck failed(String name, String why) {
            return HealthCheck.of(name, Optional.of(source.name()), Optional.of(why));
        }

        private HealthCheck skipped(String name, String why) {
            return HealthCheck.skipped(name, source.name(), why);
        }
    }

    private static String column(ObjectName table, String column) {
        return table + "." + ObjectName.quoteWhereNeeded(column);
    }

    private static String named(List<String> objects) {
        String first = String.join(", ", objects.subList(0, Math.min(NAMED, objects.size())));
        return objects.size() > NAMED ? "%s and %s more".formatted(first, objects.size() - NAMED) : first;
    }
}
