package io.github.trinopolicy.fingerprint;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.fingerprint.DriftFinding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// Compares a fingerprint with the baseline that it was taken against. Where tables are small, a metric must be above what chance gives two
/// samples of one distribution too.
public final class Drift {
    /// share of what is in no row of a sample, so that a ratio exists
    private static final double FLOOR = 1e-4;
    /// standard deviations that chance is taken to reach
    private static final double CHANCE = 5;

    private Drift() {
    }

    /// What differs too much, of the table first, then by columns of the baseline that are in both with one type.
    public static List<DriftFinding> between(Fingerprint baseline, Fingerprint current) {
        ImmutableList.Builder<DriftFinding> findings = ImmutableList.builder();
        rows(baseline.rows(), current.rows()).ifPresent(findings::add);
        boolean oneKey = baseline.keyId().equals(current.keyId());
        for (ColumnFingerprint before : baseline.columns()) {
            current.column(before.column()).filter(now -> now.type().equals(before.type()))
                    .ifPresent(now -> findings.addAll(new Columns(before, baseline.rows(), now, current.rows(), oneKey).findings()));
        }
        return findings.build();
    }

    private static Optional<DriftFinding> rows(long before, long now) {
        if (before == 0) {
            return Optional.empty();
        }
        double change = Math.abs((now - before) / (double) before);
        return finding(DriftMetric.ROW_COUNT, Optional.empty(), change, CHANCE / Math.sqrt((double) before));
    }

    /// @param chance what the metric must be above in any case
    private static Optional<DriftFinding> finding(DriftMetric metric, Optional<UUID> column, double value, double chance) {
        for (Level level : ImmutableList.of(Level.DRIFT, Level.WARNING)) {
            double threshold = Math.max(level == Level.DRIFT ? metric.drift() : metric.warning(), chance);
            if (value > threshold) {
                // rounded, for they are read by people
                return Optional.of(new DriftFinding(metric, column, rounded(value), rounded(threshold), level));
            }
        }
        return Optional.empty();
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }

    /// What chance gives a sum of squared differences, each over its expectation, of `cells` shares.
    private static double chance(int cells, long before, long now) {
        double freedom = Math.max(1, cells - 1);
        return (freedom + CHANCE * Math.sqrt(2 * freedom) + CHANCE) * (1.0 / before + 1.0 / now);
    }

    private record Columns(ColumnFingerprint before, long rowsBefore, ColumnFingerprint now, long rowsNow, boolean oneKey) {
        List<DriftFinding> findings() {
            List<DriftFinding> findings = new ArrayList<>();
            if (rowsBefore > 0 && rowsNow > 0) {
                nullRate().ifPresent(findings::add);
                distinct().ifPresent(findings::add);
            }
            if (before.sampled() > 0 && now.sampled() > 0) {
                distribution().ifPresent(findings::add);
                if (oneKey) {
                    compare(DriftMetric.VALUES, DriftMetric.UNSEEN_VALUES, before.values(), now.values(), findings);
                }
                compare(DriftMetric.SHAPES, DriftMetric.UNSEEN_SHAPES, before.shapes(), now.shapes(), findings);
            }
            return findings;
        }

        private Optional<DriftFinding> finding(DriftMetric metric, double value, double chance) {
            return Drift.finding(metric, Optional.of(before.column()), value, chance);
        }

        private Optional<DriftFinding> nullRate() {
            double common = (before.nulls() + now.nulls()) / (double) (rowsBefore + rowsNow);
            return finding(DriftMetric.NULL_RATE, Math.abs(nullsBefore() - nullsNow()), chanceOfShare(common, rowsBefore, rowsNow));
        }

        private double nullsBefore() {
            return before.nulls() / (double) rowsBefore;
        }

        private double nullsNow() {
            return now.nulls() / (double) rowsNow;
        }

        /// A table that grows may keep its categories or find as many more; only what fits neither is a difference.
        private Optional<DriftFinding> distinct() {
            if (before.distinct().isEmpty() || now.distinct().isEmpty()) {
                return Optional.empty();
            }
            long from = before.distinct().getAsLong();
            long to = now.distinct().getAsLong();
            if (Math.min(from, to) == 0 || Math.max(from, to) < SmallGroups.LEAST) {
                return Optional.empty();
            }
            double total = Math.log(to / (double) from);
            double byRow = total - Math.log((rowsNow - now.nulls()) / (double) (rowsBefore - before.nulls()));
            double times = total * byRow <= 0 ? 1 : Math.exp(Math.min(Math.abs(total), Math.abs(byRow)));
            return finding(DriftMetric.DISTINCT, times, 0);
        }

