package io.github.trinopolicy.fingerprint;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import io.trino.testing.QueryRunner;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A fingerprint of a table in memory, in the real engine, against `count(*)` and `approx_distinct` of the same columns.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx6g", "-Dairlift.quiet=true"})
public class BenchmarkFingerprint {
    private static final int ALL_ROWS = 6_000_000;
    /// A quarter of the numbers of orders is used, and an order has four lines.
    private static final int MILLION_ROWS = 1_000_000;
    private static final int PART = 100_000;
    private static final UUID KEY = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");

    /// Five sorts of columns, over and over: an identifier, a number, a category, a date and a text.
    private static final List<String> SORTS = ImmutableList.of("orderkey * 7 + %s", "extendedprice + %s", "shipmode", "shipdate",
            "comment");

    @State(Scope.Benchmark)
    public static class Hundred extends Table {
        public Hundred() {
            super(columns(100), MILLION_ROWS);
        }
    }

    @State(Scope.Benchmark)
    public static class Ten extends Table {
        public Ten() {
            super(columns(10), MILLION_ROWS);
        }
    }

    @State(Scope.Benchmark)
    public static class One extends Table {
        public One() {
            super(columns(1), MILLION_ROWS);
        }
    }

    @State(Scope.Benchmark)
    public static class Lineitem extends Table {
        public Lineitem() {
            super("*", ALL_ROWS);
        }
    }

    /// A table in the engine of this process.
    public abstract static class Table {
        private final QueryRunner runner = TestingFunctionCatalog.engine();
        private final List<ColumnToMeasure> columns;
        private final Fingerprint first;

        /// @param orders up to which number lines are taken
        Table(String columns, int orders) {
            String query = "SELECT %s FROM tpch.sf1.lineitem WHERE orderkey".formatted(columns);
            runner.execute("CREATE TABLE memory.default.measured AS %s < 0".formatted(query));
            // in parts, since all that one statement writes is in the memory of the query until it ends
            for (int order = 0; order < orders; order += PART) {
                runner.execute("INSERT INTO memory.default.measured %s > %s AND orderkey <= %s".formatted(query, order, order + PART));
            }
            this.columns = runner.execute("DESCRIBE memory.default.measured").getMaterializedRows().stream()
                    .map(row -> new ColumnToMeasure(UUID.randomUUID(), (String) requireNonNull(row.getField(0)),
                            (String) requireNonNull(row.getField(1)), false))
                    .collect(toImmutableList());
            first = takeFirst();
        }

        static String columns(int count) {
            return IntStream.range(0, count).mapToObj(i -> (SORTS.get(i % SORTS.size()) + " AS c%s").formatted(SORTS.get(i % SORTS.size())
                    .contains("%s") ? new Object[]{i, i} : new Object[]{i})).collect(joining(", "));
        }

        Fingerprint takeFirst() {
            return take(Optional.empty());
        }

        Fingerprint takeAgain() {
            return take(Optional.of(first));
        }

        private Fingerprint take(Optional<Fingerprint> baseline) {
            return new FingerprintTaker(sql -> TestingFunctionCatalog.onlyRow(runner, sql))
                    .take(ObjectName.ofTable("memory", "default", "measured"), columns, KEY, baseline);
        }

        List<@Nullable String> count() {
            return TestingFunctionCatalog.onlyRow(runner, "SELECT count(*), %s FROM memory.default.measured".formatted(
                    columns.stream().map(column -> "approx_distinct(%s)".formatted(column.name())).collect(joining(", "))));
        }

        @TearDown
        public void stop() {
            runner.close();
        }
    }

    @Benchmark
    public Object countOfHundredColumns(Hundred table) {
        return table.count();
    }

    @Benchmark
    public Object fingerprintOfHundredColumns(Hundred table) {
        return table.takeAgain();
    }

    @Benchmark
    public Object firstFingerprintOfHundredColumns(Hundred table) {
        return table.takeFirst();
    }

    @Benchmark
    public Object fingerprintOfTenColumns(Ten table) {
        return table.takeAgain();
    }

    @Benchmark
    public Object fingerprintOfOneColumn(One table) {
        return table.takeAgain();
    }

    @Benchmark
    public Object countOfLineitem(Lineitem table) {
        return table.count();
    }

    @Benchmark
    public Object fingerprintOfLineitem(Lineitem table) {
        return table.takeAgain();
    }
}
