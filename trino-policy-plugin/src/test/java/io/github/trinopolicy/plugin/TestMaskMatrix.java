package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.github.trinopolicy.plugin.TestingHostileValues.ROWS;
import static io.github.trinopolicy.plugin.TestingHostileValues.TABLE;
import static io.github.trinopolicy.plugin.TestingHostileValues.TYPES;
import static io.github.trinopolicy.plugin.TestingHostileValues.column;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.RowScope;
import io.github.trinopolicy.policy.TypeChecker;
import io.trino.spi.type.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every mask on every type, through the real engine, over values that are likely to break it. `docs/masks.md` says what comes out.
@TestInstance(PER_CLASS)
class TestMaskMatrix {
    private static final Path DOCUMENT = Path.of("..", "docs", "masks.md");
    private static final String BEGIN = "<!-- begin of the generated table: TestMaskMatrix -->";
    private static final String END = "<!-- end of the generated table -->";
    private static final String ANALYST = "alice";
    private static final int EXPRESSIONS = 1_200;
    /// Another one finds mistakes of the engine, which are no reason for a build to fail by chance.
    private static final long SEED = Long.getLong("policy.test.seed", 20_261_122);

    /// Several forms of a mask share a column of the table; a type is served where one of them serves it.
    private static final Map<String, List<String>> MASKS = ImmutableMap.<String, List<String>>builder()
            .put("`null`", ImmutableList.of("{type: 'null'}"))
            .put("`constant`", ImmutableList.of("{type: constant, value: '1'}", "{type: constant, value: 'true'}",
                    "{type: constant, value: '0.1'}", "{type: constant, value: '2026-11-22'}",
                    "{type: constant, value: '00000000-0000-0000-0000-000000000000'}"))
            .put("`hash`", ImmutableList.of("{type: hash}"))
            .put("`format-preserving`",
                    ImmutableList.of("{type: format-preserving, alphabet: digits}", "{type: format-preserving, alphabet: alphanumeric}"))
            .put("`reversible`", ImmutableList.of("{type: reversible}", "{type: reversible, keep_equality: true}"))
            .put("`rounding` `bucket`", ImmutableList.of("{type: rounding, bucket: 10}", "{type: rounding, bucket: 0.1}"))
            .put("`rounding` `unit`", ImmutableList.of("{type: rounding, unit: second}", "{type: rounding, unit: hour}",
                    "{type: rounding, unit: week}", "{type: rounding, unit: year}"))
            .put("`regex`", ImmutableList.of("{type: regex, pattern: '.', replacement: '*'}",
                    "{type: regex, pattern: '(\\d)?', replacement: '<$1>', no_match: keep}"))
            .put("`custom` by text",
                    ImmutableList.of("{type: custom, expression: \"substr(CAST(masked_column() AS varchar), 1, 3) || '1'\"}"))
            .put("`custom` by itself", ImmutableList.of("{type: custom, expression: \"IF(id % 2 = 0, masked_column())\"}"))
            .buildOrThrow();

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        TestingHostileValues.create(server, PIPELINE);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testEveryMaskOnEveryType() throws IOException {
        Map<String, List<Service>> served = new LinkedHashMap<>();
        MASKS.forEach((name, forms) -> {
            List<Service> serves = new ArrayList<>(IntStream.range(0, TYPES.size()).mapToObj(_ -> Service.NULL).toList());
            for (String form : forms) {
                mask(form);
                List<Service> byType = serves();
                assertMasked(form, byType);
                for (int i = 0; i < serves.size(); i++) {
                    serves.set(i, Collections.min(List.of(serves.get(i), byType.get(i))));
                }
            }
            served.put(name, serves);
        });
        String table = table(served);
        String document = Files.readString(DOCUMENT, UTF_8);
        assertThat(document).contains(BEGIN + "\n", END);
        assertThat(document.substring(document.indexOf(BEGIN) + BEGIN.length() + 1, document.indexOf(END)))
                .as("%s is out of date: put these lines between its two markers%n%n%s", DOCUMENT, table)
                .isEqualTo(table);
    }

