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

/// Reports on a node who unmasks what. Values are recorded before they are given out, more of them at a time the more there are, so a node that
/// is killed leaves a count that is too high at most. When a query takes no more, what it did not take is taken back. A log that cannot be
/// written gives nobody a value. Thread-safe.
public final class UnmaskUses implements AutoCloseable {
    private static final Logger log = Logger.get(UnmaskUses.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /// After so many intervals without a call a use is forgotten here; one more call begins it again.
    private static final int IDLE_INTERVALS = 120;
    /// Many uses are about one value; a large one writes eight times as much with each step.
    private static final long GROWTH = 8;
    private static final long MOST_AHEAD = 100_000;

    private final UnmaskAudit audit;
    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-unmask-uses-%s"));
    private final Map<UnmaskUse, Tally> tallies = new ConcurrentHashMap<>();

    public UnmaskUses(UnmaskAudit audit) {
        this.audit = requireNonNull(audit, "audit is null");
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(() -> settle(false), INTERVAL.toMillis(), INTERVAL.toMillis(), MILLISECONDS);
    }

    /// The use is reported when this returns.
    UnmaskTally of(String queryId, String user, ColumnName column, UUID columnId, String function) {
        return tallies.computeIfAbsent(new UnmaskUse(queryId, user, column.toString(), columnId, function, 0, 0), Tally::new).used();
    }

    /// @param ended whether nothing is given out any more
    private synchronized void settle(boolean ended) {
        tallies.forEach((use, tally) -> {
            try {
                if (tally.settle(ended)) {
                    tallies.remove(use, tally);
                }
            }
            catch (RuntimeException e) {
                // the schedule must outlive every failure; what is not settled is settled in the next interval
                log.warn(e, "How many values of column %s query %s did not unmask cannot be reported yet", use.columnName(), use.queryId());
            }
        });
    }

    @Override
    public void close() {
        executor.shutdown();
        settle(true);
    }

    private final class Tally implements UnmaskTally {
        private final UnmaskUse use;
        private final AtomicLong answered = new AtomicLong();
        private final LongAdder refused = new LongAdder();
        private final AtomicLong idle = new AtomicLong();
        /// How many the log knows; written under the lock.
        private volatile long recorded = 1;
        private long settledRefused;
        private long seenAnswered;

        Tally(UnmaskUse use) {
            this.use = use;
            audit.record(use.counting(recorded, 0));
        }

        Tally used() {
            idle.set(0);
            return this;
        }

        @Override
        public void answered() {
            if (answered.incrementAndGet() > recorded) {
                recordAhead();
            }
        }

        private synchronized void recordAhead() {
            long missing = answered.get() - recorded;
            if (missing > 0) {
                long ahead = Math.max(missing, Math.min(recorded * (GROWTH - 1), MOST_AHEAD));
                audit.record(use.counting(ahead, 0));
                recorded += ahead;
            }
        }

        @Override
        public void refused() {
            refused.increment();
        }

        /// @return true when nobody has used it for long
        synchronized boolean settle(boolean ended) {
            long before = recorded;
            long given = answered.get();
            boolean resting = ended || given == seenAnswered;
            seenAnswered = given;
            if (resting) {
                // whoever counts from here on comes by recordAhead, or has counted already and is seen here
                recorded = given;
                if (answered.get() != given) {
                    recorded = before;
                }
            }
            long unused = before - recorded;
            long refusals = refused.sum() - settledRefused;
            if (unused == 0 && refusals == 0) {
                return resting && idle.incrementAndGet() > IDLE_INTERVALS;
            }
            try {
                audit.record(use.counting(-unused, refusals));
            }
            catch (RuntimeException e) {
                recorded = before;
                throw e;
            }
            settledRefused += refusals;
            idle.set(0);
            return false;
        }
    }
}
