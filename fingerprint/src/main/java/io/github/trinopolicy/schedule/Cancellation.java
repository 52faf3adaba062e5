package io.github.trinopolicy.schedule;

import io.airlift.log.Logger;
import java.util.Optional;

/// Whether a run shall end early, and what to do then. Thread-safe.
public final class Cancellation {
    private static final Logger log = Logger.get(Cancellation.class);

    private Optional<Runnable> action = Optional.empty();
    private boolean cancelled;

    /// Runs the action when the run is cancelled; at once when it is already. It takes the place of the last one.
    public void onCancel(Runnable newAction) {
        boolean now;
        synchronized (this) {
            action = Optional.of(newAction);
            now = cancelled;
        }
        if (now) {
            run(newAction);
        }
    }

    public void cancel() {
        Optional<Runnable> now;
        synchronized (this) {
            cancelled = true;
            now = action;
        }
        now.ifPresent(Cancellation::run);
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    private static void run(Runnable action) {
        try {
            action.run();
        }
        catch (RuntimeException e) {
            // what was to be cancelled may have ended by itself; it changes nothing any more in either case
            log.debug(e, "A run could not be cancelled");
        }
    }
}