        private Optional<DriftFinding> distribution() {
            if (before.numbers().isEmpty() || now.numbers().isEmpty()
                    || !before.numbers().get().edges().equals(now.numbers().get().edges())) {
                return Optional.empty();
            }
            double[] from = shares(before.numbers().get().counts(), nullsBefore());
            double[] to = shares(now.numbers().get().counts(), nullsNow());
            // a count of 0 is that of any small group
            double floor = Math.max(FLOOR, SmallGroups.LEAST / 2.0 / Math.min(before.sampled(), now.sampled()));
            double index = 0;
            for (int i = 0; i < from.length; i++) {
                double share = Math.max(from[i], floor);
                double other = Math.max(to[i], floor);
                index += (share - other) * Math.log(share / other);
            }
            return finding(DriftMetric.DISTRIBUTION, index, chance(from.length, before.sampled(), now.sampled()));
        }

        /// Those of the bins, and last that of NULL.
        private static double[] shares(List<Long> counts, double nulls) {
            double sum = Math.max(1, counts.stream().mapToLong(Long::longValue).sum());
            return DoubleStream.concat(counts.stream().mapToDouble(count -> (1 - nulls) * count / sum), DoubleStream.of(nulls)).toArray();
        }

        private void compare(DriftMetric distance, DriftMetric unseen, FrequentCounts from, FrequentCounts to,
                List<DriftFinding> findings) {
            if (from.counts().isEmpty() && to.counts().isEmpty()) {
                return;
            }
            finding(distance, distance(from, to), Math.sqrt(chance(from.counts().size() + 1, before.sampled(), now.sampled())
                    / (8 * Math.log(2)))).ifPresent(findings::add);
            unseen(from, to).ifPresent(share -> finding(unseen, share, 0).ifPresent(findings::add));
        }

        /// Over what the baseline holds, and the rest of each. What the current one does not hold any more is taken as rare as it may be.
        private double distance(FrequentCounts from, FrequentCounts to) {
            double rare = FrequentCounts.least(now.sampled(), true) / now.sampled();
            double divergence = 0;
            double restFrom = 1;
            double restTo = 1;
            for (Map.Entry<String, Long> entry : from.counts().entrySet()) {
                double share = entry.getValue() / (double) before.sampled();
                Long count = to.counts().get(entry.getKey());
                double other = count == null ? Math.min(share, rare) : count / (double) now.sampled();
                divergence += divergence(share, other);
                restFrom -= share;
                restTo -= other;
            }
            divergence += divergence(Math.max(0, restFrom), Math.max(0, restTo));
            return Math.sqrt(Math.max(0, divergence));
        }

        /// A part of the Jensen-Shannon divergence, in bits.
        private static double divergence(double share, double other) {
            double middle = (share + other) / 2;
            return Stream.of(share, other).mapToDouble(p -> p == 0 ? 0 : p / 2 * Math.log(p / middle) / Math.log(2)).sum();
        }

        /// What is now more frequent than it can have been where the baseline does not hold it.
        private OptionalDouble unseen(FrequentCounts from, FrequentCounts to) {
            double least = FrequentCounts.least(before.sampled(), true) / before.sampled();
            double highest = from.counts().size() < FrequentCounts.MOST
                    ? least
                    : Math.max(least,
                            from.counts().values().stream().mapToLong(Long::longValue).min().orElse(0) / (double) before.sampled());
            Set<String> seen = ImmutableSet.copyOf(from.counts().keySet());
            return to.counts().entrySet().stream().filter(entry -> !seen.contains(entry.getKey()))
                    .mapToDouble(entry -> {
                        double share = entry.getValue() / (double) now.sampled();
                        return Math.max(0, share - highest - chanceOfShare(share, before.sampled(), now.sampled()));
                    })
                    .reduce(Double::sum);
        }

        private static double chanceOfShare(double share, long before, long now) {
            double bounded = Math.clamp(share, 0, 1);
            return CHANCE * Math.sqrt(bounded * (1 - bounded) * (1.0 / before + 1.0 / now)) + 1.0 / Math.min(before, now);
        }
    }
}
