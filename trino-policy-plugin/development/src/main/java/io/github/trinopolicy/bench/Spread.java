package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Locale;

/// Median and extremes of repeated measurements.
record Spread(double median, double min, double max) {
    static Spread of(List<Double> values) {
        checkArgument(!values.isEmpty(), "no values");
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median, min, max);
    }
}
