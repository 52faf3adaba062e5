package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Masks under the keys of columns, `reversible` and `format-preserving`, through the real engine.
@TestInstance(PER_CLASS)
class TestColumnKeys {
    private static final String CANARY = "canary-4711@example.com";
    private static final String TABLE = "memory.vault.person";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.vault");
        server.execute(PIPELINE,
                """
                        CREATE TABLE memory.vault.person AS SELECT x AS id, CAST('%s' AS varchar) AS email, CAST('%1$s' AS varchar) AS login,
                            CAST(IF(x %% 5 > 0, rpad('x', x, 'x')) AS varchar(88)) AS short, CAST('+49 170-1234567' AS varchar(20)) AS phone,
                            CAST('code' AS varchar(20)) AS code, 4111111111111110 + x AS card, DATE '1970-01-01' AS born,
                            CAST(ROW('%1$s', 'x') AS row(mail varchar, other varchar)) AS contact, ARRAY[CAST('%1$s' AS varchar)] AS mails
                        FROM UNNEST(sequence(1, 20)) t(x)
                        """
                        .formatted(CANARY));
        server.execute(PIPELINE, "CREATE TABLE memory.vault.keyless AS SELECT * FROM memory.vault.person");
        server.apply("""
                {kind: DataSource, name: memory.vault.person, approve_columns: all, key_columns: [id]}
                ---
                {kind: DataSource, name: memory.vault.keyless, approve_columns: all}
                ---
                {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                ---
                {kind: Policy, name: tokens, type: mask, mask: {type: reversible}, columns: {pattern: 'email|short|code', names: [
                    memory.vault.person.contact.mail, 'memory.vault.person.mails[*]']}}
                ---
                {kind: Policy, name: equal, type: mask, mask: {type: reversible, keep_equality: true}, columns: {pattern: login}}
                ---
                {kind: Policy, name: formats, type: mask, mask: {type: format-preserving, alphabet: digits},
                    columns: {pattern: 'phone|card|born'}}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testTokens() {
        assertThat(distinct("email", TABLE)).isEqualTo("20");
        assertThat(distinct("login", TABLE)).isEqualTo("1");
        assertThat(distinct("email", "memory.vault.keyless")).isEqualTo("20");
        assertThat(distinct("contact.mail", TABLE)).isEqualTo("20");
        assertThat(distinct("mails[1]", TABLE)).isEqualTo("20");
        String email = "SELECT email FROM %s ORDER BY id";
        assertThat(server.column("alice", email.formatted(TABLE))).isEqualTo(server.column("bob", email.formatted(TABLE)))
                .allSatisfy(token -> assertThat(String.valueOf(token)).matches("[-_A-Za-z0-9]{110}"));
        assertThat(server.column("alice", email.formatted("memory.vault.keyless")))
                .doesNotContainAnyElementsOf(server.column("alice", email.formatted("memory.vault.keyless")));
        assertThat(server.column(PIPELINE, "SELECT DISTINCT email FROM " + TABLE)).containsExactly(CANARY);
    }

    private String distinct(String column, String table) {
        return String.valueOf(server.value("alice", "SELECT count(DISTINCT %s) FROM %s".formatted(column, table)));
    }

    /// A column that is read several times shows one token a row, also where each call makes another.
    @Test
    void testRowHasOneToken() {
        assertThat(server.value("alice", "SELECT count(*) FROM memory.vault.keyless WHERE email = email")).isEqualTo(20L);
        assertThat(server.value("alice", "SELECT count(*) FROM (SELECT email a, email b FROM memory.vault.keyless) WHERE a <> b"))
                .isEqualTo(0L);
    }

    @Test
    void testTokensThatDoNotFit() {
        assertThat(server.value("alice", "SELECT count(short) FROM " + TABLE)).isEqualTo(12L);
        assertThat(reason("short")).isEqualTo("selected by pattern; NULL for values of more than 15 bytes, of which the tokens do not fit");
        assertThat(reason("code")).isEqualTo(
                "selected by pattern; hash instead: tokens have at least 88 characters, too many for type varchar(20)");
        assertThat(String.valueOf(server.value("alice", "SELECT DISTINCT code FROM " + TABLE))).matches("[a-z2-7]{16}");
    }

    private String reason(String column) {
        return String.valueOf(server.value(GOVERNOR,
                "SELECT reason FROM TABLE(policy.admin.explain('alice', '%s')) WHERE kind = 'mask' AND column_name = '%s'"
                        .formatted(TABLE, column)));
    }

    @Test
    void testFormats() {
        assertThat(String.valueOf(server.value("alice", "SELECT DISTINCT phone FROM " + TABLE))).matches("\\+\\d\\d \\d{3}-\\d{7}")
                .isNotEqualTo("+49 170-1234567");
        assertThat(server.value("alice", "SELECT count(DISTINCT card) FROM %s WHERE card BETWEEN 1000000000000000 AND 9999999999999999"
                .formatted(TABLE))).isEqualTo(20L);
        assertThat(server.value("alice", "SELECT count(*) FROM %s WHERE phone = '+49 170-1234567' OR born = DATE '1970-01-01'"
                .formatted(TABLE))).isEqualTo(0L);
        // another table has other keys
        assertThat(server.value("alice", "SELECT count(*) FROM %s a JOIN memory.vault.keyless b ON a.phone = b.phone OR a.card = b.card"
                .formatted(TABLE))).isEqualTo(0L);
    }

    @Test
    void testViewsShowTokens() {
        server.execute(PIPELINE, "CREATE VIEW memory.default.people SECURITY DEFINER AS SELECT id, email, phone FROM " + TABLE);
        assertThat(server.rows("alice", "SELECT email, phone FROM memory.default.people ORDER BY id"))
                .isEqualTo(server.rows("alice", "SELECT email, phone FROM %s ORDER BY id".formatted(TABLE)));
        server.execute(PIPELINE, "DROP VIEW memory.default.people");
    }

    /// Invariants 1 and 3: neither the value nor a key is in a plan, and nobody makes tokens to compare them with.
    @Test
    void testNothingElseShows() {
        List<String> secrets = server.secrets();
        for (String explain : ImmutableList.of("EXPLAIN ", "EXPLAIN (TYPE IO) ", "EXPLAIN ANALYZE ")) {
            String plan = server.column("alice", explain + "SELECT email, login, phone, mails FROM %s WHERE email <> ''".formatted(TABLE))
                    .toString();
            assertThat(plan).doesNotContain(CANARY).doesNotContain(secrets);
        }
        for (String call : ImmutableList.of("reversible_equal('a', 'a', 'a')", "reversible_random('a', 'a', 'a')",
                "reversible('a', 'a', 'a', ROW(1))", "format_preserving(1, 'a', 'a')")) {
            assertThat(server.failure("alice", "SELECT policy.masking." + call)).contains("Access Denied");
            assertThat(
                    server.failure(GOVERNOR, "CREATE VIEW memory.default.v SECURITY DEFINER AS SELECT policy.masking.%s x".formatted(call)))
                    .contains("Access Denied");
        }
    }

    @Test
    void testMistakes() {
        String policy = "{kind: Policy, name: bad, type: mask, columns: {names: [memory.vault.person.%s]}, mask: {type: %s}}";
        assertThat(apply(policy.formatted("phone", "format-preserving"))).contains("mask 'format-preserving' cannot serve column "
                + "'memory.vault.person.phone' of type varchar(20): format-preserving needs 'alphabet' "
                + "(digits, lower, upper, letters or alphanumeric) for type varchar(20)");
        assertThat(apply(policy.formatted("code", "reversible"))).contains(
                "of type varchar(20): tokens have at least 88 characters, too many for type varchar(20)");
        assertThat(apply(policy.formatted("id", "reversible"))).contains("mask 'reversible' cannot serve column");
    }

    private String apply(String bundle) {
        return server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(bundle)));
    }
}
