package io.github.trinopolicy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.ObjectName;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestSourceQuery {
    @Test
    void testTablesThatAreNamed() {
        assertThat(SourceQuery.parse("""
                WITH own AS (SELECT login, Territory FROM lake.hr."Territories")
                SELECT login, territory FROM OWN
                UNION SELECT u.name, g.region FROM lake.hr.users u JOIN lake.geo.regions g ON u.country = g.country
                WHERE u.id IN (SELECT id FROM lake.hr.active)
                """).tables()).containsExactlyInAnyOrder(ObjectName.parse("lake.hr.territories"), ObjectName.parse("lake.hr.users"),
                ObjectName.parse("lake.geo.regions"), ObjectName.parse("lake.hr.active"));
        assertThat(SourceQuery.parse("VALUES ('alice', 'ASIA')").tables()).isEmpty();
        assertThat(SourceQuery.parse("TABLE lake.hr.territories").tables()).containsExactly(ObjectName.parse("lake.hr.territories"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO lake.hr.t SELECT a, b FROM lake.hr.u", "DELETE FROM lake.hr.t", "CALL policy.admin.restore(0)",
            "CREATE TABLE lake.hr.t AS SELECT 1 a, 2 b", "DROP TABLE lake.hr.t",
            "MERGE INTO lake.hr.t USING lake.hr.u ON true WHEN MATCHED THEN DELETE",
            "EXPLAIN ANALYZE SELECT a, b FROM lake.hr.t", "SET SESSION AUTHORIZATION 'alice'", "GRANT SELECT ON lake.hr.t TO alice",
            "EXECUTE s", "SHOW TABLES", "TRUNCATE TABLE lake.hr.t", "START TRANSACTION"})
    void testOtherStatements(String text) {
        assertRefused(text, "an attribute source is one SELECT query, and changes nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "SELECT a, b FROM territories | write 'territories' with its catalog and schema, as catalog.schema.table",
            "SELECT a, b FROM hr.territories | write 'hr.territories' with its catalog and schema, as catalog.schema.table",
            "SELECT user_name, name FROM policy.metadata.attributes | 'policy.metadata.attributes' belongs to Trino or to the policy plugin; an attribute source reads tables of data",
            "SELECT \"user\", query FROM system.runtime.queries | 'system.runtime.queries' belongs to Trino or to the policy plugin; an attribute source reads tables of data",
            "SELECT a, b FROM lake.information_schema.tables | 'lake.information_schema.tables' belongs to Trino or to the policy plugin; an attribute source reads tables of data",
            "SELECT a, b FROM lake.hr.\"t$files\" | 'lake.hr.t$files' shows metadata; an attribute source reads tables of data",
            "SELECT a, policy.masking.hash(b) FROM lake.hr.t | function 'policy.masking.hash' is not allowed in an attribute source; only builtin functions are",
            "SELECT a, (SELECT lake.f.g(b) FROM lake.hr.u) FROM lake.hr.t | function 'lake.f.g' is not allowed in an attribute source; only builtin functions are",
            "SELECT a, b FROM TABLE(lake.system.query('DROP TABLE t')) | table function 'lake.system.query' is not allowed in an attribute source",
            "SELECT a, b FROM lake.hr.t WHERE c = ? | an attribute source has no parameters",
            "WITH FUNCTION f() RETURNS bigint RETURN 1 SELECT a, b FROM lake.hr.t | an attribute source defines no function and sets no session property",
            "SELECT a FROM lake.hr.t | an attribute source selects two columns, the user and the value; this one selects 1",
            "SELECT a, b, c FROM lake.hr.t | an attribute source selects two columns, the user and the value; this one selects 3"})
    void testRefused(String text, String message) {
        assertRefused(text, message);
    }

    @Test
    void testPlaceOfAMistake() {
        assertThatThrownBy(() -> SourceQuery.parse("SELECT a, b\nFROM territories")).isInstanceOfSatisfying(PolicyTextException.class,
                failure -> {
                    assertThat(failure.line()).isEqualTo(2);
                    assertThat(failure.column()).isEqualTo(6);
                });
        assertThatThrownBy(() -> SourceQuery.parse("SELECT a, b FROM lake.hr.t; DROP TABLE lake.hr.t"))
                .isInstanceOf(PolicyTextException.class);
    }

    @ParameterizedTest
    @CsvSource({"9s, 1", "10s, 0", "30d, 0", "31d, 1"})
    void testInterval(String interval, int mistakes) {
        Duration duration = Duration.parse(interval.endsWith("d") ? "P" + interval : "PT" + interval);
        assertThat(
                AttributeSourceCheck.mistakes(new AttributeSource("s", Optional.empty(), "SELECT a, b FROM lake.hr.t", "region", duration)))
                .hasSize(mistakes);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> SourceQuery.parse(text)).isInstanceOf(PolicyTextException.class).hasMessage(message);
    }
}
