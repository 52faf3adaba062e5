package io.github.trinopolicy.fingerprint;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Takes the fingerprint of a column whose values are here, by the arithmetic that follows the statements, with exact percentiles.
final class TestingColumn {
    static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000021");
    static final UUID KEY = UUID.fromString("00000000-0000-4000-8000-000000000001");

    private TestingColumn() {
    }

    static Fingerprint ofNumbers(double[] values, int nulls, Optional<Fingerprint> baseline) {
        Optional<ColumnFingerprint> before = baseline.flatMap(fingerprint -> fingerprint.column(ID));
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        List<Double> percentiles = IntStream.rangeClosed(1, Percentiles.COUNT)
                .mapToObj(percent -> sorted[(int) ((long) sorted.length * percent / 100)]).collect(toImmutableList());
        Percentiles read = new Percentiles(percentiles, values.length);
        Optional<NumberSummary> numbers = before.flatMap(ColumnFingerprint::numbers)
                .map(summary -> read.summary(summary.edges(), bins(values, summary.edges()))).orElseGet(read::summary);
        return fingerprint(values.length + nulls, new ColumnFingerprint(ID, "double", nulls,
                OptionalLong.of(IntStream.range(0, sorted.length).filter(i -> i == 0 || sorted[i] != sorted[i - 1]).count()), values.length,
                numbers, Optional.empty(), FrequentCounts.NONE,
                FrequentCounts.NONE));
    }

    static Fingerprint ofTexts(List<@Nullable String> values, Optional<Fingerprint> baseline) {
        Map<String, Long> texts = new HashMap<>();
        values.stream().filter(Objects::nonNull).forEach(text -> texts.merge(text, 1L, Long::sum));
        long sampled = texts.values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> counts = new HashMap<>();
        texts.forEach((text, count) -> {
            if (count >= FrequentCounts.least(sampled, false)) {
                counts.put(Integer.toHexString(text.hashCode()), count);
            }
        });
        Set<String> before = baseline.flatMap(fingerprint -> fingerprint.column(ID)).map(column -> column.values().counts().keySet())
                .orElse(ImmutableSet.of());
        return fingerprint(values.size(), new ColumnFingerprint(ID, "varchar", values.size() - sampled,
                OptionalLong.of(texts.size()), sampled, Optional.empty(), Optional.of(TextSummary.of(5, 0)),
                FrequentCounts.NONE, FrequentCounts.of(counts, before)));
    }

    private static Fingerprint fingerprint(long rows, ColumnFingerprint column) {
        return new Fingerprint(KEY, rows, ImmutableList.of(column));
    }

    private static List<Long> bins(double[] values, List<Double> edges) {
        long[] counts = new long[edges.size() + 1];
        double[] limits = edges.stream().mapToDouble(Double::doubleValue).toArray();
        for (double value : values) {
            int bin = 0;
            while (bin < limits.length && limits[bin] <= value) {
                bin++;
            }
            counts[bin]++;
        }
        return Arrays.stream(counts).boxed().toList();
    }
}
