package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;

/// How numbers are spread. Dates and times are numbers of days since 1970-01-01.
///
/// @param low below all but about one in a hundred, rounded away from the values
/// @param high above all but about one in a hundred, rounded away from the values
/// @param edges between bins; a value that is an edge belongs to the bin above it. They lie between values that are frequent, never on one
/// @param counts of the sample, one more than there are edges; 0 for a small group
public record NumberSummary(double low, double high, List<Double> edges, List<Long> counts) {
    public NumberSummary {
        checkArgument(Double.isFinite(low) && Double.isFinite(high) && low < high, "low and high are no range");
        edges = ImmutableList.copyOf(edges);
        counts = ImmutableList.copyOf(counts);
        checkArgument(edges.stream().allMatch(Double::isFinite) && Comparators.isInStrictOrder(edges, Comparator.naturalOrder()),
                "edges do not ascend");
        checkArgument(counts.size() == edges.size() + 1, "there must be one more count than edges");
        checkArgument(counts.stream().allMatch(count -> count == SmallGroups.kept(count)), "a small group is counted");
    }
}
