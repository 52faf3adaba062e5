package io.github.trinopolicy.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.fingerprint.DriftFinding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// With few resamples of fixed seeds; `./bench drift` takes more of them.
final class TestDrift {
    private static final int RESAMPLES = Integer.getInteger("drift.resamples", 50);
    /// one in a hundred: none of 50
    private static final int ALLOWED = RESAMPLES / 100;
    private static final int ROWS = 100_000;
    private static final List<String> LABELS = IntStream.range(0, 50_000).mapToObj("c%s"::formatted).toList();

    /// Distributions whose resamples must not alarm.
    enum Shape {
        NORMAL,
        LOG_NORMAL,
        UNIFORM,
        MOSTLY_ZERO,
        FEW_VALUES,
        SKEWED_VALUES,
        CONSTANT;

        private double draw(Random random) {
            return switch (this) {
                case NORMAL -> random.nextGaussian();
                case LOG_NORMAL -> Math.exp(2 * random.nextGaussian());
                case UNIFORM -> 1e9 + random.nextDouble();
                case MOSTLY_ZERO -> random.nextInt(10) < 6 ? 0 : random.nextDouble();
                case FEW_VALUES -> random.nextInt(7);
                case SKEWED_VALUES -> Math.floor(-3 * Math.log(random.nextDouble()));
                case CONSTANT -> 7;
            };
        }

