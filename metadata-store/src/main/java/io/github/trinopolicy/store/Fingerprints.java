package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.SchemaEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The statistics of tables, and in what they differ from their baselines. They are state, no policy, and make no version of the store. Every
/// method throws [PolicyStoreException] when the database does not serve it. Safe for use by several threads.
public final class Fingerprints {
    /// How many are kept of a table, beside its baseline.
    static final int KEPT = 100;

    private final StoreDatabase database;

    Fingerprints(StoreDatabase database) {
        this.database = requireNonNull(database, "database is null");
    }

    public Optional<StoredFingerprint> latest(UUID table) {
        return database.run(handle -> new FingerprintRows(handle).latest(table));
    }

    /// What later ones are compared with; empty where there is none yet.
    public Optional<StoredFingerprint> baseline(UUID table) {
        return database.run(handle -> new FingerprintRows(handle).baseline(table));
    }

    /// The last one of each table.
    public List<StoredFingerprint> latestOfEach() {
        return database.run(handle -> new FingerprintRows(handle).latestOfEach());
    }

    /// Newest first.
    public List<StoredFingerprint> newest(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new FingerprintRows(handle).newest(limit));
    }

    /// Newest first.
    public List<TableDrift> newestDrifts(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new FingerprintRows(handle).newestDrifts(limit));
    }

    /// Keeps a fingerprint that a run has taken, in what it differs from the baseline, and what is to be told of that; all or nothing. The first
    /// one of a table is its baseline, and another one becomes it that says so. Older ones are forgotten, but for the baseline.
    ///
    /// @return false when the run was cancelled or lost: then nothing is kept
    public boolean save(StoredFingerprint fingerprint, List<FingerprintDrift> drifts, List<SchemaEvent> events) {
        checkArgument(drifts.stream().allMatch(drift -> drift.fingerprint().equals(fingerprint.id())), "a drift is of another fingerprint");
        return database.write(handle -> {
            if (fingerprint.job().isPresent() && !new JobRows(handle).lockRunning(fingerprint.job().getAsLong())) {
                return false;
            }
            FingerprintRows rows = new FingerprintRows(handle);
            boolean becomesBaseline = fingerprint.baseline() || rows.baseline(fingerprint.table()).isEmpty();
            rows.insert(notBaseline(fingerprint));
            if (becomesBaseline) {
                rows.makeBaseline(fingerprint.id());
            }
            rows.insert(drifts);
            new SchemaEventRows(handle).insert(events);
            rows.prune(fingerprint.table(), KEPT);
            return true;
        });
    }

    /// Compares later ones with this one.
    ///
    /// @return false when there is no such fingerprint any more
    public boolean makeBaseline(UUID id) {
        return database.write(handle -> new FingerprintRows(handle).makeBaseline(id));
    }

    private static StoredFingerprint notBaseline(StoredFingerprint fingerprint) {
        return new StoredFingerprint(fingerprint.id(), fingerprint.table(), fingerprint.takenAt(), fingerprint.pin(),
                fingerprint.rowCount(),
                fingerprint.document(), fingerprint.job(), false);
    }
}
