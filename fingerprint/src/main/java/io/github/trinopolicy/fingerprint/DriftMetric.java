package io.github.trinopolicy.fingerprint;

/// What may differ between two fingerprints, and from where on it matters. The limits are set so that a shift of a mean by half a standard
/// deviation, of a tenth of the rows from one category to others, and of a twentieth of the rows to or from NULL are always above `drift`.
public enum DriftMetric {
    /// share by which the number of rows has grown or shrunk
    ROW_COUNT(0.2, 0.5),
    /// difference of the shares of NULL: less than the 5 points that must be found, by more than a sample varies
    NULL_RATE(0.02, 0.04),
    /// times as many, or as few, distinct values, in total and by row
    DISTINCT(2, 4),
    /// population stability index of numbers over the bins of the baseline. Half a standard deviation gives 0.24
    DISTRIBUTION(0.1, 0.2),
    /// Jensen-Shannon distance of frequent values and the rest. Ten points give at least 0.085, where two values have half of the rows each
    VALUES(0.04, 0.07),
    /// the same of shapes of texts
    SHAPES(0.04, 0.07),
    /// share of rows whose values are frequent and were not
    UNSEEN_VALUES(0.02, 0.05),
    /// the same of shapes
    UNSEEN_SHAPES(0.02, 0.05);

    private final double warning;
    private final double drift;

    DriftMetric(double warning, double drift) {
        this.warning = warning;
        this.drift = drift;
    }

    double warning() {
        return warning;
    }

    double drift() {
        return drift;
    }
}