    private void mask(String mask) {
        server.apply("""
                kind: DataSource
                name: memory.default.hostile
                approve_columns: all
                ---
                {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                ---
                kind: Policy
                name: mask
                type: mask
                columns: {in: [memory.default.hostile], not: {pattern: id}}
                mask: %s
                """.formatted(mask));
    }

    /// From what is asked for to what hides all.
    private enum Service {
        YES("yes"),
        HASH("hash"),
        NULL("NULL");

        private final String word;

        Service(String word) {
            this.word = word;
        }

        private static Service of(String reason) {
            if (reason.contains("null instead")) {
                return NULL;
            }
            return reason.contains("hash instead") ? HASH : YES;
        }
    }

    /// For each type, what the mask gives.
    private List<Service> serves() {
        Map<Object, Object> reasons = new LinkedHashMap<>();
        server.rows(GOVERNOR,
                "SELECT column_name, reason FROM TABLE(policy.admin.explain(user_name => '%s', table_name => '%s')) WHERE kind = 'mask'"
                        .formatted(ANALYST, TABLE))
                .forEach(row -> reasons.put(requireNonNull(row.get(0)), requireNonNull(row.get(1))));
        return IntStream.range(0, TYPES.size())
                .mapToObj(i -> Service.of(String.valueOf(requireNonNull(reasons.get(column(i)))))).collect(toImmutableList());
    }

    /// All rows are masked without an error, to values of exactly the column's type; where the mask does not serve the type, all are NULL.
    private void assertMasked(String mask, List<Service> serves) {
        String columns = IntStream.range(0, TYPES.size()).mapToObj(i -> "count(%1$s), checksum(%1$s)".formatted(column(i)))
                .collect(joining(", "));
        List<Object> counts = List.copyOf(server.rows(ANALYST, "SELECT count(*), %s FROM %s".formatted(columns, TABLE)).getFirst().stream()
                .map(value -> Optional.ofNullable((Object) value)).toList());
        assertThat(counts.getFirst()).isEqualTo(Optional.of((long) ROWS));
        List<Type> types = server.execute(ANALYST, "SELECT * FROM %s LIMIT 0".formatted(TABLE)).getTypes();
        for (int i = 0; i < TYPES.size(); i++) {
            assertThat(types.get(i + 1).getDisplayName()).as(mask).isEqualTo(TYPES.get(i).sqlType());
            long values = (long) ((Optional<?>) counts.get(1 + 2 * i)).orElseThrow();
            if (serves.get(i) == Service.NULL) {
                assertThat(values).as("%s on %s", mask, TYPES.get(i).sqlType()).isZero();
            }
        }
    }

    private static String table(Map<String, List<Service>> served) {
        List<String> lines = new ArrayList<>();
        lines.add("| type | %s |".formatted(String.join(" | ", served.keySet())));
        lines.add("|---|%s".formatted("---|".repeat(served.size())));
        for (int i = 0; i < TYPES.size(); i++) {
            int type = i;
            lines.add("| `%s` | %s |".formatted(TYPES.get(i).sqlType(),
                    served.values().stream().map(serves -> serves.get(type).word).collect(joining(" | "))));
        }
        return String.join("\n", lines) + "\n";
    }

    /// The functions of masks would let a user test what a mask does, or run patterns of his own.
    @Test
    void testMaskingFunctionsAreNotForUsers() {
        for (String call : ImmutableList.of("regex('a', '(a+)+$', 'x', false, true)",
                "reversible_random('a', 'a', 'a')", "reversible('a', 'a', 'a', ROW(1))", "format_preserving(1, 'a', 'a')",
                "round_down(1, '10')",
                "truncate(DATE '2026-11-22', 'year')", "may_fail(1)")) {
            for (String user : ImmutableList.of(ANALYST, GOVERNOR, PIPELINE)) {
                assertThat(server.failure(user, "SELECT policy.masking." + call)).contains("Access Denied");
            }
        }
    }

