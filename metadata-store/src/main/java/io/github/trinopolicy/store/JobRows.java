package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/// The table `job` within one transaction.
final class JobRows {
    private static final String COLUMNS = """
            job_id, kind, object, pin, node_id, state, started_at, ended_at, row_count, message, failures, next_run_at
            """;

    private final Handle handle;

    JobRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    long insert(JobKind kind, String object, String pin, String node, Instant started) {
        return handle.createQuery("""
                INSERT INTO job (kind, object, pin, node_id, state, started_at)
                VALUES (:kind, :object, :pin, :node, 'RUNNING', :started)
                RETURNING job_id
                """)
                .bind("kind", kind.name())
                .bind("object", object)
                .bind("pin", pin)
                .bind("node", node)
                .bind("started", started.atOffset(UTC))
                .mapTo(Long.class)
                .one();
    }

    boolean end(long id, JobEnd end) {
        return handle.createUpdate("""
                UPDATE job SET state = :state, ended_at = :ended, row_count = CAST(:rows AS bigint), message = :message,
                    failures = :failures, next_run_at = :nextRun
                WHERE job_id = :id AND state = 'RUNNING'
                """)
                .bind("state", end.state().name())
                .bind("ended", end.ended().atOffset(UTC))
                .bind("rows", end.rows().isPresent() ? end.rows().getAsLong() : null)
                .bind("message", end.message())
                .bind("failures", end.failures())
                .bind("nextRun", end.nextRun().atOffset(UTC))
                .bind("id", id)
                .execute() == 1;
    }

    boolean requestCancel(long id) {
        return handle.createUpdate("UPDATE job SET cancel_requested = true WHERE job_id = :id AND state = 'RUNNING'").bind("id", id)
                .execute() == 1;
    }

    void request(JobKind kind, String object) {
        handle.createUpdate("INSERT INTO job_request (kind, object) VALUES (:kind, :object) ON CONFLICT DO NOTHING")
                .bind("kind", kind.name()).bind("object", object).execute();
    }

    List<JobRequest> requests() {
        return handle.createQuery("SELECT kind, object FROM job_request ORDER BY requested_at")
                .map((row, _) -> new JobRequest(JobKind.valueOf(row.getString("kind")), row.getString("object"))).list();
    }

    void deleteRequest(JobKind kind, String object) {
        handle.createUpdate("DELETE FROM job_request WHERE kind = :kind AND object = :object")
                .bind("kind", kind.name()).bind("object", object).execute();
    }

    boolean isCancelRequested(long id) {
        return handle.createQuery("SELECT cancel_requested FROM job WHERE job_id = :id").bind("id", id).mapTo(Boolean.class).findOne()
                .orElse(true);
    }

    boolean lockRunning(long id) {
        return handle.createQuery("SELECT job_id FROM job WHERE job_id = :id AND state = 'RUNNING' AND NOT cancel_requested FOR UPDATE")
                .bind("id", id)
                .mapTo(Long.class)
                .findOne()
                .isPresent();
    }

    int loseRunning(Instant now) {
        return handle.createUpdate("""
                UPDATE job SET state = 'LOST', ended_at = :now, message = 'its coordinator is gone', next_run_at = :now
                WHERE state = 'RUNNING'
                """).bind("now", now.atOffset(UTC)).execute();
    }

    Optional<Job> find(long id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM job WHERE job_id = :id").bind("id", id).map((row, _) -> job(row)).findOne();
    }

    List<Job> latest() {
        return handle.createQuery("SELECT DISTINCT ON (kind, object) " + COLUMNS + " FROM job ORDER BY kind, object, job_id DESC")
                .map((row, _) -> job(row)).list();
    }

    List<Job> newest(int limit) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM job ORDER BY job_id DESC LIMIT :limit").bind("limit", limit)
                .map((row, _) -> job(row)).list();
    }

    void deleteRequestsBefore(Instant instant) {
        handle.createUpdate("DELETE FROM job_request WHERE requested_at < :instant").bind("instant", instant.atOffset(UTC)).execute();
    }

    void deleteEndedBefore(Instant instant) {
        handle.createUpdate("""
                DELETE FROM job WHERE ended_at < :instant AND EXISTS (
                    SELECT FROM job AS later WHERE later.kind = job.kind AND later.object = job.object AND later.job_id > job.job_id)
                """).bind("instant", instant.atOffset(UTC)).execute();
    }

    private static Job job(ResultSet row)
            throws SQLException {
        long rows = row.getLong("row_count");
        OptionalLong rowCount = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(rows);
        return new Job(
                row.getLong("job_id"),
                JobKind.valueOf(row.getString("kind")),
                row.getString("object"),
                row.getString("pin"),
                row.getString("node_id"),
                JobState.valueOf(row.getString("state")),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                instant(row, "ended_at"),
                rowCount,
                Optional.ofNullable(row.getString("message")),
                row.getInt("failures"),
                instant(row, "next_run_at"));
    }

    private static Optional<Instant> instant(ResultSet row, String column)
            throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
