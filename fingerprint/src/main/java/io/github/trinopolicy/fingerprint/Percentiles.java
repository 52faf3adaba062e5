package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The percentiles 1 to 99 of a sample. They are values of the table and hence never kept: what is kept is made of them here, by rounding to
/// a step of which a few fit between the edges around.
final class Percentiles {
    static final int COUNT = 99;

    /// sampled values for each bin of a first fingerprint: twice the least, so that a bin is not soon a small group
    private static final long LEAST_OF_BIN = 2L * SmallGroups.LEAST;
    private static final int STEPS_TO_NEIGHBOUR = 4;
    private static final int STEPS_OF_RANGE = 20;

    private final double[] values;
    private final long sampled;

    /// @param sampled how many values they are of
    Percentiles(List<Double> values, long sampled) {
        this.values = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        checkArgument(this.values.length == COUNT, "there are %s percentiles", this.values.length);
        checkArgument(Arrays.stream(this.values).allMatch(Double::isFinite), "a percentile is no number");
        this.sampled = sampled;
    }

    /// Of a first fingerprint. Empty where a tenth of the sample is a small group.
    Optional<NumberSummary> summary() {
        List<Double> edges = edges();
        List<Long> counts = new ArrayList<>();
        double last = 0;
        for (double edge : edges) {
            double below = below(edge);
            counts.add(Math.round((below - last) * sampled));
            last = below;
        }
        counts.add(Math.round((1 - last) * sampled));
        return summary(edges, counts);
    }

    /// Of a later one.
    ///
    /// @param edges of the first
    /// @param counts of the sample
    Optional<NumberSummary> summary(List<Double> edges, List<Long> counts) {
        int tail = Math.ceilDiv(100 * SmallGroups.LEAST, Math.toIntExact(Math.clamp(sampled, 1L, Integer.MAX_VALUE)));
        if (tail > 10) {
            return Optional.empty();
        }
        double low = percentile(tail);
        double high = percentile(100 - tail);
        double range = high > low ? high - low : Math.max(Math.abs(low), 1) * STEPS_TO_NEIGHBOUR;
        BigDecimal step = step(range / STEPS_OF_RANGE);
        double below = multiple(step, Math.ceil(low / step.doubleValue()) - 1);
        double above = multiple(step, Math.floor(high / step.doubleValue()) + 1);
        return Optional.of(new NumberSummary(below, above, edges, counts.stream().map(SmallGroups::kept).toList()));
    }

    private List<Double> edges() {
        List<Double> edges = new ArrayList<>();
        int last = 0;
        for (int percent = 10; percent <= 90; percent += 10) {
            boolean crowded = rows(percent - last) < LEAST_OF_BIN || rows(100 - percent) < LEAST_OF_BIN;
            Optional<Double> edge = crowded ? Optional.empty() : edge(percent, last);
            if (edge.isPresent()) {
                double least = edges.isEmpty() ? 0 : below(edges.getLast());
                double bin = (below(edge.get()) - least) * sampled;
                double rest = (1 - below(edge.get())) * sampled;
                if (Math.min(bin, rest) >= Math.max(LEAST_OF_BIN, sampled / 100.0) && (edges.isEmpty() || edge.get() > edges.getLast())) {
                    edges.add(edge.get());
                    last = percent;
                }
            }
        }
        return edges;
    }

    /// Between the percentile and what comes after it.
    private Optional<Double> edge(int percent, int last) {
        double from = percentile(percent);
        Optional<Double> next = Arrays.stream(values).filter(value -> value > from).boxed().findFirst();
        if (next.isEmpty()) {
            return Optional.empty();
        }
        double around = (percentile(Math.min(COUNT, percent + 10)) - percentile(Math.max(1, last))) / 2;
        BigDecimal step = step((around > 0 ? around : next.get() - from) / STEPS_TO_NEIGHBOUR);
        double edge = multiple(step, Math.rint((from + next.get()) / 2 / step.doubleValue()));
        return Optional.of(isFrequent(edge) ? edge + step.doubleValue() / 2 : edge);
    }

    private boolean isFrequent(double value) {
        return Arrays.stream(values).filter(percentile -> percentile == value).count() > 1;
    }

    /// The share of values below this one.
    private double below(double value) {
        int above = 0;
        while (above < COUNT && values[above] < value) {
            above++;
        }
        if (above == 0) {
            return 0;
        }
        if (above == COUNT) {
            return 1;
        }
        double within = isFrequent(values[above]) && values[above] == value
                ? 0.5
                : (value - values[above - 1]) / (values[above] - values[above - 1]);
        return (above + within) / 100;
    }

    private double percentile(int percent) {
        return values[percent - 1];
    }

    private long rows(int percent) {
        return sampled * percent / 100;
    }

    /// The largest of 1, 2 and 5 times a power of ten that is not greater.
    private static BigDecimal step(double atMost) {
        BigDecimal power = BigDecimal.ONE.scaleByPowerOfTen((int) Math.floor(Math.log10(atMost)));
        for (int factor : new int[]{5, 2}) {
            BigDecimal step = power.multiply(BigDecimal.valueOf(factor));
            if (step.doubleValue() <= atMost) {
                return step;
            }
        }
        return power;
    }

    private static double multiple(BigDecimal step, double times) {
        return new BigDecimal(times).multiply(step).doubleValue();
    }
}
