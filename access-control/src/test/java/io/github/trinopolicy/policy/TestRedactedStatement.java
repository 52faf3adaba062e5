package io.github.trinopolicy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestRedactedStatement {
    @Test
    void testLiterals() {
        assertThat(RedactedStatement.of("SELECT name, 'ann''s' AS x FROM t WHERE id = 4711 AND price > 1.50 AND e = 1e5"))
                .contains("SELECT name, ? AS x FROM t WHERE id = ? AND price > ? AND e = ?");
        assertThat(RedactedStatement.of("VALUES (U&'\\0041nn', X'CAFE', DATE '2026-01-01', INTERVAL '3' DAY, DECIMAL '12.3', -5)"))
                .contains("VALUES (?, ?, DATE ?, INTERVAL ? DAY, DECIMAL ?, -?)");
        assertThat(RedactedStatement.of("SET SESSION query_max_run_time = '7d'")).contains("SET SESSION query_max_run_time = ?");
        assertThat(RedactedStatement.of("CALL policy.admin.set_attribute('ann', 'region', 'EUROPE')"))
                .contains("CALL policy.admin.set_attribute(?, ?, ?)");
    }

    @Test
    void testNamesStay() {
        assertThat(RedactedStatement.of("select \"Some Column\", m[1] from \"a\".b.c"))
                .contains("select \"Some Column\", m[?] from \"a\".b.c");
    }

    @Test
    void testCommentsGo() {
        assertThat(RedactedStatement.of("SELECT /* ann */ a -- ben\nFROM t")).contains("SELECT a FROM t");
        assertThat(RedactedStatement.of("-- ann\nSELECT 'a -- no comment'/* 'x' */,b FROM t -- ben")).contains("SELECT ? ,b FROM t");
    }

    @Test
    void testStatementsWithin() {
        assertThat(RedactedStatement.of("PREPARE p FROM SELECT 'ann'")).contains("PREPARE p FROM SELECT ?");
        assertThat(RedactedStatement.of("EXECUTE p USING 'ann', 5")).contains("EXECUTE p USING ?, ?");
        assertThat(RedactedStatement.of("EXECUTE IMMEDIATE 'SELECT ''ann'' FROM t'")).contains("EXECUTE IMMEDIATE SELECT ? FROM t");
        assertThat(RedactedStatement.of("EXECUTE IMMEDIATE 'SELECT ann and so on and'")).isEmpty();
        assertThat(RedactedStatement.of("EXPLAIN ANALYZE SELECT 1")).contains("EXPLAIN ANALYZE SELECT ?");
        assertThat(RedactedStatement.of("CREATE FUNCTION memory.default.f(x integer) RETURNS varchar RETURN 'ann'"))
                .contains("CREATE FUNCTION memory.default.f(x integer) RETURNS varchar RETURN ?");
    }

    @Test
    void testWhatIsNoStatement() {
        assertThat(RedactedStatement.of("SELECT 'ann")).isEmpty();
        assertThat(RedactedStatement.of("name is ann")).isEmpty();
        assertThat(RedactedStatement.of("")).isEmpty();
    }
}
