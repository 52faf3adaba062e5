package io.github.trinopolicy.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TestDurationHistogram {
    private final AtomicLong now = new AtomicLong(System.nanoTime());
    private final Ticker ticker = new Ticker() {
        @Override
        public long read() {
            return now.get();
        }
    };
    private final DurationHistogram histogram = new DurationHistogram(ticker);

    @Test
    void testQuantiles() {
        assertThat(histogram.quantile(0.5)).isZero();
        LongStream.rangeClosed(1, 1000).map(micros -> micros * 1000).forEach(histogram::record);
        assertThat(histogram.count()).isEqualTo(1000);
        for (double share : new double[]{0.001, 0.5, 0.9, 0.99, 1}) {
            assertThat(histogram.quantile(share)).describedAs("%s", share).isBetween((long) (share * 1_000_000),
                    (long) (share * 1_250_000));
        }
    }

    @Test
    void testAnyDuration() {
        for (long nanos : new long[]{0, 1, 2, 3, 4, 5, 7, 8, 1023, 1024, Long.MAX_VALUE / 2, Long.MAX_VALUE}) {
            DurationHistogram alone = new DurationHistogram(ticker);
            alone.record(nanos);
            assertThat(alone.quantile(1)).describedAs("%s", nanos).isGreaterThanOrEqualTo(nanos)
                    .isLessThanOrEqualTo(nanos > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : nanos + nanos / 4);
        }
        // a clock that goes back
        histogram.record(-1);
        assertThat(histogram.quantile(1)).isZero();
        assertThat(histogram.count()).isEqualTo(1);
    }

    @Test
    void testOldOnesAreForgottenButCounted() {
        histogram.record(1_000_000);
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(histogram.quantile(1)).isGreaterThanOrEqualTo(1_000_000);
        histogram.record(1_000);
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(histogram.quantile(1)).isBetween(1_000L, 1_250L);
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(histogram.quantile(1)).isZero();
        assertThat(histogram.count()).isEqualTo(2);
    }
}
