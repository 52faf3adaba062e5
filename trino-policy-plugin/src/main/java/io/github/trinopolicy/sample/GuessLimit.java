package io.github.trinopolicy.sample;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Slows down who guesses: after a few tries without a right one each further try has to wait, twice as long each time. A try counts from
/// its beginning, so that many at once are as slow as one after the other. Kept in memory, on each coordinator. Thread-safe.
final class GuessLimit {
    static final int FREE_TRIES = 5;
    static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);
    private static final int MAXIMUM_USERS = 100_000;

    private final Ticker ticker;
    private final Cache<String, Tries> tries;

    GuessLimit(Ticker ticker) {
        this.ticker = requireNonNull(ticker, "ticker is null");
        this.tries = Caffeine.newBuilder().maximumSize(MAXIMUM_USERS).expireAfterWrite(FORGOTTEN_AFTER).ticker(ticker::read).build();
    }

    /// @param next when the next one may begin, by the ticker
    private record Tries(int count, long next) {}

    /// Begins a try.
    ///
    /// @return false when the user has to wait; then nothing has begun
    boolean begin(String user) {
        long now = ticker.read();
        boolean[] begun = new boolean[1];
        tries.asMap().compute(user, (_, before) -> {
            begun[0] = before == null || now - before.next() >= 0;
            return begun[0] ? another(before, now) : before;
        });
        return begun[0];
    }

    private static Tries another(@Nullable Tries before, long now) {
        int count = before == null ? 1 : before.count() + 1;
        return new Tries(count, now + wait(count).toNanos());
    }

    private static Duration wait(int count) {
        if (count < FREE_TRIES) {
            return Duration.ZERO;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(count - FREE_TRIES, 10));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /// The user has shown that he need not guess.
    void succeed(String user) {
        tries.invalidate(user);
    }
}
