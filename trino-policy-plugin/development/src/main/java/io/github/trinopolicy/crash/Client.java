package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Performs an act until it is stopped. While the cluster is whole, nothing may fail.
final class Client implements Runnable {
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final Act act;
    private final Disturbances disturbances;
    private final Counts acts;
    private final Counts failures;
    private final Findings findings;
    private final AtomicLong performed = new AtomicLong();
    private volatile boolean stopped;

    Client(Act act, Disturbances disturbances, Counts acts, Counts failures, Findings findings) {
        this.act = requireNonNull(act, "act is null");
        this.disturbances = requireNonNull(disturbances, "disturbances is null");
        this.acts = requireNonNull(acts, "acts is null");
        this.failures = requireNonNull(failures, "failures is null");
        this.findings = requireNonNull(findings, "findings is null");
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                performOnce();
            }
        }
        catch (InterruptedException e) {
            // the run is given up
            Thread.currentThread().interrupt();
        }
    }

    private void performOnce() throws InterruptedException {
        long mark = disturbances.mark();
        try {
            act.perform();
            performed.incrementAndGet();
            acts.add(act.kind());
            Thread.sleep(act.rest());
        }
        catch (SQLException e) {
            Optional<String> interruption = Interruption.of(e);
            if (interruption.isPresent() && disturbances.since(mark)) {
                failures.add(interruption.get());
            }
            else {
                findings.add(
                        "%s failed%s: %s".formatted(act.kind(), disturbances.since(mark) ? "" : " while all nodes served", e.getMessage()));
            }
            Thread.sleep(PAUSE_AFTER_FAILURE);
        }
        catch (RuntimeException e) {
            findings.add("%s broke the harness: %s".formatted(act.kind(), Throwables.getStackTraceAsString(e)));
            Thread.sleep(PAUSE_AFTER_FAILURE);
        }
    }

    String kind() {
        return act.kind();
    }

    long performed() {
        return performed.get();
    }

    /// After the present act.
    void stop() {
        stopped = true;
    }
}