        double[] sample(long seed, int rows) {
            Random random = new Random(seed);
            return IntStream.range(0, rows).mapToDouble(_ -> draw(random)).toArray();
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void testResamplesOfNumbersAreNoDrift(Shape shape) {
        Fingerprint baseline = TestingColumn.ofNumbers(shape.sample(-1, ROWS), 3_000, Optional.empty());
        assertThat(alarms(seed -> TestingColumn.ofNumbers(shape.sample(seed, ROWS), 3_000, Optional.of(baseline)), baseline))
                .isLessThanOrEqualTo(ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 100, 500, 3_000})
    void testResamplesOfSmallTablesAreNoDrift(int rows) {
        for (Shape shape : Shape.values()) {
            Fingerprint baseline = TestingColumn.ofNumbers(shape.sample(-1, rows), rows / 10, Optional.empty());
            assertThat(alarms(seed -> TestingColumn.ofNumbers(shape.sample(seed, rows), rows / 10, Optional.of(baseline)), baseline))
                    .describedAs("%s", shape).isLessThanOrEqualTo(ALLOWED);
        }
        for (int categories : new int[]{2, 5, 30, 100, 5_000}) {
            Fingerprint baseline = TestingColumn.ofTexts(categories(-1, rows, categories), Optional.empty());
            assertThat(alarms(seed -> TestingColumn.ofTexts(categories(seed, rows, categories), Optional.of(baseline)), baseline))
                    .describedAs("%s categories", categories).isLessThanOrEqualTo(ALLOWED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 20, 60, 110, 50_000})
    void testResamplesOfCategoriesAreNoDrift(int categories) {
        Fingerprint baseline = TestingColumn.ofTexts(categories(-1, ROWS, categories), Optional.empty());
        assertThat(alarms(seed -> TestingColumn.ofTexts(categories(seed, ROWS, categories), Optional.of(baseline)), baseline))
                .isLessThanOrEqualTo(ALLOWED);
        Fingerprint skewed = TestingColumn.ofTexts(skewed(-1, categories), Optional.empty());
        assertThat(alarms(seed -> TestingColumn.ofTexts(skewed(seed, categories), Optional.of(skewed)), skewed))
                .isLessThanOrEqualTo(ALLOWED);
    }

    @Test
    void testHalfAStandardDeviationIsAlwaysFound() {
        Fingerprint baseline = TestingColumn.ofNumbers(Shape.NORMAL.sample(-1, ROWS), 0, Optional.empty());
        for (double shift : new double[]{0.5, -0.5}) {
            for (long seed = 0; seed < RESAMPLES; seed++) {
                double[] shifted = Shape.NORMAL.sample(seed, ROWS);
                for (int i = 0; i < shifted.length; i++) {
                    shifted[i] += shift;
                }
                assertThat(drifted(baseline, TestingColumn.ofNumbers(shifted, 0, Optional.of(baseline))))
                        .contains(DriftMetric.DISTRIBUTION);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 50, 200})
    void testTenPointsOfCategoriesAreAlwaysFound(int categories) {
        Fingerprint baseline = TestingColumn.ofTexts(categories(-1, ROWS, categories), Optional.empty());
        Fingerprint skewed = TestingColumn.ofTexts(skewed(-1, categories), Optional.empty());
        for (long seed = 0; seed < RESAMPLES; seed++) {
            // to one that there was, to one that is new, and from the most frequent to others
            assertThat(drifted(baseline, TestingColumn.ofTexts(moved(categories(seed, ROWS, categories), seed, "c1"),
                    Optional.of(baseline)))).containsAnyOf(DriftMetric.VALUES, DriftMetric.UNSEEN_VALUES);
            assertThat(drifted(baseline, TestingColumn.ofTexts(moved(categories(seed, ROWS, categories), seed, "new"),
                    Optional.of(baseline)))).contains(DriftMetric.UNSEEN_VALUES);
            assertThat(drifted(skewed, TestingColumn.ofTexts(moved(skewed(seed, categories), seed, "c1"), Optional.of(skewed))))
                    .containsAnyOf(DriftMetric.VALUES, DriftMetric.UNSEEN_VALUES);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 47_500, 90_000})
    void testFivePointsOfNullsAreAlwaysFound(int nulls) {
        Fingerprint baseline = TestingColumn.ofNumbers(Shape.NORMAL.sample(-1, ROWS - nulls), nulls, Optional.empty());
        for (long seed = 0; seed < RESAMPLES; seed++) {
            int drawn = drawn(seed, (nulls + ROWS / 20) / (double) ROWS);
            assertThat(drifted(baseline, TestingColumn.ofNumbers(Shape.NORMAL.sample(seed, ROWS - drawn), drawn, Optional.of(baseline))))
                    .contains(DriftMetric.NULL_RATE);
            int same = drawn(seed, nulls / (double) ROWS);
            assertThat(Drift.between(baseline,
                    TestingColumn.ofNumbers(Shape.NORMAL.sample(seed, ROWS - same), same, Optional.of(baseline)))).isEmpty();
        }
    }

    @Test
    void testRows() {
        assertThat(rows(1_000_000, 1_190_000)).isEmpty();
        assertThat(rows(1_000_000, 1_210_000)).containsExactly(Level.WARNING);
        assertThat(rows(1_000_000, 790_000)).containsExactly(Level.WARNING);
        assertThat(rows(1_000_000, 0)).containsExactly(Level.DRIFT);
        assertThat(rows(1_000_000, 1_600_000)).containsExactly(Level.DRIFT);
        // of a small table a few rows are no news
        assertThat(rows(10, 15)).isEmpty();
        assertThat(rows(0, 1_000)).isEmpty();
    }

    @Test
    void testDistinct() {
        // categories stay when a table grows, and identifiers grow with it
        assertThat(distinct(1_000, 40, 10_000, 40)).isEmpty();
        assertThat(distinct(1_000, 1_000, 10_000, 10_000)).isEmpty();
        assertThat(distinct(1_000, 40, 1_000, 81)).containsExactly(Level.WARNING);
        assertThat(distinct(1_000, 400, 1_000, 90)).containsExactly(Level.DRIFT);
        assertThat(distinct(1_000, 1, 1_000, 3)).isEmpty();
    }

    @Test
    void testWhatCannotBeCompared() {
        Fingerprint numbers = TestingColumn.ofNumbers(Shape.NORMAL.sample(1, 1_000), 0, Optional.empty());
        Fingerprint texts = TestingColumn.ofTexts(categories(1, 1_000, 5), Optional.empty());
        assertThat(Drift.between(numbers, texts)).isEmpty();
        Fingerprint others = TestingColumn.ofTexts(moved(categories(1, 1_000, 5), 1, "new"), Optional.of(texts));
        assertThat(Drift.between(texts, others)).isNotEmpty();
        // hashes under another key say nothing
        assertThat(Drift.between(texts, new Fingerprint(UUID.randomUUID(), others.rows(), others.columns()))).isEmpty();
        assertThat(Drift.between(texts, new Fingerprint(texts.keyId(), texts.rows(), ImmutableList.of()))).isEmpty();
    }

    @Test
    void testFindingSaysWhereAndHowMuch() {
        Fingerprint baseline = TestingColumn.ofNumbers(Shape.NORMAL.sample(1, ROWS), 0, Optional.empty());
        Fingerprint current = TestingColumn.ofNumbers(Shape.NORMAL.sample(1, ROWS - 10_000), 10_000, Optional.of(baseline));
        assertThat(Drift.between(baseline, current)).contains(
                new DriftFinding(DriftMetric.NULL_RATE, Optional.of(TestingColumn.ID), 0.1, 0.04, Level.DRIFT));
    }

    private static long alarms(Function<Long, Fingerprint> resample, Fingerprint baseline) {
        return IntStream.range(0, RESAMPLES).filter(seed -> !Drift.between(baseline, resample.apply((long) seed)).isEmpty()).count();
    }

    private static List<DriftMetric> drifted(Fingerprint baseline, Fingerprint current) {
        return Drift.between(baseline, current).stream().filter(finding -> finding.level() == Level.DRIFT).map(DriftFinding::metric)
                .toList();
    }

    private static List<Level> rows(long before, long now) {
        return Drift.between(new Fingerprint(TestingColumn.KEY, before, ImmutableList.of()),
                new Fingerprint(TestingColumn.KEY, now, ImmutableList.of())).stream().map(DriftFinding::level).toList();
    }

    private static List<Level> distinct(long rowsBefore, long before, long rowsNow, long now) {
        return Drift.between(counted(rowsBefore, before), counted(rowsNow, now)).stream()
                .filter(finding -> finding.metric() == DriftMetric.DISTINCT).map(DriftFinding::level).toList();
    }

    private static Fingerprint counted(long rows, long distinct) {
        return new Fingerprint(TestingColumn.KEY, rows, ImmutableList.of(new ColumnFingerprint(TestingColumn.ID, "varbinary", 0,
                OptionalLong.of(distinct), 0, Optional.empty(), Optional.empty(), FrequentCounts.NONE, FrequentCounts.NONE)));
    }

    private static int drawn(long seed, double share) {
        Random random = new Random(seed);
        return (int) IntStream.range(0, ROWS).filter(_ -> random.nextDouble() < share).count();
    }

    private static List<@Nullable String> categories(long seed, int rows, int categories) {
        Random random = new Random(seed);
        return IntStream.range(0, rows).mapToObj(_ -> LABELS.get(random.nextInt(categories))).toList();
    }

    /// Half of the rows are of the first category.
    private static List<@Nullable String> skewed(long seed, int categories) {
        Random random = new Random(seed);
        return IntStream.range(0, ROWS).mapToObj(_ -> random.nextBoolean() ? "c0" : LABELS.get(random.nextInt(categories))).toList();
    }

    /// A tenth of all rows is taken from what is not the target, and given to it.
    private static List<@Nullable String> moved(List<@Nullable String> values, long seed, String target) {
        Random random = new Random(seed);
        List<@Nullable String> moved = new ArrayList<>(values);
        int left = values.size() / 10;
        while (left > 0) {
            int row = random.nextInt(moved.size());
            if (!target.equals(moved.get(row))) {
                moved.set(row, target);
                left--;
            }
        }
        return moved;
    }
}
