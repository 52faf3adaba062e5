package io.github.trinopolicy.fingerprint;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.trino.testing.QueryRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// With the real engine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestFingerprintTaker {
    private static final UUID KEY = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final ObjectName ORDERS = table("orders");
    private static final int ROWS = 15_000;

    private final List<String> asked = new ArrayList<>();
    private QueryRunner runner;
    private FingerprintTaker taker;

    @BeforeAll
    void start() {
        runner = TestingFunctionCatalog.engine();
        taker = new FingerprintTaker(sql -> {
            asked.add(sql);
            return TestingFunctionCatalog.onlyRow(runner, sql);
        });
        runner.execute("CREATE TABLE memory.default.orders AS SELECT *, nullif(orderkey % 10, 3) AS tenth FROM tpch.tiny.orders");
    }

    @AfterAll
    void stop() {
        runner.close();
    }

    @Test
    void testSameAsTheArithmeticOverTheSameValues() {
        List<ColumnToMeasure> columns = ImmutableList.of(column(1, "totalprice", "double"));
        Fingerprint first = take(ORDERS, columns, Optional.empty());
        double[] prices = runner.execute("SELECT totalprice FROM memory.default.orders").getOnlyColumn().mapToDouble(Double.class::cast)
                .toArray();
        NumberSummary expected = numbers(TestingColumn.ofNumbers(prices, 0, Optional.empty()), TestingColumn.ID);
        NumberSummary actual = numbers(first, id(1));
        // percentiles are estimates in Trino, so an end or an edge may be rounded to its neighbour
        assertThat(actual.edges()).hasSameSizeAs(expected.edges()).hasSize(9);
        assertThat(actual.low()).isCloseTo(expected.low(), offset(10_000.0));
        assertThat(actual.high()).isCloseTo(expected.high(), offset(10_000.0));
        for (int i = 0; i < actual.edges().size(); i++) {
            assertThat(actual.edges().get(i)).isCloseTo(expected.edges().get(i), offset(10_000.0));
        }
        // counted against the edges that are stored, both are the same to the row
        Fingerprint second = take(ORDERS, columns, Optional.of(first));
        Fingerprint baseline = new Fingerprint(KEY, ROWS, ImmutableList.of(withId(first.columns().getFirst(), TestingColumn.ID)));
        assertThat(numbers(second, id(1)).counts()).isEqualTo(numbers(TestingColumn.ofNumbers(prices, 0, Optional.of(baseline)),
                TestingColumn.ID).counts());
        // and what was estimated at first was right to two in a hundred rows
        assertThat(Drift.between(first, second)).isEmpty();
        for (int i = 0; i < actual.counts().size(); i++) {
            assertThat(actual.counts().get(i).doubleValue()).isCloseTo(numbers(second, id(1)).counts().get(i), offset(300.0));
        }
    }

    @Test
    void testCountsAndFrequentValues() {
        List<ColumnToMeasure> columns = ImmutableList.of(column(1, "orderstatus", "varchar(1)"), column(2, "orderpriority", "varchar(15)"),
                column(3, "tenth", "bigint"), column(4, "clerk", "varchar(15)"), column(5, "comment", "varchar(79)"),
                column(6, "orderdate", "date"), column(7, "orderkey", "bigint"));
        Fingerprint fingerprint = take(ORDERS, columns, Optional.empty());
        assertThat(fingerprint.rows()).isEqualTo(ROWS);
        assertThat(column(fingerprint, 3).nulls()).isEqualTo(count("tenth IS NULL")).isPositive();
        assertThat(column(fingerprint, 1).distinct()).isEqualTo(OptionalLong.of(3));
        assertThat(column(fingerprint, 1).shapes().counts()).isEqualTo(Map.of("A", 15_000L));
        assertThat(column(fingerprint, 2).shapes().counts().keySet()).containsExactlyInAnyOrder("9-A", "9-A A");
        assertThat(column(fingerprint, 2).values().counts().values()).containsExactlyInAnyOrderElementsOf(
                runner.execute("SELECT count(*) FROM memory.default.orders GROUP BY orderpriority").getOnlyColumn()
                        .map(count -> SmallGroups.kept((long) count)).toList());
        assertThat(column(fingerprint, 2).text().orElseThrow().meanLength()).isCloseTo((double) runner.execute(
                "SELECT avg(CAST(length(orderpriority) AS double)) FROM memory.default.orders").getOnlyValue(), offset(0.06));
        assertThat(column(fingerprint, 3).values().counts()).isNotEmpty().allSatisfy((_, count) -> assertThat(count).isGreaterThan(1_000));
        // Trino's sketch says that each of these is frequent
        assertThat(runner.execute("SELECT approx_most_frequent(20, comment, 1000) FROM memory.default.orders").getOnlyValue().toString())
                .doesNotContain("=1,");
        assertThat(column(fingerprint, 5).values().counts()).isEmpty();
        assertThat(column(fingerprint, 7).values().counts()).isEmpty();
        NumberSummary dates = column(fingerprint, 6).numbers().orElseThrow();
        assertThat(dates.low()).isBetween(7_700.0, 8_035.0);
        assertThat(dates.high()).isBetween(10_400.0, 10_700.0);
        assertThat(asked).hasSize(2);
    }

    @Test
    void testEveryType() {
        runner.execute(
                """
                        CREATE TABLE memory.default."odd ""table" AS SELECT
                            IF(x % 10 > 0, CAST(x AS tinyint)) a, CAST(x AS smallint) b, CAST(x AS integer) c, x d, CAST(x AS real) e,
                            IF(x % 3 = 0, nan(), IF(x % 3 = 1, infinity(), x / 7e0)) f, CAST(x AS decimal(38, 3)) g, CAST(x AS decimal(5, 1)) h, x % 2 = 0 i,
                            CAST('v' || CAST(x AS varchar) AS varchar(20)) j, CAST('c' AS char(5)) k, to_utf8('b') l, DATE '2026-01-01' + x * INTERVAL '1' DAY m,
                            TIME '01:02:03.456' n, TIMESTAMP '2026-01-01 00:00:00.123456789' o, TIMESTAMP '2026-01-01 00:00:00 Europe/Paris' p,
                            INTERVAL '1' DAY * x q, INTERVAL '1' MONTH r, uuid() s, JSON '{"canary": 1}' t, IPADDRESS '10.0.0.1' u,
                            CAST(ROW(x, 'y') AS row(z bigint, y varchar)) v, ARRAY[x] w, MAP(ARRAY['a'], ARRAY[x]) x,
                            TIME '01:02:03 +01:00' y, CAST(NULL AS varchar) z, DATE '-99999-01-01' far
                        FROM UNNEST(sequence(1, 120)) t(x)""");
        List<ColumnToMeasure> columns = runner.execute("DESCRIBE memory.default.\"odd \"\"table\"").getMaterializedRows().stream()
                .map(row -> column(((String) row.getField(0)).hashCode(), (String) row.getField(0), (String) row.getField(1)))
                .collect(toImmutableList());
        Fingerprint first = take(table("odd \"table"), columns, Optional.empty());
        assertThat(first.columns()).hasSize(columns.size()).hasSize(27);
        assertThat(column(first, "a".hashCode()).nulls()).isEqualTo(12);
        assertThat(column(first, "z".hashCode()).nulls()).isEqualTo(120);
        for (String structural : ImmutableList.of("v", "w", "x")) {
            assertThat(column(first, structural.hashCode()).distinct()).isEmpty();
            assertThat(column(first, structural.hashCode()).nulls()).isZero();
        }
        assertThat(column(first, "s".hashCode()).distinct().orElseThrow()).isBetween(100L, 140L);
        // a tenth of 120 rows is a small group
        assertThat(first.columns()).allSatisfy(column -> assertThat(column.numbers()).isEmpty());
        Fingerprint second = take(table("odd \"table"), columns, Optional.of(first));
        assertThat(second).isEqualTo(first);
        assertThat(Drift.between(first, second)).isEmpty();
        assertThat(FingerprintFormat.read(FingerprintFormat.write(first))).isEqualTo(first);
        assertThat(FingerprintFormat.write(first)).doesNotContain("canary");
    }

    @Test
    void testNumbersOfManyTypes() {
        runner.execute("""
                CREATE TABLE memory.default.numbers AS SELECT CAST(x % 100 AS tinyint) a, CAST(x AS real) b, CAST(x AS decimal(38, 2)) c,
                    IF(x % 10 = 0, nan(), x / 10e0) d, DATE '2026-01-01' - (x % 365) * INTERVAL '1' DAY e,
                    TIMESTAMP '2026-01-01 00:00:00.000000' + x * INTERVAL '1' MINUTE f,
                    with_timezone(TIMESTAMP '2026-01-01 00:00:00' + x * INTERVAL '1' MINUTE, 'Asia/Tokyo') g
                FROM UNNEST(sequence(1, 9000)) t(x)""");
        List<ColumnToMeasure> columns = runner.execute("DESCRIBE memory.default.numbers").getMaterializedRows().stream()
                .map(row -> column(((String) row.getField(0)).hashCode(), (String) row.getField(0), (String) row.getField(1)))
                .collect(toImmutableList());
        Fingerprint first = take(table("numbers"), columns, Optional.empty());
        Fingerprint second = take(table("numbers"), columns, Optional.of(first));
        assertThat(first.columns()).allSatisfy(column -> assertThat(column.numbers().orElseThrow().counts()).hasSize(10));
        assertThat(Drift.between(first, second)).isEmpty();
        assertThat(column(first, "f".hashCode()).numbers().orElseThrow().low()).isBetween(20_453.0, 20_455.0);
    }

    @Test
    void testNothingOfCanariesIsKept() {
        // one person each, but for the city, and the salary that many have
        runner.execute("""
                CREATE TABLE memory.default.people AS SELECT
                    'canary-' || CAST(x AS varchar) || '@canary.example' email, IF(x % 2 = 0, 'Canaryville', 'Port Canary') city,
                    IF(x = 1, 'Canary King', IF(x < 15, 'Rare Canary', 'Clerk')) title,
                    IF(x = 1, 98765432.25e0, IF(x % 3 = 0, 51234.5e0, 30000 + x * 7.31e0)) salary,
                    IF(x = 1, -87654321, x + 71000000) number, DATE '1900-01-17' + x * INTERVAL '1' DAY born, x % 2 canary_flag
                FROM UNNEST(sequence(1, 5000)) t(x)""");
        List<ColumnToMeasure> columns = ImmutableList.of(new ColumnToMeasure(id(1), "email", "varchar", true),
                column(2, "city", "varchar"), column(3, "title", "varchar"), column(4, "salary", "double"),
                new ColumnToMeasure(id(5), "number", "bigint", true), column(6, "born", "date"), column(7, "email", "varchar"),
                column(8, "canary_flag", "bigint"));
        Fingerprint first = take(table("people"), columns, Optional.empty());
        Fingerprint second = take(table("people"), columns, Optional.of(first));
        Set<String> salaries = runner.execute("SELECT DISTINCT CAST(CAST(salary AS decimal(20, 2)) AS varchar) FROM memory.default.people")
                .getOnlyColumnAsSet().stream().map(String.class::cast).collect(ImmutableSet.toImmutableSet());
        for (Fingerprint fingerprint : ImmutableList.of(first, second)) {
            String json = FingerprintFormat.write(fingerprint);
            assertThat(json.toLowerCase(Locale.ENGLISH)).doesNotContain("canary", "clerk", "98765432", "87654321", "51234", "710000");
            NumberSummary salary = numbers(fingerprint, id(4));
            List<Double> kept = new ArrayList<>(salary.edges());
            kept.add(salary.low());
            kept.add(salary.high());
            assertThat(kept).noneMatch(value -> salaries.contains("%.2f".formatted(value)));
            assertThat(salary.high()).isLessThan(100_000);
            assertThat(column(fingerprint, 3).values().counts()).hasSize(1);
            assertThat(column(fingerprint, 2).values().counts()).hasSize(2);
            // a direct identifier: nothing of its values but their shape
            assertThat(column(fingerprint, 5).numbers()).isEmpty();
            assertThat(column(fingerprint, 1).values().counts()).isEmpty();
            assertThat(column(fingerprint, 1).shapes().counts()).isEqualTo(ImmutableMap.of("a-9@a.a", 5_000L));
            assertThat(column(fingerprint, 7).values().counts()).isEmpty();
        }
    }

    @Test
    void testFewRowsAreOnlyCounted() {
        runner.execute("CREATE TABLE memory.default.few AS SELECT IF(x < 20, 'canary') a, x b, x % 2 c FROM UNNEST(sequence(1, 40)) t(x)");
        List<ColumnToMeasure> columns = ImmutableList.of(column(1, "a", "varchar"), column(2, "b", "bigint"), column(3, "c", "bigint"));
        Fingerprint fingerprint = take(table("few"), columns, Optional.empty());
        assertThat(column(fingerprint, 1)).isEqualTo(new ColumnFingerprint(id(1), "varchar", 21, OptionalLong.of(1), 0, Optional.empty(),
                Optional.empty(), FrequentCounts.NONE, FrequentCounts.NONE));
        assertThat(column(fingerprint, 2).numbers()).isEmpty();
        assertThat(column(fingerprint, 2).values().counts()).isEmpty();
        assertThat(column(fingerprint, 3).values().counts().values()).containsExactly(20L, 20L);
        runner.execute("CREATE TABLE memory.default.none (a varchar, b bigint)");
        assertThat(take(table("none"), columns.subList(0, 2), Optional.empty()).rows()).isZero();
        assertThat(asked).hasSize(1);
        assertThat(take(table("none"), ImmutableList.of(), Optional.empty()).columns()).isEmpty();
    }

    @Test
    void testTwoStatementsForFortyColumns() {
        runner.execute("CREATE TABLE memory.default.wide AS SELECT %s FROM UNNEST(sequence(1, 100)) t(x)".formatted(
                String.join(", ", IntStream.range(0, 100).mapToObj("CAST(x AS varchar) AS c%s"::formatted).toList())));
        List<ColumnToMeasure> columns = IntStream.range(0, 100).mapToObj(i -> column(i, "c" + i, "varchar")).collect(toImmutableList());
        Fingerprint fingerprint = take(table("wide"), columns, Optional.empty());
        assertThat(asked).hasSize(6);
        assertThat(fingerprint.columns()).extracting(ColumnFingerprint::column)
                .isEqualTo(columns.stream().map(ColumnToMeasure::id).toList());
    }

    @Test
    void testLargeTableIsSampled() {
        ObjectName lineitem = ObjectName.parse("tpch.sf1.lineitem");
        String sampling = new FingerprintQueries(lineitem, KEY).sampling(ImmutableList.of(new MeasuredColumn(
                column(1, "tax", "double"), 6_000_000, 0, OptionalLong.of(9), Optional.empty(), 0, Optional.empty())), 6_000_000);
        assertThat(sampling).contains("FROM \"tpch\".\"sf1\".\"lineitem\" TABLESAMPLE BERNOULLI (1.666666667))");
        runner.execute(
                "CREATE TABLE memory.default.large AS SELECT x % 10 AS x FROM UNNEST(sequence(1, 10000)) t(x), UNNEST(sequence(1, 40)) u(y)");
        Fingerprint first = take(table("large"), ImmutableList.of(column(1, "x", "bigint")), Optional.empty());
        Fingerprint second = take(table("large"), ImmutableList.of(column(1, "x", "bigint")), Optional.of(first));
        assertThat(column(first, 1).sampled()).isBetween(97_000L, 103_000L).isNotEqualTo(column(second, 1).sampled());
        assertThat(column(first, 1).values().counts().keySet()).isEqualTo(column(second, 1).values().counts().keySet()).hasSize(10);
        assertThat(numbers(first, id(1)).edges()).isNotEmpty().allMatch(edge -> edge != Math.rint(edge));
        assertThat(Drift.between(first, second)).isEmpty();
        runner.execute("CREATE TABLE memory.default.shifted AS SELECT IF(x = 4, 5, x) x FROM memory.default.large");
        assertThat(Drift.between(first, take(table("shifted"), ImmutableList.of(column(1, "x", "bigint")), Optional.of(first))))
                .filteredOn(finding -> finding.level() == DriftFinding.Level.DRIFT).extracting(DriftFinding::metric)
                .contains(DriftMetric.VALUES);
    }

    @Test
    void testHashesOfAnotherKeyAreNotCompared() {
        List<ColumnToMeasure> columns = ImmutableList.of(column(1, "orderstatus", "varchar(1)"));
        Fingerprint first = take(ORDERS, columns, Optional.empty());
        Fingerprint other = taker.take(ORDERS, columns, UUID.randomUUID(), Optional.of(first));
        assertThat(Drift.between(first, other)).isEmpty();
    }

    private Fingerprint take(ObjectName table, List<ColumnToMeasure> columns, Optional<Fingerprint> baseline) {
        asked.clear();
        return taker.take(table, columns, KEY, baseline);
    }

    private long count(String condition) {
        return (long) runner.execute("SELECT count(*) FROM memory.default.orders WHERE " + condition).getOnlyValue();
    }

    private static NumberSummary numbers(Fingerprint fingerprint, UUID column) {
        return fingerprint.column(column).flatMap(ColumnFingerprint::numbers).orElseThrow();
    }

    private static ColumnFingerprint column(Fingerprint fingerprint, int number) {
        return fingerprint.column(id(number)).orElseThrow();
    }

    private static ColumnFingerprint withId(ColumnFingerprint column, UUID id) {
        return new ColumnFingerprint(id, column.type(), column.nulls(), column.distinct(), column.sampled(), column.numbers(),
                column.text(),
                column.shapes(), column.values());
    }

    private static ColumnToMeasure column(int number, String name, String type) {
        return new ColumnToMeasure(id(number), requireNonNull(name), requireNonNull(type), false);
    }

    private static ObjectName table(String name) {
        return ObjectName.ofTable("memory", "default", name);
    }

    private static UUID id(int number) {
        return new UUID(0x4000L, 0x8000000000000000L | number);
    }
}
