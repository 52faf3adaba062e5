package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// How long something takes: how often since the start, and quantiles of the last one to two minutes, each at most a quarter too large.
/// Recording neither allocates nor locks, but for one small array a minute. Thread-safe.
public final class DurationHistogram {
    private static final long SPAN_NANOS = 60_000_000_000L;
    /// four for each power of two
    private static final int BUCKETS = 64 * 4;

    private final Ticker ticker;
    private final LongAdder count = new LongAdder();
    private volatile Span span;

    /// @param number of the minute
    private record Span(long number, AtomicLongArray current, AtomicLongArray before) {}

    public DurationHistogram(Ticker ticker) {
        this.ticker = requireNonNull(ticker, "ticker is null");
        this.span = new Span(Math.floorDiv(ticker.read(), SPAN_NANOS), new AtomicLongArray(BUCKETS), new AtomicLongArray(BUCKETS));
    }

    /// The moment that [#recordSince] takes.
    public long now() {
        return ticker.read();
    }

    public void recordSince(long started) {
        record(now() - started);
    }

    public void record(long nanos) {
        count.increment();
        span().current().incrementAndGet(bucket(Math.max(0, nanos)));
    }

    /// How many there were since the start.
    public long count() {
        return count.sum();
    }

    /// What the given share of all took at most, in nanoseconds; 0 when there were none of late.
    public long quantile(double share) {
        Span now = span();
        long total = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            total += recorded(now, bucket);
        }
        long left = (long) Math.ceil(total * share);
        for (int bucket = 0; bucket < BUCKETS && total > 0; bucket++) {
            left -= recorded(now, bucket);
            if (left <= 0) {
                return upperBound(bucket);
            }
        }
        return 0;
    }

    private static long recorded(Span span, int bucket) {
        return span.current().get(bucket) + span.before().get(bucket);
    }

    /// Two threads may both begin a minute, and one of them loses what it counts in it for the moment.
    private Span span() {
        Span last = span;
        long number = Math.floorDiv(ticker.read(), SPAN_NANOS);
        if (number == last.number()) {
            return last;
        }
        AtomicLongArray before = number == last.number() + 1 ? last.current() : new AtomicLongArray(BUCKETS);
        Span next = new Span(number, new AtomicLongArray(BUCKETS), before);
        span = next;
        return next;
    }

    private static int bucket(long nanos) {
        if (nanos < 4) {
            return (int) nanos;
        }
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        return power * 4 + (int) ((nanos >>> (power - 2)) & 3);
    }

    /// The largest duration of the bucket.
    private static long upperBound(int bucket) {
        if (bucket < 4) {
            return bucket;
        }
        int power = bucket / 4;
        return ((4L + bucket % 4 + 1) << (power - 2)) - 1;
    }
}
