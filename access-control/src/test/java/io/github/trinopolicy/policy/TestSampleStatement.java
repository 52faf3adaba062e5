package io.github.trinopolicy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestSampleStatement {
    private static final String CALL = "TABLE(policy.admin.sample(table_name => 'c.s.t', row_limit => 5))";

    @Test
    void testSamplesAlone() {
        for (String sql : List.of("SELECT * FROM " + CALL, "SELECT a, \"B\" AS c FROM %s AS s".formatted(CALL),
                "SELECT s.*, s.a FROM %s s".formatted(CALL),
                "SELECT * FROM %s LIMIT 3".formatted(CALL),
                "SELECT * FROM %s FETCH FIRST 3 ROWS ONLY".formatted(CALL),
                "EXECUTE IMMEDIATE 'SELECT * FROM TABLE(policy.admin.sample(?))' USING 'c.s.t'")) {
            assertThat(SampleStatement.isSampleAlone(sql)).describedAs(sql).isTrue();
        }
    }

    @Test
    void testEverythingElse() {
        for (String sql : List.of("", "SELECT", "SELECT 1", "SELECT * FROM t", "VALUES 1", "SELECT a || b FROM " + CALL,
                "SELECT upper(a) FROM " + CALL,
                "SELECT a + 1 FROM " + CALL, "SELECT (SELECT 1) FROM " + CALL, "SELECT current_user FROM " + CALL,
                "SELECT row_number() OVER () FROM " + CALL, "SELECT a[1] FROM " + CALL, "SELECT CAST(a AS integer) FROM " + CALL,
                "SELECT * FROM %s, t".formatted(CALL), "SELECT * FROM %s CROSS JOIN UNNEST(ARRAY[1])".formatted(CALL),
                "SELECT * FROM %s TABLESAMPLE BERNOULLI (50)".formatted(CALL), "SELECT * FROM (SELECT * FROM %s)".formatted(CALL),
                "SELECT * FROM LATERAL (SELECT * FROM %s)".formatted(CALL), "SELECT * FROM %s WHERE a = 'x'".formatted(CALL),
                "SELECT * FROM %s ORDER BY a".formatted(CALL), "SELECT a FROM %s GROUP BY a".formatted(CALL),
                "SELECT DISTINCT a FROM " + CALL, "SELECT * FROM %s OFFSET 1".formatted(CALL),
                "SELECT * FROM %s UNION ALL SELECT * FROM t".formatted(CALL), "WITH x AS (SELECT 1) SELECT * FROM " + CALL,
                "WITH SESSION retry_policy = 'TASK' SELECT * FROM " + CALL,
                "WITH FUNCTION f() RETURNS integer RETURN 1 SELECT * FROM " + CALL, "EXPLAIN SELECT * FROM " + CALL,
                "EXPLAIN ANALYZE SELECT * FROM " + CALL, "CREATE TABLE t AS SELECT * FROM " + CALL, "INSERT INTO t SELECT * FROM " + CALL,
                "CREATE VIEW v AS SELECT * FROM " + CALL,
                "MERGE INTO t USING (SELECT * FROM %s) s ON false WHEN NOT MATCHED THEN INSERT VALUES (s.a)".formatted(CALL),
                "UPDATE t SET a = (SELECT max(a) FROM %s)".formatted(CALL), "DELETE FROM t WHERE a IN (SELECT a FROM %s)".formatted(CALL),
                "PREPARE p FROM SELECT * FROM " + CALL, "DESCRIBE OUTPUT p",
                "EXECUTE IMMEDIATE 'INSERT INTO t SELECT * FROM TABLE(policy.admin.sample(?))' USING 'c.s.t'",
                "SELECT * FROM %s MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS true)".formatted(CALL))) {
            assertThat(SampleStatement.isSampleAlone(sql)).describedAs(sql).isFalse();
        }
    }
}
