package io.github.trinopolicy.crash;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How often what happened. Thread-safe.
final class Counts {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void add(String what) {
        counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
    }

    Map<String, Long> all() {
        ImmutableSortedMap.Builder<String, Long> all = ImmutableSortedMap.naturalOrder();
        counts.forEach((what, count) -> all.put(what, count.sum()));
        return all.buildOrThrow();
    }
}
