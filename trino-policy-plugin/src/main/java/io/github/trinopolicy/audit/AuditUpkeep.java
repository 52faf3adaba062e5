package io.github.trinopolicy.audit;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.store.AuditRecords;
import io.github.trinopolicy.store.Leadership;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.SchemaHistory;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/// Makes room in the store for the days to come and forgets those that are over, on one coordinator at a time.
public final class AuditUpkeep implements AutoCloseable {
    private static final Logger log = Logger.get(AuditUpkeep.class);
    private static final int DAYS_AHEAD = 7;

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-audit-days-%s"));
    private final AuditRecords records;
    private final SchemaHistory schemaHistory;
    private final Leadership leadership;
    private final Duration retention;
    private final Duration interval;

    /// @param leadership closed with this
    public AuditUpkeep(AuditRecords records, SchemaHistory schemaHistory, Leadership leadership, Duration retention, Duration interval) {
        this.records = requireNonNull(records, "records is null");
        this.schemaHistory = requireNonNull(schemaHistory, "schemaHistory is null");
        this.leadership = requireNonNull(leadership, "leadership is null");
        this.retention = requireNonNull(retention, "retention is null");
        this.interval = requireNonNull(interval, "interval is null");
    }

    /// The days are there when it returns.
    public void start() {
        records.prepareDays(DAYS_AHEAD);
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::runOnce, 0, interval.toMillis(), MILLISECONDS);
    }

    private void runOnce() {
        try {
            if (leadership.hold()) {
                records.prepareDays(DAYS_AHEAD);
                records.forgetOlderThan(retention);
                schemaHistory.forgetOlderThan(retention);
            }
        }
        catch (PolicyStoreException e) {
            log.warn(e, "The days of the audit log were not looked after; tried again later");
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.error(e, "The days of the audit log were not looked after");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        leadership.close();
    }
}
