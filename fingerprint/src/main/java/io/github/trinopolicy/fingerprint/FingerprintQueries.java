package io.github.trinopolicy.fingerprint;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.github.trinopolicy.model.ObjectName;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/// Writes the statements that a fingerprint is taken by: for each [#COLUMNS] columns one that reads all rows and one that reads a sample of
/// them. Each gives one row of texts. Frequent values are hashed within the statement, after they have been counted.
final class FingerprintQueries {
    static final int COLUMNS = 40;
    static final long SAMPLE = 100_000;
    /// from where on values are not all counted, since memory would grow with them
    static final long COUNTED_ONE_BY_ONE = 2_000;

    /// of distinct values; the default of Trino takes longer
    private static final String STANDARD_ERROR = "0.05e0";
    private static final String PERCENTILES = IntStream.rangeClosed(1, Percentiles.COUNT).mapToObj("%02d"::formatted)
            .collect(joining(", 0.", "ARRAY[0.", "]"));

    private final String table;
    private final UUID keyId;

    FingerprintQueries(ObjectName table, UUID keyId) {
        checkArgument(table.isTable(), "%s is no table", table);
        this.table = quoted(table.catalog()) + "." + quoted(table.schema().orElseThrow()) + "." + quoted(table.table().orElseThrow());
        this.keyId = requireNonNull(keyId, "keyId is null");
    }

    static List<List<ColumnToMeasure>> batches(List<ColumnToMeasure> columns) {
        return columns.isEmpty() ? ImmutableList.of(ImmutableList.of()) : Lists.partition(columns, COLUMNS);
    }

    /// Reads all rows: their number, then of each column how many values are not NULL, how many are different (NULL where they are not
    /// comparable), and of texts the sum of lengths and how many are blank (else NULL).
    String counting(List<ColumnToMeasure> columns) {
        List<String> outputs = new ArrayList<>();
        outputs.add("count(*)");
        for (ColumnToMeasure column : columns) {
            ValueKind kind = ValueKind.of(column.type());
            String name = quoted(column.name());
            outputs.add("count(%s)".formatted(name));
            outputs.add(kind.isCounted() ? "approx_distinct(%s, %s)".formatted(name, STANDARD_ERROR) : "NULL");
            if (kind == ValueKind.TEXT) {
                outputs.add("sum(length(CAST(%s AS varchar)))".formatted(name));
                outputs.add("count_if(trim(CAST(%s AS varchar)) = '')".formatted(name));
            }
            else {
                outputs.add("NULL");
                outputs.add("NULL");
            }
        }
        return "SELECT %s FROM %s".formatted(texts(outputs), table);
    }

    /// Reads a sample: of each column five texts, each NULL where there is no such thing: how many values are not NULL, the percentiles of
    /// numbers as a JSON array, their number by bin of the baseline, by shape of texts, and by hash as JSON objects.
    ///
    /// @param rows of the table
    String sampling(List<MeasuredColumn> columns, long rows) {
        List<String> values = new ArrayList<>();
        List<String> aggregates = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            MeasuredColumn column = columns.get(i);
            String value = "v" + i;
            values.add("%s AS %s".formatted(quoted(column.column().name()), value));
            aggregates.add("count(%s) AS c%s".formatted(value, i));
            outputs.add("CAST(c%s AS varchar)".formatted(i));
            numbers(column, i, values, aggregates, outputs);
            shapes(column, i, aggregates, outputs);
            frequentValues(column, i, aggregates, outputs);
        }
        return "SELECT %s FROM (SELECT %s FROM (SELECT %s FROM %s%s))".formatted(String.join(", ", outputs), String.join(", ", aggregates),
                String.join(", ", values), table, sample(rows));
    }

    private static void numbers(MeasuredColumn column, int i, List<String> values, List<String> aggregates, List<String> outputs) {
        if (!column.hasNumbers()) {
            outputs.add("CAST(NULL AS varchar)");
            outputs.add("CAST(NULL AS varchar)");
            return;
        }
        String number = column.kind().number(quoted(column.column().name())).orElseThrow();
        values.add("%s AS n%s".formatted(number, i));
        aggregates.add("approx_percentile(n%1$s, %2$s) AS p%1$s".formatted(i, PERCENTILES));
        outputs.add("json_format(CAST(p%s AS json))".formatted(i));
        List<Double> edges = column.edges();
        if (edges.isEmpty()) {
            outputs.add("CAST(NULL AS varchar)");
            return;
        }
        String array = edges.stream().map(edge -> new BigDecimal(edge).round(MathContext.DECIMAL64))
                .map(edge -> "DOUBLE '%s'".formatted(edge)).collect(joining(", ", "ARRAY[", "]"));
        aggregates.add("histogram(width_bucket(n%1$s, %2$s)) AS b%1$s".formatted(i, array));
        outputs.add("json_format(CAST(b%s AS json))".formatted(i));
    }

    private static void shapes(MeasuredColumn column, int i, List<String> aggregates, List<String> outputs) {
        if (column.kind() != ValueKind.TEXT) {
            outputs.add("CAST(NULL AS varchar)");
            return;
        }
        aggregates.add("histogram(policy.masking.shape(CAST(v%1$s AS varchar))) AS s%1$s".formatted(i));
        outputs.add("json_format(CAST(map_filter(s%1$s, (k, v) -> v >= %2$s) AS json))".formatted(i, least(i, false)));
    }

    /// What Trino estimates to be frequent may be a value of one row, since its sketch counts what a value has displaced: at most one in 500
    /// with the sizes here, which the least that counts is above.
    private void frequentValues(MeasuredColumn column, int i, List<String> aggregates, List<String> outputs) {
        if (!column.hasFrequentValues()) {
            outputs.add("CAST(NULL AS varchar)");
            return;
        }
        aggregates.add(column.isEstimated()
                ? "approx_most_frequent(100, CAST(v%1$s AS varchar), 1000) AS f%1$s".formatted(i)
                : "histogram(v%1$s) AS f%1$s".formatted(i));
        outputs.add("json_format(CAST(transform_keys(map_filter(f%s, (k, v) -> v >= %s), (k, v) -> %s) AS json))".formatted(i,
                least(i, column.isEstimated()),
                "policy.masking.fingerprint(CAST(k AS varchar), '%s', '%s')".formatted(keyId, column.column().id())));
    }

    /// As [FrequentCounts#least].
    private static String least(int column, boolean estimated) {
        String least = "greatest(%s, c%s / 100e0)".formatted(SmallGroups.LEAST, column);
        return estimated ? "%s + c%s / 500e0".formatted(least, column) : least;
    }

    private static String sample(long rows) {
        if (rows <= SAMPLE * 5 / 4) {
            return "";
        }
        BigDecimal percent = BigDecimal.valueOf(100 * SAMPLE).divide(BigDecimal.valueOf(rows), 9, RoundingMode.CEILING);
        return " TABLESAMPLE BERNOULLI (%s)".formatted(percent.toPlainString());
    }

    private static String texts(List<String> outputs) {
        return outputs.stream().map("CAST(%s AS varchar)"::formatted).collect(joining(", "));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
