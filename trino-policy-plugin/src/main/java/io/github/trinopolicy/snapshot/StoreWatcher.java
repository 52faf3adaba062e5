package io.github.trinopolicy.snapshot;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.base.Ticker;
import io.airlift.log.Logger;
import io.github.trinopolicy.store.PolicyStoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.LongAdder;

/// Looks at the store again and again, and at once when told that it changed. Remembers since when it could not. Thread-safe.
public final class StoreWatcher implements AutoCloseable {
    private static final Logger log = Logger.get(StoreWatcher.class);

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-refresh-%s"));
    private final Runnable look;
    private final Duration interval;
    private final Ticker ticker;
    // written by the executor alone
    private volatile Contact contact;
    private final LongAdder failures = new LongAdder();
    private volatile Optional<Long> lastFailure = Optional.empty();

    /// @param nanos when the store was last seen, by the ticker
    /// @param failure why it has not been seen since
    private record Contact(long nanos, Optional<String> failure) {}

    /// @param look looks at the store once; throws when it cannot. It was done once before this is made
    public StoreWatcher(Runnable look, Duration interval, Ticker ticker) {
        this.look = requireNonNull(look, "look is null");
        this.interval = requireNonNull(interval, "interval is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
        this.contact = new Contact(ticker.read(), Optional.empty());
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::lookOnce, interval.toMillis(), interval.toMillis(), MILLISECONDS);
    }

    /// Looks soon, in the background.
    public void lookNow() {
        if (!executor.isShutdown()) {
            executor.execute(this::lookOnce);
        }
    }

    private void lookOnce() {
        long started = ticker.read();
        try {
            look.run();
            Optional<String> overcome = contact.failure();
            contact = new Contact(started, Optional.empty());
            overcome.ifPresent(_ -> log.info("The policy store is in reach again"));
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure; queries are denied once the failure has lasted for the maximum staleness
            String reason = e instanceof PolicyStoreException
                    ? String.valueOf(e.getMessage())
                    : "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
            failures.increment();
            lastFailure = Optional.of(started);
            Contact last = contact;
            contact = new Contact(last.nanos(), Optional.of(reason));
            if (last.failure().isEmpty()) {
                log.error(e, "The policy store cannot be read; queries are decided by the last version for a while");
            }
        }
    }

    /// How long ago the store was last seen.
    public Duration age() {
        return Duration.ofNanos(ticker.read() - contact.nanos());
    }

    /// Why the store has not been seen since; empty while all is well.
    public Optional<String> failure() {
        return contact.failure();
    }

    /// How many looks have failed since the start.
    public long failures() {
        return failures.sum();
    }

    /// How long ago the last one failed; empty when none has.
    public Optional<Duration> sinceFailure() {
        return lastFailure.map(nanos -> Duration.ofNanos(ticker.read() - nanos));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
