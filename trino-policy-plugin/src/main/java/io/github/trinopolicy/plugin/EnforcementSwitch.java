package io.github.trinopolicy.plugin;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.airlift.log.Logger;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Whether the access control is active on this coordinator. While it is not, says so soon after the start and each minute. Thread-safe.
final class EnforcementSwitch implements AutoCloseable {
    private static final Logger log = Logger.get(EnforcementSwitch.class);
    // Trino loads the access control right after the catalogs
    private static final long FIRST_SECONDS = 10;
    private static final long INTERVAL_SECONDS = 60;

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-enforcing-%s"));
    private final AtomicBoolean on = new AtomicBoolean();

    void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::complain, FIRST_SECONDS, INTERVAL_SECONDS, SECONDS);
    }

    void turnOn() {
        on.set(true);
    }

    void turnOff() {
        on.set(false);
    }

    boolean isOn() {
        return on.get();
    }

    private void complain() {
        if (!on.get()) {
            log.error(
                    "POLICIES ARE NOT ENFORCED: write access-control.name=policy into etc/access-control.properties of this coordinator and restart it");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