    /// An error message would print the raw value.
    @Test
    void testFailingExpressionShowsNothing() {
        mask("{type: custom, expression: \"CAST(CAST(CAST(masked_column() AS varchar) AS integer) AS varchar)\"}");
        assertThat(server.value(ANALYST, "SELECT count(*) FROM %s WHERE c0 = '-0170 1234567' OR c2 > 'a'".formatted(TABLE))).isEqualTo(0L);
        assertThat(server.value(ANALYST, "SELECT c0 FROM %s WHERE id = 9".formatted(TABLE))).isNull();
    }

    /// Through a definer view and EXPLAIN, as through the table.
    @Test
    void testViewsAndPlansShowMaskedValuesOnly() {
        mask("{type: regex, pattern: '\\d(?=.*\\d{4})', replacement: '*'}");
        server.execute(PIPELINE, "CREATE VIEW memory.default.open_view SECURITY DEFINER AS SELECT c0, id FROM %s".formatted(TABLE));
        String raw = String.valueOf(server.value(PIPELINE, "SELECT c0 FROM %s WHERE id = 9".formatted(TABLE)));
        String masked = String.valueOf(server.value(ANALYST, "SELECT c0 FROM %s WHERE id = 9".formatted(TABLE)));
        assertThat(raw).isEqualTo("-0170 1234567");
        assertThat(masked).isEqualTo("-**** ***4567");
        assertThat(server.value(ANALYST, "SELECT c0 FROM memory.default.open_view WHERE id = 9")).isEqualTo(masked);
        assertThat(server.value(ANALYST, "SELECT count(*) FROM %s WHERE c0 = '%s'".formatted(TABLE, raw))).isEqualTo(0L);
        server.execute(PIPELINE, "DROP VIEW memory.default.open_view");
    }

    @Test
    void testMistakesAreToldAtTheirPlace() {
        mask("{type: 'null'}");
        String policy = "{kind: Policy, name: bad, type: mask, columns: {names: [memory.default.hostile.%s]}, mask: {type: %s}}";
        assertMistake(policy.formatted("c0", "regex, pattern: '(', replacement: x"), "line 1, column 116",
                "the pattern is no regular expression: end pattern with unmatched parenthesis");
        assertMistake(policy.formatted("c0", "regex, pattern: '(a)', replacement: '$2'"), "line 1",
                "the pattern has no group '2'");
        assertMistake(policy.formatted("c9", "regex, pattern: a, replacement: x"), "line 1",
                "mask 'regex' cannot serve column 'memory.default.hostile.c9' of type bigint");
        assertMistake(policy.formatted("c9", "rounding, bucket: 0.5"), "line 1",
                "mask 'rounding' cannot serve column 'memory.default.hostile.c9' of type bigint: 0.5 is no size of buckets for type bigint");
        assertMistake(policy.formatted("c9", "custom, expression: 'lower(masked_column())'"), "line 1",
                "mask 'custom' cannot serve column 'memory.default.hostile.c9' of type bigint: it is not known that 'lower' takes (integer)");
        assertMistake(policy.formatted("c9", "custom, expression: 'no_such(c0)'"), "line 1", "function 'no_such' is not among those");
    }

