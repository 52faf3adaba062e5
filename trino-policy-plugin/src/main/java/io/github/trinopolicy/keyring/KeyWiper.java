package io.github.trinopolicy.keyring;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.base.Ticker;
import io.github.trinopolicy.crypto.DataKey;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/// Wipes keys that a ring has let go, a while later: whoever received one just before has derived what it needs by then. Thread-safe.
final class KeyWiper implements AutoCloseable {
    private final Queue<Departed> departed = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-key-wiper-%s"));
    private final Duration grace;
    private final Ticker ticker;
    private volatile boolean closed;

    private record Departed(DataKey key, long nanoTime) {}

    /// @param grace how long a key is left at least; it is wiped before twice that time is over
    KeyWiper(Duration grace, Ticker ticker) {
        this.grace = requireNonNull(grace, "grace is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
    }

    void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::wipeDue, grace.toMillis(), grace.toMillis(), MILLISECONDS);
    }

    void wipeLater(DataKey key) {
        departed.add(new Departed(key, ticker.read()));
        if (closed) {
            wipeAll();
        }
    }

    private void wipeDue() {
        long now = ticker.read();
        for (Departed oldest = departed.peek(); oldest != null && now - oldest.nanoTime() >= grace.toNanos(); oldest = departed.peek()) {
            departed.remove(oldest);
            oldest.key().close();
        }
    }

    /// Wipes at once what is left, and what still comes.
    @Override
    public void close() {
        closed = true;
        executor.shutdownNow();
        wipeAll();
    }

    private void wipeAll() {
        for (Departed key = departed.poll(); key != null; key = departed.poll()) {
            key.key().close();
        }
    }
}
