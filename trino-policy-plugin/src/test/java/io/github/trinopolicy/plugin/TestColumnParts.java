package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Masks on parts of row, array and map columns, through the real engine.
@TestInstance(PER_CLASS)
class TestColumnParts {
    private static final String ANALYST = "alice";
    private static final String TABLE = "memory.default.people";
    private static final long SEED = new Random().nextLong();

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, """
                CREATE TABLE memory.default.people (id bigint, country varchar,
                    address row(city varchar, zip varchar(5), geo row(lat double, "Long ""Name" bigint)),
                    phones array(varchar),
                    orders array(row(nr bigint, lines array(row(item varchar, price decimal(10,2))))),
                    prefs map(varchar, row(a varchar, b bigint)))""");
        server.execute(PIPELINE, """
                INSERT INTO memory.default.people VALUES
                (1, 'US', ROW('Boston', '02108', ROW(1.5e0, 17)), ARRAY['111', NULL, '222'],
                    ARRAY[ROW(11, ARRAY[ROW('pen', DECIMAL '1.25'), NULL]), NULL], MAP(ARRAY['k', 'l'], ARRAY[ROW('secret', 5), NULL])),
                (2, 'DE', ROW('Bonn', NULL, NULL), ARRAY[], ARRAY[ROW(12, NULL)], MAP()),
                (3, NULL, NULL, NULL, NULL, NULL)""");
        server.execute(PIPELINE, """
                CREATE VIEW memory.default.people_view SECURITY DEFINER AS
                SELECT id, address, address.city AS city, element_at(phones, 1) AS phone, orders FROM memory.default.people""");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    private void apply(String... policies) {
        server.execute(GOVERNOR, "CALL policy.admin.apply(bundle => %s, prune => true)".formatted(literal(Stream.concat(Stream.of("""
                {kind: Tag, name: PII}
                """, """
                {kind: DataSource, name: memory.default, new_columns: allow}
                """, """
                {kind: DataSource, name: memory.default.people, approve_columns: all, columns: {phones: {tags: [PII]}}}
                """, """
                {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                """), Stream.of(policies)).collect(joining("---\n")))));
    }

    private static String mask(String name, String part, String mask) {
        return mask(name, part, mask, "");
    }

    private static String mask(String name, String part, String mask, String more) {
        return """
                {kind: Policy, name: %s, type: mask, columns: {names: ['%s.%s']}, mask: {type: %s}%s}
                """.formatted(name, TABLE, part, mask, more);
    }

    private String json(String column, long id) {
        return String
                .valueOf(server.value(ANALYST, "SELECT json_format(CAST(%s AS json)) FROM %s WHERE id = %s".formatted(column, TABLE, id)));
    }

    @Test
    void testFieldsElementsAndValues() {
        apply(mask("city", "ADDRESS.City", "regex, pattern: '.*', replacement: '*', first_only: true"),
                mask("long", "address.geo.\"Long \"\"Name\"", "rounding, bucket: 10"),
                mask("phones", "phones[*]", "constant, value: x"),
                mask("price", "orders[*].lines[*].price", "rounding, bucket: 1"),
                mask("prefs", "prefs[*].a", "'null'"));
        assertThat(json("address", 1)).isEqualTo("{\"city\":\"*\",\"zip\":\"02108\",\"geo\":{\"lat\":1.5,\"Long \\\"Name\":10}}");
        assertThat(json("address", 2)).isEqualTo("{\"city\":\"*\",\"zip\":null,\"geo\":null}");
        assertThat(json("address", 3)).isEqualTo("null");
        assertThat(json("phones", 1)).isEqualTo("[\"x\",\"x\",\"x\"]");
        assertThat(json("phones", 2)).isEqualTo("[]");
        assertThat(json("phones", 3)).isEqualTo("null");
        assertThat(json("orders", 1))
                .isEqualTo("[{\"nr\":11,\"lines\":[{\"item\":\"pen\",\"price\":1.00},null]},null]");
        assertThat(json("orders", 2)).isEqualTo("[{\"nr\":12,\"lines\":null}]");
        assertThat(json("prefs", 1)).isEqualTo("{\"k\":{\"a\":null,\"b\":5},\"l\":null}");
        assertThat(server.execute(ANALYST, "SELECT * FROM " + TABLE).getTypes())
                .isEqualTo(server.execute(PIPELINE, "SELECT * FROM " + TABLE).getTypes());
    }

    /// Whatever a user asks, it is asked of masked values.
    @Test
    void testQueriesSeeMaskedPartsOnly() {
        apply(mask("city", "address.city", "hash"),
                mask("phones", "phones[*]", "custom, expression: \"CAST(CAST(masked_column() AS bigint) - 1 AS varchar)\""),
                mask("item", "orders[*].lines[*].item", "custom, expression: \"CAST(CAST(masked_column() AS bigint) AS varchar)\""));
        String hash = String.valueOf(server.value(ANALYST, "SELECT address.city FROM %s WHERE id = 1".formatted(TABLE)));
        assertThat(hash).matches("[0-9a-f]{64}");
        assertThat(server.value(ANALYST, "SELECT address[1] FROM %s WHERE id = 1".formatted(TABLE))).isEqualTo(hash);
        assertThat(server.value(ANALYST, "SELECT id FROM %s WHERE address.city = '%s'".formatted(TABLE, hash))).isEqualTo(1L);
        for (String sql : List.of(
                "SELECT count(*) FROM people WHERE address.city = 'Boston'",
                "SELECT count(*) FROM people WHERE address = ROW('Boston', '02108', ROW(1.5e0, 17))",
                "SELECT count(*) FROM people a JOIN (VALUES 'Boston') v(city) ON a.address.city = v.city",
                "SELECT count(*) FROM people WHERE contains(phones, '111') OR element_at(phones, 1) = '111' OR element_at(phones, 3) = '222'",
                "SELECT count(*) FROM people CROSS JOIN UNNEST(phones) AS p(phone) WHERE phone IN ('111', '222')",
                "SELECT count(*) FROM people CROSS JOIN UNNEST(orders) AS o(nr, lines) CROSS JOIN UNNEST(lines) AS l(item, price)"
                        + " WHERE item = 'pen'",
                "SELECT count(*) FROM people WHERE any_match(orders, o -> any_match(o.lines, l -> l.item = 'pen'))",
                "SELECT count(*) FROM people WHERE cardinality(filter(phones, p -> p LIKE '111%')) = 1 AND try(address.city) < 'C'",
                "SELECT count(*) FROM people WHERE CAST(address AS json) = CAST(ROW('Boston', '02108', ROW(1.5e0, 17)) AS json)",
                "SELECT count(*) FROM people_view WHERE city = 'Boston' OR phone = '111' OR address.city = 'Boston'",
                "SELECT count(*) FROM people_view CROSS JOIN UNNEST(element_at(orders, 1).lines) AS l(item, price) WHERE item = 'pen'")) {
            assertThat(server.value(ANALYST, sql)).as(sql).isEqualTo(0L);
        }
        assertThat(server.value(ANALYST, "SELECT phone FROM people_view WHERE id = 1")).isEqualTo("110");
        assertThat(server.value(ANALYST, "SELECT city FROM people_view WHERE id = 1")).isEqualTo(hash);
        assertThat(json("phones", 1)).isEqualTo("[\"110\",null,\"221\"]");
        assertThat(json("orders", 1)).isEqualTo("[{\"nr\":11,\"lines\":[{\"item\":null,\"price\":1.25},null]},null]");
        // an error that quotes a value quotes a masked one
        assertThat(server.failure(ANALYST, "SELECT CAST(address.city AS bigint) FROM people WHERE id = 1")).doesNotContain("Boston");
        String plan = String.valueOf(server.value(ANALYST, "EXPLAIN SELECT address.city, phones FROM people WHERE address.city = 'x'"));
        assertThat(plan).contains("hash").doesNotContain("Boston");
        server.secrets().forEach(secret -> assertThat(plan).doesNotContain(secret));
        assertThat(server.failure(ANALYST, "SHOW CREATE VIEW people_view")).contains("Access Denied");
        assertThat(server.rows(ANALYST, "SHOW STATS FOR people").toString()).doesNotContain("Boston");
    }

    /// Expressions with lambdas and `try` are duplicated by the optimizer.
    @Test
    void testNestedLambdas() {
        String masks = "custom, expression: \"CAST(CAST(masked_column() AS bigint) + id AS varchar)\"";
        apply(mask("item", "orders[*].lines[*].item", masks, ", condition: \"CAST(masked_column() AS bigint) > 5 OR country = 'US'\""),
                mask("price", "orders[*].lines[*].price", "rounding, bucket: 0.5", ", condition: \"lower(country) = 'us'\""),
                mask("nr", "orders[*].nr", "hash", ", condition: \"10 / (masked_column() - 11) > 0\""),
                mask("whole", "orders", "custom, expression: \"IF(id % 2 = 1, masked_column())\"", ", condition: \"id > 1\""),
                mask("prefs", "prefs[*].a", masks));
        for (String sql : List.of(
                "SELECT a.orders, b.orders FROM people a JOIN people b ON a.orders = b.orders WHERE a.orders[1].lines[1].item IS NULL",
                "SELECT orders, orders[1], orders[1].lines, prefs, prefs['k'].a FROM people WHERE orders IS NOT NULL AND id = 1",
                "SELECT transform(orders, o -> transform(o.lines, l -> try(l.item || prefs['k'].a))) FROM people",
                "SELECT orders, count(*) FROM people GROUP BY orders HAVING count(*) > 0",
                "SELECT * FROM people p CROSS JOIN UNNEST(p.orders) o(nr, lines) CROSS JOIN UNNEST(o.lines) l(item, price)"
                        + " WHERE l.price >= 1 ORDER BY l.item, o.nr")) {
            assertThat(server.rows(ANALYST, sql).toString()).as(sql).doesNotContain("pen").doesNotContain("secret");
        }
        assertThat(json("orders", 2)).isEqualTo("null");
        assertThat(server.value(ANALYST, "SELECT orders[1].lines[1].price FROM people WHERE id = 1")).hasToString("1.00");
        // the condition fails where it divides by zero, so it is not certainly false
        assertThat(server.value(ANALYST, "SELECT orders[1].nr = 11 FROM people WHERE id = 1")).isEqualTo(false);
    }

    @Test
    void testOrderExceptionsAndConditions() {
        apply("{kind: Group, name: office}\n",
                mask("a-null", "address.city", "'null'", ", condition: \"country = 'US'\""),
                mask("b-constant", "address.CITY", "constant, value: town", ", exempt: \"in_any_group('office')\""),
                mask("c-zip", "address.zip", "regex, pattern: '.', replacement: '#'"));
        assertThat(json("address", 1)).startsWith("{\"city\":null,\"zip\":\"#####\"");
        assertThat(json("address", 2)).startsWith("{\"city\":\"town\"");
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('office', 'alice')");
        assertThat(json("address", 1)).startsWith("{\"city\":null,\"zip\":\"#####\"");
        assertThat(json("address", 2)).startsWith("{\"city\":\"Bonn\"");
    }

    /// What masks the whole column is not undone by what masks a part of it.
    @Test
    void testWholeColumn() {
        apply(mask("part", "address.city", "constant, value: town"),
                "{kind: Policy, name: whole, type: mask, columns: {in: [memory.default.people], not: {pattern: 'id|country'}}, "
                        + "mask: {type: hash}, condition: \"country = 'US'\"}\n");
        assertThat(json("address", 1)).isEqualTo("null");
        assertThat(json("address", 2)).isEqualTo("{\"city\":\"town\",\"zip\":null,\"geo\":null}");
        apply(mask("part", "address.city", "constant, value: town"),
                mask("inner", "address.geo", "'null'"), mask("innermost", "address.geo.lat", "constant, value: '2'"),
                "{kind: Policy, name: whole, type: mask, columns: {pattern: address}, "
                        + "mask: {type: custom, expression: \"IF(id = 1, masked_column())\"}}\n");
        assertThat(json("address", 1)).isEqualTo("{\"city\":\"town\",\"zip\":\"02108\",\"geo\":null}");
        assertThat(json("address", 2)).isEqualTo("null");
    }

    @Test
    void testRevealByTagLeavesParts() {
        apply(mask("part", "phones[*]", "constant, value: x"),
                "{kind: Policy, name: whole, type: mask, columns: {tags: [PII]}, mask: {type: 'null'}}\n",
                "{kind: Policy, name: open, type: reveal, columns: {tags: [PII]}, to: \"current_user = 'alice'\"}\n");
        assertThat(json("phones", 1)).isEqualTo("[\"x\",\"x\",\"x\"]");
        assertThat(server.value("bob", "SELECT phones FROM people WHERE id = 1")).isNull();
    }

    @Test
    void testMistakes() {
        assertMistake(mask("m", "address.cty", "'null'"),
                "column 'memory.default.people.address' of type row(\"city\" varchar, \"zip\" varchar(5), \"geo\" row(\"lat\" double, "
                        + "\"Long \"\"Name\" bigint)) has no part 'cty' (did you mean 'city'?)");
        assertMistake(mask("m", "phones.x", "'null'"), "has no part 'x'");
        assertMistake(mask("m", "id[*]", "'null'"), "column 'memory.default.people.id' of type bigint has no part '[*]'");
        assertMistake(mask("m", "address.city", "rounding, bucket: 1"),
                "mask 'rounding' cannot serve column 'memory.default.people.address.city' of type varchar: 1 is no size of buckets");
        assertMistake(mask("m", "address.zip", "hash"),
                "mask 'hash' cannot serve column 'memory.default.people.address.zip' of type varchar(5)");
        assertMistake(mask("m", "address.city", "custom, expression: 'masked_column() + 1'"),
                "mask 'custom' cannot serve column 'memory.default.people.address.city'");
        assertMistake("""
                {kind: Policy, name: m, type: mask, columns: {in: [memory.default], not: {names: [memory.default.people.address.city]}},
                 mask: {type: 'null'}}""", "'not' leaves out whole columns; memory.default.people.address.city is a part of one");
        assertMistake("""
                {kind: Policy, name: m, type: reveal, columns: {tags: [PII], not: {names: ['memory.default.people.phones[*]']}},
                 to: "true"}""", "'not' leaves out whole columns; memory.default.people.phones[*] is a part of one");
    }

    private void assertMistake(String policy, String message) {
        apply();
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(policy)))).contains(message);
    }

    /// A part that the column lost: nobody knows where its values are now.
    @Test
    void testRetypedColumn() {
        server.execute(PIPELINE,
                "CREATE TABLE memory.default.moved AS SELECT 1 AS id, CAST(ROW('Boston', 5) AS row(city varchar, n bigint)) AS place");
        apply("""
                {kind: DataSource, name: memory.default.moved, approve_columns: all}
                """, """
                {kind: Policy, name: m, type: mask, columns: {names: [memory.default.moved.place.city]}, mask: {type: hash}}
                """);
        assertThat(server.value(ANALYST, "SELECT place.n FROM moved")).isEqualTo(5L);
        assertThat(String.valueOf(server.value(ANALYST, "SELECT place.city FROM moved"))).hasSize(64);
        server.execute(PIPELINE, "DROP TABLE memory.default.moved");
        server.execute(PIPELINE,
                "CREATE TABLE memory.default.moved AS SELECT 1 AS id, CAST(ROW('Boston', 5) AS row(town varchar, n bigint)) AS place");
        // the data source shows new columns
        assertThat(server.value(ANALYST, "SELECT place FROM moved")).isNull();
        assertThat(server.column(ANALYST, """
                SELECT reason FROM TABLE(policy.session.explain(table_name => 'memory.default.moved')) WHERE column_name = 'place'"""))
                .containsExactly("selected by name; null instead: the column has no part place.city");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.approve_column('memory.default.moved', 'place')"))
                .contains("Policy 'm'").contains("has no part 'city'");
        server.execute(PIPELINE, "DROP TABLE memory.default.moved");
    }

    /// Fields without a name, several of one name, many fields.
    @Test
    void testOddRows() {
        String wide = IntStream.range(0, 300).mapToObj("f%s bigint"::formatted).collect(joining(", "));
        server.execute(PIPELINE,
                """
                        CREATE TABLE memory.default.odd AS SELECT CAST(ROW('x', 'y', 'z', 1) AS row("A" varchar, "a" varchar, varchar, "n" bigint)) AS odd,
                        ROW('u', 'v') AS anonymous, CAST(ROW(%s) AS row(%s)) AS wide"""
                        .formatted(
                                IntStream.range(0, 300).mapToObj(String::valueOf).collect(joining(", ")), wide));
        apply("""
                {kind: DataSource, name: memory.default.odd, approve_columns: all}
                """, """
                {kind: Policy, name: m, type: mask, columns: {names: [memory.default.odd.odd.a]}, mask: {type: 'null'}}
                """, """
                {kind: Policy, name: w, type: mask, columns: {names: [memory.default.odd.wide.f299]}, mask: {type: 'null'}}
                """);
        assertThat(server.rows(ANALYST, "SELECT odd[1], odd[2], odd[3], odd.n, anonymous[2], wide.f0, wide.f298, wide.f299 FROM odd")
                .toString())
                .isEqualTo("[[null, null, z, 1, v, 0, 298, null]]");
        assertThat(server.execute(ANALYST, "SELECT * FROM odd").getTypes())
                .isEqualTo(server.execute(PIPELINE, "SELECT * FROM odd").getTypes());
        server.execute(PIPELINE, "DROP TABLE memory.default.odd");
    }

    @Test
    void testExplainNamesTheParts() {
        apply(mask("city", "address.city", "hash"), mask("zip", "address.zip", "'null'"));
        assertThat(server.rows(ANALYST, """
                SELECT column_name, policy, effect, reason FROM TABLE(policy.session.explain(table_name => 'memory.default.people'))
                WHERE column_name LIKE 'address%'""").toString())
                .isEqualTo("[[address, null, parts, parts of it are masked], [address.city, city, hash, selected by name], "
                        + "[address.zip, zip, null, selected by name]]");
        assertThat(server.rows(AUDITOR,
                "SELECT object, column_name, before, after FROM TABLE(policy.admin.impact(bundle => %s, prune => false))"
                        .formatted(literal(mask("city", "address.city", "constant, value: x"))))
                .toString())
                .contains("memory.default.people, address, raw, with address.city hash, address.zip null, "
                        + "raw, with address.city constant 'x', address.zip null");
    }

    /// Random types, random parts, random masks: the engine and Java agree.
    @Test
    void testAgainstMaskingInJava() {
        RandomParts random = new RandomParts(new Random(SEED), 16);
        server.execute(PIPELINE, "CREATE TABLE memory.default.nested (id bigint, %s)".formatted(random.columnDefinitions()));
        server.execute(PIPELINE, "INSERT INTO memory.default.nested VALUES %s".formatted(random.rows(12)));
        String select = "SELECT * FROM memory.default.nested ORDER BY id";
        List<List<@Nullable Object>> raw = rows(PIPELINE, select);
        for (int round = 0; round < 4; round++) {
            apply(Stream.concat(Stream.of("{kind: DataSource, name: memory.default.nested, approve_columns: all}\n"),
                    random.policies("memory.default.nested").stream()).toArray(String[]::new));
            List<List<@Nullable Object>> expected = raw.stream().map(random::masked).toList();
            assertThat(rows(ANALYST, select)).as("seed %s: %s", SEED, random.described()).isEqualTo(expected);
        }
        assertThat(random.maskedValues()).isGreaterThan(100);
        server.execute(PIPELINE, "DROP TABLE memory.default.nested");
    }

    private List<List<@Nullable Object>> rows(String user, String sql) {
        return server.execute(user, sql).getMaterializedRows().stream().map(RandomParts::plain).map(RandomParts::list).toList();
    }
}
