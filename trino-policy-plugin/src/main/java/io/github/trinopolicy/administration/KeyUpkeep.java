package io.github.trinopolicy.administration;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.store.Leadership;
import io.github.trinopolicy.store.PolicyStoreException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/// Wraps keys anew and rolls them over, again and again, on one coordinator at a time. Should two believe to be the one, each key is still
/// made and wrapped once.
public final class KeyUpkeep implements AutoCloseable {
    private static final Logger log = Logger.get(KeyUpkeep.class);

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-keys-%s"));
    private final Leadership leadership;
    private final KeyRewrapping rewrapping;
    private final KeyRollover rollover;
    private final Duration interval;

    /// @param leadership closed with this
    public KeyUpkeep(Leadership leadership, KeyRewrapping rewrapping, KeyRollover rollover, Duration interval) {
        this.leadership = requireNonNull(leadership, "leadership is null");
        this.rewrapping = requireNonNull(rewrapping, "rewrapping is null");
        this.rollover = requireNonNull(rollover, "rollover is null");
        this.interval = requireNonNull(interval, "interval is null");
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::runOnce, interval.toMillis(), interval.toMillis(), MILLISECONDS);
    }

    private void runOnce() {
        try {
            if (leadership.hold()) {
                rewrapping.run();
                rollover.run();
            }
        }
        catch (PolicyStoreException e) {
            // tried again soon; a lost store is reported by who looks at it more often
            log.debug(e, "Keys were not looked after");
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.error(e, "Keys were not looked after");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        leadership.close();
    }
}
