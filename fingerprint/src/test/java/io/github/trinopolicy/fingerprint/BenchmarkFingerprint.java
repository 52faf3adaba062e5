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
    private static final UUID KEY = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");

    /// Five sorts of columns, over and over: an identifier, a number, a category, a date and a text.
    private static final List<String> SORTS = ImmutableList.of("orderkey * 7 + %s", "extendedprice + %s", "shipmode", "shipdate",
            "comment");

    @State(Scope.Benchmark)
    public static class Hundred extends Table {
        public Hundred() {
            super("SELECT %s FROM tpch.sf1.lineitem LIMIT 1000000".formatted(columns(100)));
        }
    }

    @State(Scope.Benchmark)
    public static class Ten extends Table {
        public Ten() {
            super("SELECT %s FROM tpch.sf1.lineitem LIMIT 1000000".formatted(columns(10)));
        }
    }

    @State(Scope.Benchmark)
    public static class One extends Table {
        public One() {
            super("SELECT %s FROM tpch.sf1.lineitem LIMIT 1000000".formatted(columns(1)));
        }
    }

    @State(Scope.Benchmark)
    public static class Lineitem extends Table {
        public Lineitem() {
            super("SELECT * FROM tpch.sf1.lineitem");
        }
    }

    /// A table in the engine of this process.
    public abstract static class Table {
        private final QueryRunner runner = TestingFunctionCatalog.engine();
        private final List<ColumnToMeasure> columns;
        private final Fingerprint first;

        Table(String query) {
            runner.execute("CREATE TABLE memory.default.measured AS " + query);
            columns = runner.execute("DESCRIBE memory.default.measured").getMaterializedRows().stream()
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
