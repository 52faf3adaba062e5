package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The tables `fingerprint` and `fingerprint_drift` within one transaction.
final class FingerprintRows {
    private static final String COLUMNS = "fingerprint_id, table_id, taken_at, pin, row_count, document, job_id, is_baseline";

    private final Handle handle;

    FingerprintRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    Optional<StoredFingerprint> latest(UUID table) {
        return handle
                .createQuery("SELECT %s FROM fingerprint WHERE table_id = :table ORDER BY taken_at DESC, fingerprint_id LIMIT 1"
                        .formatted(COLUMNS))
                .bind("table", table).map((row, _) -> fingerprint(row)).findOne();
    }

    Optional<StoredFingerprint> baseline(UUID table) {
        return handle.createQuery("SELECT %s FROM fingerprint WHERE table_id = :table AND is_baseline".formatted(COLUMNS))
                .bind("table", table).map((row, _) -> fingerprint(row)).findOne();
    }

    List<StoredFingerprint> latestOfEach() {
        return handle.createQuery("SELECT DISTINCT ON (table_id) %s FROM fingerprint ORDER BY table_id, taken_at DESC, fingerprint_id"
                .formatted(COLUMNS)).map((row, _) -> fingerprint(row)).list();
    }

    List<StoredFingerprint> newest(int limit) {
        return handle.createQuery("SELECT %s FROM fingerprint ORDER BY taken_at DESC, fingerprint_id LIMIT :limit".formatted(COLUMNS))
                .bind("limit", limit).map((row, _) -> fingerprint(row)).list();
    }

    List<TableDrift> newestDrifts(int limit) {
        return handle.createQuery("""
                SELECT d.fingerprint_id, d.column_name, d.metric, d.value, d.threshold, d.level, d.found_at, f.table_id
                FROM fingerprint_drift d JOIN fingerprint f USING (fingerprint_id)
                ORDER BY d.found_at DESC, d.fingerprint_id, d.position LIMIT :limit
                """).bind("limit", limit).map((row, _) -> new TableDrift(row.getObject("table_id", UUID.class), drift(row))).list();
    }

    void insert(StoredFingerprint fingerprint) {
        handle.createUpdate("""
                INSERT INTO fingerprint (fingerprint_id, table_id, taken_at, pin, row_count, document, job_id, is_baseline)
                VALUES (:id, :table, :takenAt, CAST(:pin AS text), :rowCount, :document, CAST(:job AS bigint), :baseline)
                """)
                .bind("id", fingerprint.id())
                .bind("table", fingerprint.table())
                .bind("takenAt", fingerprint.takenAt().atOffset(UTC))
                .bind("pin", fingerprint.pin().orElse(null))
                .bind("rowCount", fingerprint.rowCount())
                .bind("document", fingerprint.document())
                .bind("job", fingerprint.job().isPresent() ? fingerprint.job().getAsLong() : null)
                .bind("baseline", fingerprint.baseline())
                .execute();
    }

    void insert(List<FingerprintDrift> drifts) {
        if (drifts.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO fingerprint_drift (fingerprint_id, position, column_name, metric, value, threshold, level, found_at)
                VALUES (:fingerprint, :position, CAST(:column AS text), :metric, :value, :threshold, :level, :foundAt)
                """);
        for (int position = 0; position < drifts.size(); position++) {
            FingerprintDrift drift = drifts.get(position);
            batch.bind("fingerprint", drift.fingerprint())
                    .bind("position", position)
                    .bind("column", drift.column().orElse(null))
                    .bind("metric", drift.metric())
                    .bind("value", drift.value())
                    .bind("threshold", drift.threshold())
                    .bind("level", drift.level().name())
                    .bind("foundAt", drift.foundAt().atOffset(UTC))
                    .add();
        }
        batch.execute();
    }

    /// @return false when there is no such fingerprint
    boolean makeBaseline(UUID id) {
        handle.createUpdate("""
                UPDATE fingerprint SET is_baseline = false
                WHERE is_baseline AND fingerprint_id <> :id
                    AND table_id = (SELECT table_id FROM fingerprint WHERE fingerprint_id = :id)
                """).bind("id", id).execute();
        return handle.createUpdate("UPDATE fingerprint SET is_baseline = true WHERE fingerprint_id = :id").bind("id", id).execute() == 1;
    }

    void prune(UUID table, int kept) {
        handle.createUpdate("""
                DELETE FROM fingerprint WHERE table_id = :table AND NOT is_baseline AND fingerprint_id NOT IN (
                    SELECT fingerprint_id FROM fingerprint WHERE table_id = :table ORDER BY taken_at DESC, fingerprint_id LIMIT :kept)
                """).bind("table", table).bind("kept", kept).execute();
    }

    private static StoredFingerprint fingerprint(ResultSet row)
            throws SQLException {
        long job = row.getLong("job_id");
        OptionalLong jobId = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(job);
        return new StoredFingerprint(
                row.getObject("fingerprint_id", UUID.class),
                row.getObject("table_id", UUID.class),
                row.getObject("taken_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getString("pin")),
                row.getLong("row_count"),
                row.getString("document"),
                jobId,
                row.getBoolean("is_baseline"));
    }

    private static FingerprintDrift drift(ResultSet row)
            throws SQLException {
        return new FingerprintDrift(
                row.getObject("fingerprint_id", UUID.class),
                Optional.ofNullable(row.getString("column_name")),
                row.getString("metric"),
                row.getDouble("value"),
                row.getDouble("threshold"),
                FingerprintDrift.Level.valueOf(row.getString("level")),
                row.getObject("found_at", OffsetDateTime.class).toInstant());
    }
}
