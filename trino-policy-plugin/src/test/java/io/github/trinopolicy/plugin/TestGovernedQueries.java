package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static java.util.Collections.nCopies;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What queries over governed tables return: masks of every kind on every type, filters, and both under the rest of SQL.
@TestInstance(PER_CLASS)
class TestGovernedQueries {
    /// What is put into the table `kinds` in each of two rows; the third holds NULL throughout.
    private static final Map<String, Column> COLUMNS = ImmutableMap.<String, Column>builder()
            .put("text", new Column("varchar", "'ann'", "'ben'"))
            .put("text10", new Column("varchar(10)", "'ann'", "'ben'"))
            .put("text16", new Column("varchar(16)", "'ann'", "'ben'"))
            .put("text26", new Column("varchar(26)", "'ann'", "'ben'"))
            .put("text64", new Column("varchar(64)", "'ann'", "'ben'"))
            .put("fixed10", new Column("char(10)", "'ann'", "'ben'"))
            .put("fixed16", new Column("char(16)", "'ann'", "'ben'"))
            .put("fixed64", new Column("char(64)", "'ann'", "'ben'"))
            .put("number64", new Column("bigint", "1", "2"))
            .put("number32", new Column("integer", "1", "2"))
            .put("number16", new Column("smallint", "1", "2"))
            .put("number8", new Column("tinyint", "1", "2"))
            .put("float64", new Column("double", "1.5", "2.5"))
            .put("float32", new Column("real", "1.5", "2.5"))
            .put("money", new Column("decimal(10,2)", "1.50", "2.50"))
            .put("large", new Column("decimal(38,3)", "1.500", "2.500"))
            .put("calendar", new Column("date", "DATE '2026-01-01'", "DATE '2026-01-02'"))
            .put("moment", new Column("timestamp(3)", "TIMESTAMP '2026-01-01 00:00:01'", "TIMESTAMP '2026-01-02 00:00:01'"))
            .put("instant", new Column("timestamp(3) with time zone", "TIMESTAMP '2026-01-01 00:00:01 UTC'",
                    "TIMESTAMP '2026-01-02 00:00:01 UTC'"))
            .put("flag", new Column("boolean", "true", "false"))
            .put("bytes", new Column("varbinary", "X'01'", "X'02'"))
            .put("list", new Column("array(varchar)", "ARRAY['ann']", "ARRAY['ben']"))
            .put("pairs", new Column("map(varchar, bigint)", "MAP(ARRAY['ann'], ARRAY[1])", "MAP(ARRAY['ben'], ARRAY[2])"))
            .put("parts", new Column("row(a varchar, b bigint)", "ROW('ann', 1)", "ROW('ben', 2)"))
            .put("unique_id", new Column("uuid", "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'",
                    "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a5a'"))
            .buildOrThrow();

    private static final Set<String> HASHED = ImmutableSet.of("text", "text16", "text26", "text64", "fixed16", "fixed64", "number64",
            "number32", "bytes");

    /// The types of which the text `7` is a value.
    private static final Set<String> CONSTANT = ImmutableSet.of("text", "text10", "text16", "text26", "text64", "fixed10", "fixed16",
            "fixed64", "number64", "number32", "number16", "number8", "float64", "float32", "money", "large");

    private TestingPolicyServer server;

    private record Column(String type, String first, String second) {}

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        List<String> definitions = new ArrayList<>();
        COLUMNS.forEach((name, column) -> definitions.add(name + " " + column.type()));
        server.execute(PIPELINE, "CREATE TABLE memory.shop.kinds (id bigint, %s)".formatted(String.join(", ", definitions)));
        server.execute(PIPELINE, "INSERT INTO memory.shop.kinds VALUES (1, %s), (2, %s), (3, %s)".formatted(
                String.join(", ", COLUMNS.values().stream().map(Column::first).toList()),
                String.join(", ", COLUMNS.values().stream().map(Column::second).toList()),
                String.join(", ", nCopies(COLUMNS.size(), "NULL"))));

