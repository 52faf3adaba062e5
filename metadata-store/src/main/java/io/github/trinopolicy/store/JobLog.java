package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AuditEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What was run on schedule, and when it is due again. It is state, no policy, and makes no version of the store. Every method throws
/// [PolicyStoreException] when the database does not serve it. Safe for use by several threads.
public final class JobLog {
    private final StoreDatabase database;
    private final ActListener acts;

    JobLog(StoreDatabase database, ActListener acts) {
        this.database = requireNonNull(database, "database is null");
        this.acts = requireNonNull(acts, "acts is null");
    }

    /// Whoever asked for it has it now.
    ///
    /// @return the number of the run that begins with this
    public long start(JobKind kind, String object, String pin, String node, Instant started) {
        return database.write(handle -> {
            JobRows rows = new JobRows(handle);
            rows.deleteRequest(kind, object);
            return rows.insert(kind, object, pin, node, started);
        });
    }

    /// @return false when somebody else has ended the job before
    public boolean end(long id, JobEnd end) {
        return database.run(handle -> new JobRows(handle).end(id, end));
    }

    /// Asks whoever runs the job to cancel it; from then on it changes nothing.
    ///
    /// @return false when the job does not run
    public boolean requestCancel(Act act, long id) {
        Optional<AuditEvent> recorded = database.write(handle -> new JobRows(handle).requestCancel(id)
                ? Optional.of(new ActRows(handle).insert(act, "job " + id, Optional.empty()))
                : Optional.empty());
        recorded.ifPresent(acts::committed);
        return recorded.isPresent();
    }

    /// Asks whoever holds the schedule to do some work before it is due. Asked again before it has begun, it is done once.
    ///
    /// @param object what the act is about
    public void request(Act act, String object, List<JobRequest> requests) {
        acts.committed(database.write(handle -> {
            requests.forEach(request -> new JobRows(handle).request(request.kind(), request.object()));
            return new ActRows(handle).insert(act, object, Optional.empty());
        }));
    }

    /// What is asked for and has not begun.
    public List<JobRequest> requests() {
        return database.run(handle -> new JobRows(handle).requests());
    }

    public boolean isCancelRequested(long id) {
        return database.run(handle -> new JobRows(handle).isCancelRequested(id));
    }

    /// Ends the jobs of a coordinator that is gone; they are due at once.
    ///
    /// @return how many there were
    public int loseRunning(Instant now) {
        return database.run(handle -> new JobRows(handle).loseRunning(now));
    }

    public Optional<Job> find(long id) {
        return database.run(handle -> new JobRows(handle).find(id));
    }

    /// The last run for each object.
    public List<Job> latest() {
        return database.run(handle -> new JobRows(handle).latest());
    }

    /// Newest first.
    public List<Job> newest(int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.run(handle -> new JobRows(handle).newest(limit));
    }

    /// Forgets runs that ended earlier, but not the last one for each object, and what was asked for earlier and never done.
    public void forgetBefore(Instant instant) {
        run(handle -> {
            new JobRows(handle).deleteEndedBefore(instant);
            new JobRows(handle).deleteRequestsBefore(instant);
        });
    }

    private void run(Consumer<Handle> statement) {
        database.<@Nullable Void>run(handle -> {
            statement.accept(handle);
            return null;
        });
    }
}
