package io.github.trinopolicy.enforcement;

import static com.google.common.collect.Maps.toImmutableEnumMap;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// Counts what a coordinator decides, and how long that takes. Knows no user and no object. Thread-safe.
public final class DecisionMeter {
    private final DurationHistogram queries;
    private final DurationHistogram tables;
    private final Map<MessageCode, LongAdder> refusals = Stream.of(MessageCode.values())
            .collect(toImmutableEnumMap(code -> code, _ -> new LongAdder()));

    public DecisionMeter(Ticker ticker) {
        this.queries = new DurationHistogram(ticker);
        this.tables = new DurationHistogram(ticker);
    }

    public void refused(MessageCode code) {
        requireNonNull(refusals.get(code)).increment();
    }

    public long refusals(MessageCode code) {
        return requireNonNull(refusals.get(code)).sum();
    }

    /// Whether a query may begin.
    public DurationHistogram queries() {
        return queries;
    }

    /// Whether, and how, a table may be read.
    public DurationHistogram tables() {
        return tables;
    }
}
