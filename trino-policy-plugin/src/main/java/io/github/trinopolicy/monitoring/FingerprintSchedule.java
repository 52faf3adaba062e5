package io.github.trinopolicy.monitoring;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Which tables are measured, and how often, as data sources say. A table takes what its own data source says, else what its schema or catalog
/// says.
public record FingerprintSchedule(PolicySnapshot snapshot) {
    private static final Duration USUAL_INTERVAL = Duration.ofDays(1);

    public FingerprintSchedule {
        requireNonNull(snapshot, "snapshot is null");
    }

    /// @param interval between two fingerprints
    public record Entry(KnownTable table, Duration interval) {
        public Entry {
            requireNonNull(table, "table is null");
            requireNonNull(interval, "interval is null");
        }
    }

    public Stream<Entry> tables() {
        // most stores enable none, and may hold many tables
        return snapshot.dataSources().stream().noneMatch(source -> source.fingerprint().flatMap(FingerprintSettings::enabled).orElse(false))
                ? Stream.empty()
                : snapshot.knownTables().stream().filter(table -> isEnabled(table.name()))
                        .map(table -> new Entry(table, interval(table.name())));
    }

    /// A table that is not measured by itself; empty for one that is, and for one that is not known.
    public Optional<Entry> onRequest(ObjectName table) {
        return snapshot.knownTable(table).filter(_ -> !isEnabled(table)).map(known -> new Entry(known, interval(table)));
    }

    public boolean isEnabled(ObjectName object) {
        return setting(object, FingerprintSettings::enabled).orElse(false);
    }

    public Duration interval(ObjectName object) {
        return setting(object, FingerprintSettings::interval).orElse(USUAL_INTERVAL);
    }

    private <T> Optional<T> setting(ObjectName object, Function<FingerprintSettings, Optional<T>> setting) {
        return Stream.iterate(Optional.of(object), Optional::isPresent, name -> name.flatMap(ObjectName::parent))
                .flatMap(Optional::stream).flatMap(name -> snapshot.dataSource(name).stream())
                .flatMap(holder -> holder.fingerprint().flatMap(setting).stream()).findFirst();
    }
}
