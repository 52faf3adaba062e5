package io.github.trinopolicy.schedule;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/// How long to wait after failures: twice as long after each one, up to the interval of the work, and not all at the same moment.
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 20;

    private final DoubleSupplier random;

    /// @param random from 0 to 1
    Backoff(DoubleSupplier random) {
        this.random = requireNonNull(random, "random is null");
    }

    /// @param failures in a row, from 1
    Duration after(int failures, Duration interval) {
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        Duration longest = doubled.compareTo(interval) < 0 ? doubled : interval;
        return Duration.ofMillis((long) (longest.toMillis() * (0.5 + random.getAsDouble() / 2)));
    }
}
