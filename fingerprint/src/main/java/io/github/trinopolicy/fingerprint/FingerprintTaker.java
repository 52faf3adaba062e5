package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkState;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Takes fingerprints of tables by statements of Trino. What the statements answer stays in memory; what is kept of it is a [Fingerprint].
public final class FingerprintTaker {
    private static final int COUNTS_OF_COLUMN = 4;
    private static final int TEXTS_OF_COLUMN = 5;

    private final Statements statements;

    /// Runs statements of which each gives one row.
    public interface Statements {
        /// @return the values as texts; NULL where there is none
        List<@Nullable String> onlyRow(String sql);
    }

    public FingerprintTaker(Statements statements) {
        this.statements = requireNonNull(statements, "statements is null");
    }

    /// @param keyId of the data key to hash frequent values under; that of the baseline where values are to be compared
    /// @param baseline the fingerprint that this one will be compared with, whose bins it counts
    public Fingerprint take(ObjectName table, List<ColumnToMeasure> columns, UUID keyId, Optional<Fingerprint> baseline) {
        FingerprintQueries queries = new FingerprintQueries(table, keyId);
        List<ColumnFingerprint> fingerprints = new ArrayList<>();
        OptionalLong rows = OptionalLong.empty();
        for (List<ColumnToMeasure> batch : FingerprintQueries.batches(columns)) {
            List<@Nullable String> counts = statements.onlyRow(queries.counting(batch));
            checkState(counts.size() == 1 + COUNTS_OF_COLUMN * batch.size(), "a statement counted %s things", counts.size());
            long batchRows = count(counts.getFirst());
            // the table may have changed since, which would be no reason to fail
            rows = rows.isPresent() ? rows : OptionalLong.of(batchRows);
            List<MeasuredColumn> measured = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                int first = 1 + COUNTS_OF_COLUMN * i;
                measured.add(measured(batch.get(i), batchRows, counts.subList(first, first + COUNTS_OF_COLUMN), baseline));
            }
            fingerprints.addAll(sampled(queries, measured, batchRows, baseline, keyId));
        }
        return new Fingerprint(keyId, rows.orElseThrow(), fingerprints);
    }

    private static MeasuredColumn measured(ColumnToMeasure column, long rows, List<@Nullable String> counts,
            Optional<Fingerprint> baseline) {
        long values = count(counts.get(0));
        Optional<String> lengths = Optional.ofNullable(counts.get(2));
        return new MeasuredColumn(column, values, rows - values,
                Optional.ofNullable(counts.get(1)).map(text -> OptionalLong.of(count(text))).orElse(OptionalLong.empty()),
                lengths.map(sum -> count(sum) / (double) values),
                lengths.isPresent() ? count(counts.get(3)) : 0,
                baseline.flatMap(fingerprint -> fingerprint.column(column.id())).filter(before -> before.type().equals(column.type())));
    }

    private List<ColumnFingerprint> sampled(FingerprintQueries queries, List<MeasuredColumn> columns, long rows,
            Optional<Fingerprint> baseline, UUID keyId) {
        List<MeasuredColumn> some = columns.stream().filter(MeasuredColumn::isSampled).collect(toImmutableList());
        List<@Nullable String> texts = some.isEmpty() ? List.of() : statements.onlyRow(queries.sampling(some, rows));
        checkState(texts.size() == TEXTS_OF_COLUMN * some.size(), "a statement answered %s things", texts.size());
        boolean oneKey = baseline.filter(before -> before.keyId().equals(keyId)).isPresent();
        List<ColumnFingerprint> fingerprints = new ArrayList<>();
        int next = 0;
        for (MeasuredColumn column : columns) {
            if (column.isSampled()) {
                fingerprints.add(ofSample(column, texts.subList(next, next + TEXTS_OF_COLUMN), oneKey));
                next += TEXTS_OF_COLUMN;
            }
            else {
                fingerprints.add(ofCounts(column));
            }
        }
        return fingerprints;
    }

    private static ColumnFingerprint ofCounts(MeasuredColumn column) {
        return new ColumnFingerprint(column.column().id(), column.column().type(), column.nulls(), column.distinct(), 0, Optional.empty(),
                Optional.empty(), FrequentCounts.NONE, FrequentCounts.NONE);
    }

    /// @param oneKey whether the baseline's hashes mean the same
    private static ColumnFingerprint ofSample(MeasuredColumn column, List<@Nullable String> texts, boolean oneKey) {
        long sampled = count(texts.get(0));
        if (sampled < SmallGroups.LEAST) {
            return ofCounts(column);
        }
        Set<String> shapes = column.baseline().map(before -> before.shapes().counts().keySet()).orElse(ImmutableSet.of());
        Set<String> values = column.baseline().filter(_ -> oneKey).map(before -> before.values().counts().keySet())
                .orElse(ImmutableSet.of());
        return new ColumnFingerprint(column.column().id(), column.column().type(), column.nulls(), column.distinct(), sampled,
                numbers(column, sampled, texts.get(1), texts.get(2)),
                column.meanLength().map(length -> TextSummary.of(length, column.blank())),
                FrequentCounts.of(Answers.counts(texts.get(3)), shapes),
                FrequentCounts.of(Answers.counts(texts.get(4)), values));
    }

    private static Optional<NumberSummary> numbers(MeasuredColumn column, long sampled, @Nullable String percentiles,
            @Nullable String bins) {
        if (percentiles == null) {
            return Optional.empty();
        }
        Percentiles read = new Percentiles(Answers.numbers(percentiles), sampled);
        if (column.edges().isEmpty()) {
            return read.summary();
        }
        Map<String, Long> counts = Answers.counts(bins);
        return read.summary(column.edges(),
                LongStream.rangeClosed(0, column.edges().size()).mapToObj(bin -> counts.getOrDefault(Long.toString(bin), 0L)).toList());
    }

    private static long count(@Nullable String text) {
        return Long.parseLong(requireNonNull(text, "a count is missing"));
    }
}