    private void assertMistake(String document, String place, String message) {
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(TestingPolicyServer.literal(document))))
                .contains(place).contains(message);
    }

    /// What `apply` does not refuse, Trino takes, and runs over hostile rows without an error.
    @Test
    void testWhatIsAcceptedRuns() {
        Map<String, Type> types = types();
        Map<String, Deque<String>> accepted = accepted(types);
        assertThat(accepted.values().stream().mapToInt(Collection::size).sum()).isEqualTo(EXPRESSIONS);
        mask("{type: 'null'}");
        while (!accepted.isEmpty()) {
            Map<String, String> masks = new LinkedHashMap<>();
            accepted.forEach((column, texts) -> masks.put(column, texts.pop()));
            accepted.values().removeIf(Collection::isEmpty);
            run(masks);
            if (accepted.isEmpty()) {
                masks.keySet()
                        .forEach(column -> server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'mask-%s')".formatted(column)));
            }
        }
    }

    /// Texts for each column, all in all more than a thousand.
    private static Map<String, Deque<String>> accepted(Map<String, Type> types) {
        Random random = new Random(SEED);
        ExpressionGenerator generator = new ExpressionGenerator(random, ImmutableList.copyOf(types.keySet()));
        Stream<String> each = types.keySet().stream().flatMap(column -> Stream.concat(
                ExpressionGenerator.FUNCTIONS.stream().map(function -> "%s(%s)".formatted(function, column)),
                ExpressionGenerator.TYPES.stream().map(type -> "CAST(%s AS %s)".formatted(column, type))));
        Stream<String> some = Stream.generate(() -> generator.expression(3)).limit(200_000);
        Set<String> distinct = new HashSet<>();
        Map<String, Deque<String>> accepted = new LinkedHashMap<>();
        int refused = 0;
        for (Iterator<String> texts = Stream.concat(each, some).iterator(); texts.hasNext() && distinct.size() < EXPRESSIONS;) {
            String text = texts.next();
            PolicyText parsed;
            try {
                parsed = new PolicyTextParser().parse(text, Scope.ROW);
            }
            catch (PolicyTextException _) {
                continue;
            }
            String column = column(random.nextInt(types.size()));
            if (TypeChecker.refusal(parsed.expression(), requireNonNull(types.get(column)), new Row(types)).isPresent()) {
                refused++;
            }
            else if (distinct.add(text)) {
                accepted.computeIfAbsent(column, _ -> new ArrayDeque<>()).add(text);
            }
        }
        assertThat(refused).isGreaterThan(300);
        return accepted;
    }

    /// @param masks the expression for each column
    private void run(Map<String, String> masks) {
        String bundle = masks.entrySet().stream()
                .map(mask -> """
                        {kind: Policy, name: mask-%1$s, type: mask, columns: {names: [memory.default.hostile.%1$s]}, mask: {type: custom, expression: '%2$s'}}
                        """
                        .formatted(mask.getKey(), mask.getValue().replace("'", "''")))
                .collect(joining("---\n"));
        server.execute(GOVERNOR, "CALL policy.admin.apply(bundle => %s, prune => true, source => 'expressions')"
                .formatted(TestingPolicyServer.literal(bundle)));
        String select = "SELECT %s FROM " + TABLE + " WHERE id <= 200";
        try {
            server.execute(ANALYST, select.formatted(masks.keySet().stream().map("checksum(%s)"::formatted).collect(joining(", "))));
        }
        catch (RuntimeException e) {
            masks.forEach((column, text) -> {
                try {
                    server.execute(ANALYST, select.formatted("checksum(%s)".formatted(column)));
                }
                catch (RuntimeException one) {
                    throw new AssertionError("seed %s: %s".formatted(SEED, text), one);
                }
            });
            throw new AssertionError("seed %s: together".formatted(SEED), e);
        }
    }

    private Map<String, Type> types() {
        List<Type> types = server.execute(PIPELINE, "SELECT * FROM %s LIMIT 0".formatted(TABLE)).getTypes();
        return IntStream.range(0, TYPES.size()).boxed().collect(toImmutableMap(TestingHostileValues::column, i -> types.get(i + 1)));
    }

    private record Row(Map<String, Type> types) implements RowScope {
        @Override
        public Optional<Type> type(String column) {
            return Optional.ofNullable(types.get(column));
        }

        @Override
        public List<String> columnsTagged(String tag) {
            return ImmutableList.of();
        }

        @Override
        public Optional<String> maskedColumn() {
            return Optional.empty();
        }
    }

    /// Expressions of which many have no type.
    private record ExpressionGenerator(Random random, List<String> columns) {
        private static final List<String> FUNCTIONS = ImmutableList.of("length", "lower", "upper", "reverse", "trim", "ltrim", "rtrim",
                "to_utf8", "from_hex", "from_base64", "to_hex", "to_base64", "from_utf8", "md5", "sha256", "sha512", "xxhash64", "abs",
                "ceil",
                "ceiling", "floor", "round", "sqrt", "cbrt", "exp", "ln", "log2", "log10", "year", "quarter", "month", "week", "day",
                "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "second");
        private static final List<String> TWO = ImmutableList.of("substr", "substring", "replace", "strpos", "levenshtein_distance",
                "starts_with", "pow", "power", "concat", "greatest", "least", "nullif", "coalesce");
        private static final List<String> TYPES = ImmutableList.of("boolean", "tinyint", "smallint", "integer", "int", "bigint", "real",
                "double", "decimal(7, 3)", "decimal(38, 0)", "varchar", "varchar(3)", "char(4)", "varbinary", "date", "time", "time(6)",
                "timestamp", "timestamp(12)", "uuid", "ipaddress", "json");
        private static final List<String> LITERALS = ImmutableList.of("1", "-7", "0", "9223372036854775807", "1.5", "1e0", "'a'", "''",
                "'2026-11-22'", "NULL", "true", "DATE '2026-11-22'", "X'00'", "123456789012345678901234567890.12345678", "current_user");

        private String expression(int depth) {
            if (depth == 0 || random.nextInt(4) == 0) {
                return random.nextInt(4) == 0 ? pick(LITERALS) : pick(columns);
            }
            String a = expression(depth - 1);
            String b = random.nextInt(3) == 0 ? a : expression(depth - 1);
            return switch (random.nextInt(22)) {
                case 0, 1, 2 -> "%s(%s)".formatted(pick(FUNCTIONS), a);
                case 3, 4 -> "%s(%s, %s)".formatted(pick(TWO), a, b);
                case 5 -> "substr(%s, %s, %s)".formatted(a, b, expression(depth - 1));
                case 6 -> "replace(%s, %s, %s)".formatted(a, b, expression(depth - 1));
                case 7 -> "translate(%s, 'abc', %s)".formatted(a, b);
                case 8 -> "%s(%s, 12, %s)".formatted(random.nextBoolean() ? "lpad" : "rpad", a, b);
                case 9 -> "split_part(%s, %s, %s)".formatted(a, b, expression(depth - 1));
                case 10, 11, 12 -> "CAST(%s AS %s)".formatted(a, pick(TYPES));
                case 13 -> "TRY_CAST(%s AS %s)".formatted(a, pick(TYPES));
                case 14 -> "(%s %s %s)".formatted(a, pick(ImmutableList.of("+", "-", "*", "/", "%")), b);
                case 15 -> "(-(%s))".formatted(a);
                case 16 -> "IF(%s, %s, %s)".formatted(condition(a, b), a, expression(depth - 1));
                case 17 -> "CASE WHEN %s THEN %s END".formatted(condition(a, b), b);
                case 18 -> "CASE %s WHEN %s THEN %s ELSE %s END".formatted(a, b, b, a);
                case 19 -> "date_trunc('%s', %s)".formatted(pick(ImmutableList.of("week", "month", "quarter", "year", "day")), a);
                case 20 -> "regexp_replace(%s, '%s', '%s')".formatted(a, pick(ImmutableList.of("[a-z]", "(\\d)", "(")),
                        pick(ImmutableList.of("x", "$1", "$0")));
                default -> condition(a, b);
            };
        }

        private String condition(String a, String b) {
            return switch (random.nextInt(8)) {
                case 0 -> "(%s IS NULL)".formatted(a);
                case 1 -> "(%s IN (%s, NULL))".formatted(a, b);
                case 2 -> "(%s BETWEEN %s AND %s)".formatted(a, b, a);
                case 3 -> "(%s LIKE %s)".formatted(a, b);
                case 4 -> "(NOT (%s <> %s))".formatted(a, b);
                case 5 -> "(%s IS DISTINCT FROM %s)".formatted(a, b);
                case 6 -> "regexp_like(%s, '^a+')".formatted(a);
                default -> "(%s < %s OR %s IS NOT NULL)".formatted(a, b, b);
            };
        }

        private String pick(List<String> values) {
            return Objects.requireNonNull(values.get(random.nextInt(values.size())));
        }
    }
}
