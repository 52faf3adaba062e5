package io.github.trinopolicy.fingerprint;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A column after all rows of it were counted.
///
/// @param baseline what an earlier fingerprint says of it
record MeasuredColumn(ColumnToMeasure column, long values, long nulls, OptionalLong distinct, Optional<Double> meanLength, long blank,
        Optional<ColumnFingerprint> baseline) {
    MeasuredColumn {
        requireNonNull(column, "column is null");
        requireNonNull(distinct, "distinct is null");
        requireNonNull(meanLength, "meanLength is null");
        requireNonNull(baseline, "baseline is null");
    }

    ValueKind kind() {
        return ValueKind.of(column.type());
    }

    /// Whether anything but counts may be told.
    boolean isSampled() {
        return values >= SmallGroups.LEAST && kind().isWritable();
    }

    boolean hasNumbers() {
        return !column.identifying() && kind().number("").isPresent();
    }

    /// Of the bins of the baseline; empty where there is none, or it has one bin alone.
    List<Double> edges() {
        return baseline.flatMap(ColumnFingerprint::numbers).map(NumberSummary::edges).orElse(ImmutableList.of());
    }

    /// A value of an identifying column may be one person in many rows. Numbers that are nearly all different are compared by their bins.
    boolean hasFrequentValues() {
        return !column.identifying() && (kind() == ValueKind.TEXT || !hasManyValues());
    }

    boolean isEstimated() {
        return hasManyValues();
    }

    private boolean hasManyValues() {
        return distinct.orElse(Long.MAX_VALUE) > FingerprintQueries.COUNTED_ONE_BY_ONE;
    }
}
