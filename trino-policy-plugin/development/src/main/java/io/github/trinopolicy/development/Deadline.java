package io.github.trinopolicy.development;

import java.time.Duration;

/// A point in time until which something on another process is waited for. Immutable.
public final class Deadline {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    public static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    public boolean isPassed() {
        return System.nanoTime() - end >= 0;
    }

    /// Gives the other process a moment before it is asked again.
    public void pause() throws InterruptedException {
        Thread.sleep(PAUSE);
    }
}
