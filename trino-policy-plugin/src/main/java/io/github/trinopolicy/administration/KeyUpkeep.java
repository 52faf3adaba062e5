package io.github.trinopolicy.administration;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.store.Leadership;
import io.github.trinopolicy.store.PolicyStoreException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/// Makes keys that are missing, rolls keys over and wraps them anew, again and again, on one coordinator at a time. Should two believe to be the one, each key is still
/// made and wrapped once.
public final class KeyUpkeep implements AutoCloseable {
    private static final Logger log = Logger.get(KeyUpkeep.class);

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-keys-%s"));
    private final Leadership leadership;
    private final KeyFilling filling;
    private final KeyRollover rollover;
    private final KeyRewrapping rewrapping;
    private final Duration interval;

    /// @param leadership closed with this
    public KeyUpkeep(Leadership leadership, KeyFilling filling, KeyRollover rollover, KeyRewrapping rewrapping, Duration interval) {
        this.leadership = requireNonNull(leadership, "leadership is null");
        this.filling = requireNonNull(filling, "filling is null");
        this.rollover = requireNonNull(rollover, "rollover is null");
        this.rewrapping = requireNonNull(rewrapping, "rewrapping is null");
        this.interval = requireNonNull(interval, "interval is null");
    }

    public void start() {
        // masks wait for missing keys; for all else there is time, and other nodes may just be starting as well
        executor.execute(() -> lookAfter(filling::run));
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::runOnce, interval.toMillis(), interval.toMillis(), MILLISECONDS);
    }

    private void runOnce() {
        lookAfter(filling::run);
        lookAfter(rollover::run);
        // the last one, as a key-encryption key that is gone costs it time
        lookAfter(rewrapping::run);
    }

    private void lookAfter(Runnable act) {
        try {
            if (leadership.hold()) {
                act.run();
            }
        }
        catch (KeyWrappingException e) {
            log.warn("Keys were not looked after: %s", e.getMessage());
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
