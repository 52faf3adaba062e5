package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Comparator.comparingLong;

import com.google.common.collect.ImmutableMap;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Stream;

/// How often frequent things come in a sample. What is not in it is rare, or beyond the number that is kept.
///
/// @param counts by hash or shape, the most frequent first
public record FrequentCounts(Map<String, Long> counts) {
    /// of a first fingerprint
    static final int MOST = 20;

    public static final FrequentCounts NONE = new FrequentCounts(ImmutableMap.of());

    public FrequentCounts {
        counts = ImmutableMap.copyOf(counts);
        checkArgument(counts.size() <= 2 * MOST, "more than %s things are counted", 2 * MOST);
        checkArgument(counts.values().stream().allMatch(count -> count > 0 && count == SmallGroups.kept(count)),
                "a small group is counted");
    }

    /// The rarest that is kept: one in a hundred, and never a small group. What is estimated must be more frequent, since an estimate may be
    /// too high by one in 500.
    ///
    /// @param sampled how many values there are in the sample
    static double least(long sampled, boolean estimated) {
        return Math.max(SmallGroups.LEAST, sampled / 100.0) + (estimated ? sampled / 500.0 : 0);
    }

    /// Keeps those that the baseline has, as far as they are there, and the most frequent others.
    ///
    /// @param counted all that are frequent in the sample
    static FrequentCounts of(Map<String, Long> counted, Set<String> baseline) {
        Comparator<Entry<String, Long>> order = comparingLong(Entry<String, Long>::getValue).reversed().thenComparing(Entry::getKey);
        Map<String, Long> kept = new LinkedHashMap<>();
        Stream.concat(
                counted.entrySet().stream().filter(entry -> baseline.contains(entry.getKey())),
                counted.entrySet().stream().filter(entry -> !baseline.contains(entry.getKey())).sorted(order).limit(MOST))
                .filter(entry -> SmallGroups.kept(entry.getValue()) > 0)
                .sorted(order)
                .forEach(entry -> kept.put(entry.getKey(), SmallGroups.kept(entry.getValue())));
        return new FrequentCounts(kept);
    }
}
