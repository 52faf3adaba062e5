package io.github.trinopolicy.unmask;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.masking.UnmaskAudit;
import io.github.trinopolicy.masking.UnmaskTally;
import io.github.trinopolicy.masking.UnmaskUse;
import io.github.trinopolicy.model.ColumnName;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Reports on a node who unmasks what. That somebody does is in the audit log before the first value is given out; a log that cannot take it
/// gives nobody a value. The counts follow at short intervals, so a node that is killed loses those of the last one at most. Thread-safe.
public final class UnmaskUses implements AutoCloseable {
    private static final Logger log = Logger.get(UnmaskUses.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /// After so many intervals without a call a use is forgotten here; one more call begins it again.
    private static final int IDLE_INTERVALS = 120;

    private final UnmaskAudit audit;
    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-unmask-uses-%s"));
    private final Map<UnmaskUse, Tally> tallies = new ConcurrentHashMap<>();

    public UnmaskUses(UnmaskAudit audit) {
        this.audit = requireNonNull(audit, "audit is null");
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::flush, INTERVAL.toMillis(), INTERVAL.toMillis(), MILLISECONDS);
    }

    /// The use is reported when this returns.
    UnmaskTally of(String queryId, String user, ColumnName column, UUID columnId, String function) {
        Tally tally = tallies.computeIfAbsent(new UnmaskUse(queryId, user, column.toString(), columnId, function, 0, 0), this::begin);
        tally.idle.set(0);
        return tally;
    }

    private Tally begin(UnmaskUse use) {
        audit.record(use);
        return new Tally();
    }

    private synchronized void flush() {
        tallies.forEach((use, tally) -> {
            try {
                write(use, tally);
            }
            catch (RuntimeException e) {
                // the schedule must outlive every failure; the counts are kept for the next interval
                log.warn(e, "How many values of column %s query %s unmasked cannot be reported yet", use.columnName(), use.queryId());
            }
        });
    }

    private void write(UnmaskUse use, Tally tally) {
        long answered = tally.answered.sum();
        long refused = tally.refused.sum();
        if (answered != tally.writtenAnswered || refused != tally.writtenRefused) {
            audit.record(new UnmaskUse(use.queryId(), use.user(), use.columnName(), use.columnId(), use.function(),
                    answered - tally.writtenAnswered, refused - tally.writtenRefused));
            tally.writtenAnswered = answered;
            tally.writtenRefused = refused;
            tally.idle.set(0);
        }
        else if (tally.idle.incrementAndGet() > IDLE_INTERVALS) {
            tallies.remove(use, tally);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
        flush();
    }

    private static final class Tally implements UnmaskTally {
        private final LongAdder answered = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final AtomicLong idle = new AtomicLong();
        // these belong to whoever flushes
        private volatile long writtenAnswered;
        private volatile long writtenRefused;

        @Override
        public void answered() {
            answered.increment();
        }

        @Override
        public void refused() {
            refused.increment();
        }
    }
}
