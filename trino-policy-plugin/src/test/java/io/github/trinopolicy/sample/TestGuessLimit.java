package io.github.trinopolicy.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TestGuessLimit {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofHours(2).toNanos());
    private final GuessLimit limit = new GuessLimit(new Ticker() {
        @Override
        public long read() {
            return now.get();
        }
    });

    @Test
    void testWaitsGrow() {
        for (int i = 0; i < GuessLimit.FREE_TRIES; i++) {
            assertThat(limit.begin("alice")).isTrue();
        }
        long seconds = GuessLimit.FIRST_WAIT.toSeconds();
        for (int i = 0; i < 20; i++) {
            assertThat(limit.begin("alice")).isFalse();
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(limit.begin("alice")).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(limit.begin("alice")).isTrue();
            seconds = Math.min(2 * seconds, GuessLimit.LONGEST_WAIT.toSeconds());
        }
        assertThat(limit.begin("bob")).isTrue();
    }

    /// Who waits is not made to wait longer by asking.
    @Test
    void testOnlyTriesCount() {
        for (int i = 0; i < 100; i++) {
            limit.begin("alice");
        }
        pass(GuessLimit.FIRST_WAIT);
        assertThat(limit.begin("alice")).isTrue();
    }

    @Test
    void testSuccessForgives() {
        for (int i = 0; i < 100; i++) {
            assertThat(limit.begin("alice")).isTrue();
            limit.succeed("alice");
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