        server.execute(PIPELINE,
                "CREATE TABLE memory.shop.person (id integer, name varchar, manager varchar, salary integer, region varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.person VALUES (1, 'ann', 'ben', 10, 'EUROPE'), (2, 'ben', 'ann', 20, 'EUROPE'), "
                + "(3, 'cid', 'ann', 30, 'EUROPE'), (4, 'dot', 'ann', 40, 'ASIA')");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.visit (id integer, name varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.visit VALUES (1, 'ann'), (2, 'ann'), (3, 'dot')");
        server.apply("""
                kind: Group
                name: analysts
                ---
                kind: Group
                name: sees-null
                ---
                kind: Group
                name: sees-constant
                ---
                kind: Attribute
                name: region
                ---
                kind: User
                name: nina
                groups: [analysts, sees-null]
                ---
                kind: User
                name: connie
                groups: [analysts, sees-constant]
                ---
                kind: User
                name: alice
                groups: [analysts]
                attributes: {region: [EUROPE]}
                ---
                kind: DataSource
                name: memory.shop.kinds
                approve_columns: all
                ---
                kind: DataSource
                name: memory.shop.person
                approve_columns: all
                ---
                kind: DataSource
                name: memory.shop.visit
                approve_columns: all
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: mask-kinds
                type: mask
                columns: {in: [memory.shop.kinds], not: {names: [memory.shop.kinds.id]}}
                rules:
                  - {for: "in_any_group('sees-null')", mask: {type: 'null'}}
                  - {for: "in_any_group('sees-constant')", mask: {type: constant, value: 7}}
                  - {mask: {type: hash}}
                ---
                kind: Policy
                name: mask-names
                type: mask
                columns: {names: [memory.shop.person.name, memory.shop.person.manager, memory.shop.visit.name]}
                mask: {type: hash}
                ---
                kind: Policy
                name: hide-salary
                type: mask
                columns: {names: [memory.shop.person.salary]}
                mask: {type: 'null'}
                condition: "salary > 15"
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {data_sources: [memory.shop.person]}
                matches: {attribute: region, column: {name: region}}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testTypesAreUnchanged() {
        List<List<@Nullable Object>> raw = server.rows(PIPELINE, "DESCRIBE memory.shop.kinds");
        assertThat(raw).hasSize(COLUMNS.size() + 1);
        for (String user : ImmutableList.of("nina", "connie", "alice")) {
            assertThat(server.rows(user, "DESCRIBE memory.shop.kinds")).isEqualTo(raw);
            assertThat(server.execute(user, "SELECT * FROM memory.shop.kinds").getTypes())
                    .isEqualTo(server.execute(PIPELINE, "SELECT * FROM memory.shop.kinds").getTypes());
        }
    }

    @Test
    void testNullMaskServesEveryType() {
        seen("nina").forEach((column, values) -> assertThat(values).describedAs(column).containsExactly(null, null, null));
    }

    @Test
    void testConstantIsTypedOrNull() {
        seen("connie").forEach((column, values) -> {
            if (CONSTANT.contains(column)) {
                // a constant says nothing of the value, so it stands for NULL as well
                assertThat(values).describedAs(column).hasSize(3)
                        .allSatisfy(value -> assertThat(Double.parseDouble(String.valueOf(value).strip())).isEqualTo(7));
            }
            else {
                assertThat(values).describedAs(column).containsExactly(null, null, null);
            }
        });
    }

    @Test
    void testHashIsKeyedAndTotal() {
        Map<String, List<@Nullable Object>> raw = seen(PIPELINE);
        Map<String, List<@Nullable Object>> seen = seen("alice");
        seen.forEach((column, values) -> {
            if (HASHED.contains(column)) {
                assertThat(values).describedAs(column).hasSize(3).doesNotHaveDuplicates()
                        .doesNotContainAnyElementsOf(requireNonNull(raw.get(column)).subList(0, 2));
                assertThat(values.get(2)).describedAs("NULL stays NULL in %s", column).isNull();
            }
            else {
                assertThat(values).describedAs(column).containsExactly(null, null, null);
            }
        });
        assertThat(seen("alice")).describedAs("the hash is stable").isEqualTo(seen);
    }

    @Test
    void testHashFillsTheLengthOfTheColumn() {
        assertThat(text("text")).matches("[0-9a-f]{64}");
        assertThat(text("text64")).isEqualTo(text("text")).isEqualTo(text("fixed64"));
        assertThat(text("text26")).matches("[a-z2-7]{26}");
        assertThat(text("text16")).matches("[a-z2-7]{16}").isEqualTo(text("fixed16"));
    }

    @Test
    void testHashIsEqualWithinATableAndDifferentBetweenTables() {
        assertThat(server.value("alice", "SELECT name FROM memory.shop.person WHERE id = 1"))
                .isEqualTo(server.value("alice", "SELECT manager FROM memory.shop.person WHERE id = 2"));
        assertThat(server.value("alice", "SELECT name FROM memory.shop.visit WHERE id = 1"))
                .isEqualTo(server.value("alice", "SELECT name FROM memory.shop.visit WHERE id = 2"))
                .isNotEqualTo(server.value("alice", "SELECT name FROM memory.shop.person WHERE id = 1"));
        assertThat(server.rows("alice", "SELECT 1 FROM memory.shop.visit JOIN memory.shop.person USING (name)")).isEmpty();
    }

    @Test
    void testJoinsAndGroupsOverMaskedColumns() {
        String join = "SELECT a.id, b.id FROM memory.shop.person a JOIN memory.shop.person b ON a.manager = b.name ORDER BY 1, 2";
        assertThat(server.rows("alice", join)).isEqualTo(ImmutableList.of(ImmutableList.of(1, 2), ImmutableList.of(2, 1),
                ImmutableList.of(3, 1)));
        assertThat(server.rows("alice", "SELECT count(*) FROM memory.shop.person GROUP BY manager ORDER BY 1"))
                .isEqualTo(ImmutableList.of(ImmutableList.of(1L), ImmutableList.of(2L)));
        assertThat(server.value("alice", "SELECT count(DISTINCT name) FROM memory.shop.person")).isEqualTo(3L);
    }

    @Test
    void testFilterSeesRawValuesAndPredicatesSeeMaskedOnes() {
        assertThat(server.column("alice", "SELECT id FROM memory.shop.person ORDER BY id")).containsExactly(1, 2, 3);
        assertThat(server.value("alice", "SELECT count(*) FROM memory.shop.person")).isEqualTo(3L);
        assertThat(server.column("alice", "SELECT id FROM memory.shop.person WHERE name = 'ann'")).isEmpty();
        assertThat(server.column("alice", "SELECT id FROM memory.shop.person WHERE name = '%s'".formatted(
                server.value("alice", "SELECT name FROM memory.shop.person WHERE id = 1")))).containsExactly(1);
        // the condition of the mask sees the raw salary, the predicate the masked one
        assertThat(server.column("alice", "SELECT salary FROM memory.shop.person ORDER BY id")).containsExactly(10, null, null);
        assertThat(server.column("alice", "SELECT id FROM memory.shop.person WHERE salary > 15")).isEmpty();
        assertThat(server.column("alice", "SELECT id FROM memory.shop.person WHERE region = 'ASIA'")).isEmpty();
    }

    @Test
    void testUserWithoutTheAttributeSeesNoRow() {
        assertThat(server.rows("nina", "SELECT * FROM memory.shop.person")).isEmpty();
        assertThat(server.value("nina", "SELECT count(*) FROM memory.shop.person")).isEqualTo(0L);
    }

    @Test
    void testTheRestOfSql() {
        @Nullable
        Object ann = server.value("alice", "SELECT name FROM memory.shop.person WHERE id = 1");
        String table = "memory.shop.person";
        for (String query : ImmutableList.of(
                "WITH t AS (SELECT * FROM %1$s) SELECT t.name FROM t JOIN t AS u USING (id) WHERE id = 1",
                "SELECT name FROM (SELECT name, id FROM %1$s UNION SELECT name, id FROM %1$s) WHERE id = 1",
                "SELECT first_value(name) OVER (ORDER BY id) FROM %1$s LIMIT 1",
                "SELECT max_by(name, -id) FROM %1$s",
                "SELECT (SELECT name FROM %1$s WHERE id = 1)",
                "SELECT name FROM %1$s TABLESAMPLE BERNOULLI (100) WHERE id = 1",
                "SELECT name FROM (SELECT name, id FROM %1$s INTERSECT SELECT name, id FROM %1$s) WHERE id = 1",
                "SELECT x FROM %1$s CROSS JOIN UNNEST(ARRAY[name]) AS t (x) WHERE id = 1",
                "SELECT element_at(array_agg(name ORDER BY id), 1) FROM %1$s",
                "SELECT json_value(json_object('n' VALUE name), 'strict $.n') FROM %1$s WHERE id = 1",
                "SELECT name FROM %1$s MATCH_RECOGNIZE (ORDER BY id MEASURES A.name AS name ONE ROW PER MATCH PATTERN (^A) DEFINE A AS id = 1)")) {
            assertThat(server.value("alice", query.formatted(table))).describedAs(query).isEqualTo(ann);
        }
        assertThat(server.rows("alice", "TABLE memory.shop.person")).hasSize(3);
    }

    @Test
    void testExplainShowsNoSecret() {
        List<String> secrets = server.secrets();
        assertThat(secrets).hasSizeGreaterThan(1);
        for (String type : ImmutableList.of("TYPE LOGICAL", "TYPE DISTRIBUTED", "TYPE IO", "TYPE LOGICAL, FORMAT JSON",
                "TYPE DISTRIBUTED, FORMAT GRAPHVIZ")) {
            String plan = String.valueOf(server.value("alice", "EXPLAIN (%s) SELECT * FROM memory.shop.person".formatted(type)));
            assertThat(plan).describedAs(type).contains("person").doesNotContain(secrets).doesNotContain("policy-enforcer");
        }
        String analyzed = String.valueOf(server.value("alice", "EXPLAIN ANALYZE VERBOSE SELECT * FROM memory.shop.person"));
        assertThat(analyzed).contains("person").doesNotContain(secrets).doesNotContain("policy-enforcer").doesNotContain("'ann'");
    }

    private String text(String column) {
        return String.valueOf(server.value("alice", "SELECT %s FROM memory.shop.kinds WHERE id = 1".formatted(column)));
    }

    /// The values of each column, by id.
    private Map<String, List<@Nullable Object>> seen(String user) {
        // bytes as text, since arrays are equal to themselves only
        List<String> expressions = COLUMNS.keySet().stream().map(column -> column.equals("bytes") ? "to_hex(bytes)" : column).toList();
        List<List<@Nullable Object>> rows = server.rows(user,
                "SELECT %s FROM memory.shop.kinds ORDER BY id".formatted(String.join(", ", expressions)));
        Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
        int index = 0;
        for (String column : COLUMNS.keySet()) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                values.add(row.get(index));
            }
            columns.put(column, values);
            index++;
        }
        return columns;
    }
}
