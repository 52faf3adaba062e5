package io.github.trinopolicy.fingerprint;

import static java.util.Locale.ENGLISH;

import io.github.trinopolicy.model.Mask.Granularity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// How coarse a column is rounded by a mask `from: fingerprint`: about twenty steps over the range in which 98 of 100 values lie, so that the
/// shape of a distribution can be seen, and of a value little more than in which twentieth it lies.
public final class GranularityChoice {
    private static final BigDecimal STEPS = new BigDecimal(20);
    private static final double DAYS_PER_YEAR = 365.2425;
    private static final double DAYS_PER_MONTH = DAYS_PER_YEAR / 12;
    private static final double DAYS_PER_WEEK = 7;
    private static final double HOURS_PER_DAY = 24;

    private GranularityChoice() {
    }

    /// Empty where the fingerprint knows of no range.
    public static Optional<Granularity> of(ColumnFingerprint column) {
        return column.numbers().flatMap(numbers -> of(column.type(), numbers.high() - numbers.low()));
    }

    /// @param range in days for dates and times
    private static Optional<Granularity> of(String type, double range) {
        if (!Double.isFinite(range) || range <= 0) {
            return Optional.empty();
        }
        return switch (ValueKind.of(type)) {
            case NUMBER -> Optional.of(new Granularity.Bucket(bucket(type.toLowerCase(ENGLISH), range)));
            // each value of a date is a day already
            case DATE -> Optional.of(new Granularity.Unit(largest(range, ChronoUnit.WEEKS)));
            case TIMESTAMP -> Optional.of(new Granularity.Unit(largest(range, ChronoUnit.MINUTES)));
            case TEXT, CATEGORY, COMPARABLE, OPAQUE -> Optional.empty();
        };
    }

    /// The next of 1, 2 and 5 times a power of ten that is a value of the type.
    private static String bucket(String type, double range) {
        BigDecimal step = new BigDecimal(range).divide(STEPS, 30, RoundingMode.CEILING);
        BigDecimal power = BigDecimal.ONE.scaleByPowerOfTen(step.precision() - step.scale() - 1);
        BigDecimal nice = power.multiply(step.compareTo(power) <= 0
                ? BigDecimal.ONE
                : step.compareTo(power.multiply(BigDecimal.TWO)) <= 0
                        ? BigDecimal.TWO
                        : step.compareTo(power.multiply(new BigDecimal(5))) <= 0 ? new BigDecimal(5) : BigDecimal.TEN);
        BigDecimal least = BigDecimal.ONE.scaleByPowerOfTen(-digitsAfterPoint(type, nice));
        return nice.max(least).stripTrailingZeros().toPlainString();
    }

    private static int digitsAfterPoint(String type, BigDecimal nice) {
        if (type.equals("real") || type.equals("double")) {
            return Math.max(0, nice.stripTrailingZeros().scale());
        }
        int comma = type.indexOf(',');
        return comma < 0 ? 0 : Integer.parseInt(type.substring(comma + 1, type.indexOf(')')).strip());
    }

    private static ChronoUnit largest(double days, ChronoUnit least) {
        double steps = STEPS.doubleValue();
        ChronoUnit unit = days >= steps * DAYS_PER_YEAR
                ? ChronoUnit.YEARS
                : days >= steps * DAYS_PER_MONTH
                        ? ChronoUnit.MONTHS
                        : days >= steps * DAYS_PER_WEEK
                                ? ChronoUnit.WEEKS
                                : days >= steps ? ChronoUnit.DAYS : days * HOURS_PER_DAY >= steps ? ChronoUnit.HOURS : ChronoUnit.MINUTES;
        return unit.compareTo(least) < 0 ? least : unit;
    }
}
