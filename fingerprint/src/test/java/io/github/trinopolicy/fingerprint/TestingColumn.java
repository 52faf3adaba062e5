package io.github.trinopolicy.fingerprint;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
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
                OptionalLong.of(Arrays.stream(values).distinct().count()), values.length, numbers, Optional.empty(), FrequentCounts.NONE,
                FrequentCounts.NONE));
    }

    static Fingerprint ofTexts(List<@Nullable String> values, Optional<Fingerprint> baseline) {
        List<String> texts = values.stream().filter(Objects::nonNull).map(text -> requireNonNull(text)).collect(toImmutableList());
        Map<String, Long> counts = new HashMap<>();
        texts.forEach(text -> counts.merge(Integer.toHexString(text.hashCode()), 1L, Long::sum));
        counts.values().removeIf(count -> count < FrequentCounts.least(texts.size(), false));
        Set<String> before = baseline.flatMap(fingerprint -> fingerprint.column(ID)).map(column -> column.values().counts().keySet())
                .orElse(ImmutableSet.of());
        return fingerprint(values.size(), new ColumnFingerprint(ID, "varchar", values.size() - texts.size(),
                OptionalLong.of(new HashSet<>(texts).size()), texts.size(), Optional.empty(), Optional.of(TextSummary.of(5, 0)),
                FrequentCounts.NONE, FrequentCounts.of(counts, before)));
    }

    private static Fingerprint fingerprint(long rows, ColumnFingerprint column) {
        return new Fingerprint(KEY, rows, ImmutableList.of(column));
    }

    private static List<Long> bins(double[] values, List<Double> edges) {
        long[] counts = new long[edges.size() + 1];
        for (double value : values) {
            int bin = 0;
            while (bin < edges.size() && edges.get(bin) <= value) {
                bin++;
            }
            counts[bin]++;
        }
        return Arrays.stream(counts).boxed().toList();
    }
}
