package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.session;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.trino.Session;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Turning masked values back, and all the ways in which somebody without the right might try. Bob investigates, alice only reads.
@TestInstance(PER_CLASS)
class TestUnmasking {
    private static final String CANARY = "canary-4711@example.com";
    private static final String TABLE = "memory.vault.person";
    private static final String EMAIL = "'memory.vault.person.email'";

    private static final String CAROL_HAS_NO_RIGHT = "Access Denied: unmask: no policy of type unmask gives user carol a right to the column that column_name names, or there is none such (POLICY-303)";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of("policy.allowed-routines", "memory.vault.lent"));
        server.execute(PIPELINE, "CREATE SCHEMA memory.vault");
        server.execute(PIPELINE, "CREATE SCHEMA memory.open");
        server.execute(PIPELINE,
                """
                        CREATE TABLE memory.vault.person AS SELECT x AS id, CAST('%s' || IF(x = 1, '', CAST(x AS varchar)) AS varchar) AS email,
                            CAST('%1$s' AS varchar) AS login, CAST(rpad('', x * 13 %% 257, 'Grüße 😀') AS varbinary) AS blob,
                            CAST(rpad('', (x - 1) * 28, 'Grüße 😀') AS varchar) AS note, CAST('+49 170-' || lpad(CAST(x AS varchar), 7, '0') AS varchar(20)) AS phone,
                            CAST('code' || CAST(x AS varchar) AS char(120)) AS code, IF(x = 10, -3, 4111111111111110) + x AS card, CAST(x - 5 AS integer) AS small,
                            CAST(x * 1.25 AS decimal(10, 2)) AS amount, CAST(x * 1.25 AS decimal(30, 5)) AS total, DATE '1970-01-01' + x * INTERVAL '100' DAY AS born,
                            CAST('hashed' || CAST(x AS varchar) AS varchar) AS nick, CAST('plain' AS varchar) AS plain
                        FROM UNNEST(sequence(1, 10)) t(x)
                        UNION ALL SELECT 11, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
                        """
                        .formatted(CANARY));
        server.execute(PIPELINE, "CREATE TABLE memory.vault.other AS SELECT * FROM memory.vault.person");
        server.apply(
                """
                        {kind: Tag, name: PII}
                        ---
                        {kind: Tag, name: PII.contact}
                        ---
                        {kind: Attribute, name: unmask}
                        ---
                        {kind: User, name: bob, attributes: {unmask: [PII]}}
                        ---
                        {kind: User, name: carol, attributes: {unmask: [PII.contact]}}
                        ---
                        {kind: DataSource, name: memory.vault}
                        ---
                        {kind: DataSource, name: memory.vault.person, approve_columns: all, key_columns: [id], columns: {email: {tags: [PII]},
                            login: {tags: [PII]}, blob: {tags: [PII]}, note: {tags: [PII]}, phone: {tags: [PII.contact]}, code: {tags: [PII]},
                            card: {tags: [PII]}, small: {tags: [PII]}, amount: {tags: [PII]}, total: {tags: [PII]}, born: {tags: [PII]}, nick: {tags: [PII]}}}
                        ---
                        {kind: DataSource, name: memory.vault.other, approve_columns: all, columns: {email: {tags: [PII]}, note: {tags: [PII]}}}
                        ---
                        {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                        ---
                        {kind: Policy, name: write, type: access, applies_to: {all: true}, grant: {level: own, to: "current_user = 'owner' OR current_user = 'lender'"}}
                        ---
                        {kind: Policy, name: tokens, type: mask, mask: {type: reversible}, columns: {pattern: 'email|blob|note|code|plain'}}
                        ---
                        {kind: Policy, name: equal, type: mask, mask: {type: reversible, keep_equality: true}, columns: {pattern: login}}
                        ---
                        {kind: Policy, name: formats, type: mask, mask: {type: format-preserving, alphabet: digits},
                            columns: {pattern: 'phone|card|born|small|amount|total'}}
                        ---
                        {kind: Policy, name: hashes, type: mask, mask: {type: hash}, columns: {pattern: nick}}
                        ---
                        {kind: Policy, name: investigators, type: unmask, columns: {tags: [PII]}, to: {attribute_matches_tag: unmask}}
                        """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testRoundTrips() {
        for (String column : ImmutableList.of("email", "login", "blob", "note", "phone", "code", "card", "small", "amount", "total",
                "born")) {
            String value = switch (column) {
                case "code" -> "rtrim(CAST(code AS varchar))";
                case "blob" -> "to_hex(blob)";
                default -> column;
            };
            String raw = "SELECT %s FROM %s ORDER BY id".formatted(value, TABLE);
            String call = "policy.functions.unmask('%s.%s', %2$s)".formatted(TABLE, column);
            String unmasked = "SELECT %s FROM %s ORDER BY id".formatted(column.equals("blob") ? "to_hex(%s)".formatted(call) : call, TABLE);
            assertThat(server.column("bob", unmasked)).describedAs(column).isEqualTo(server.column(PIPELINE, raw));
            assertThat(server.column("bob", "SELECT %s FROM %s WHERE %1$s IS NOT NULL".formatted(column, TABLE))).describedAs(column)
                    .doesNotContainAnyElementsOf(
                            server.column(PIPELINE, "SELECT %s FROM %s WHERE %1$s IS NOT NULL".formatted(column, TABLE)))
                    .hasSize(10);
        }
    }

    @Test
    void testSingleValues() {
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        assertThat(server.value("bob", unmask(EMAIL, token))).isEqualTo(CANARY);
        assertThat(server.value("bob", "SELECT policy.functions.unmask('MEMORY.\"vault\".Person.EMAIL', '%s')".formatted(token)))
                .isEqualTo(CANARY);
        assertThat(server.value("bob", "SELECT policy.functions.unmask(%s, '%s', 1)".formatted(EMAIL, token))).isEqualTo(CANARY);
        assertThat(server.value("bob", "SELECT policy.functions.unmask(%s, CAST(NULL AS varchar))".formatted(EMAIL))).isNull();
        assertThat(server.column("bob",
                "SELECT TRY(policy.functions.unmask(%s, x)) FROM (VALUES '%s', 'x', '') t(x)".formatted(EMAIL, token)))
                .containsExactly(CANARY, null, null);
        Session prepared = sessionBuilder("bob").addPreparedStatement("one", "SELECT policy.functions.unmask(%s, ?)".formatted(EMAIL))
                .build();
        assertThat(server.rows(prepared, "EXECUTE one USING '%s'".formatted(token))).containsExactly(ImmutableList.of(CANARY));
        assertThat(server.value("bob", "SELECT transform(ARRAY['%s'], x -> policy.functions.unmask(%s, x))[1]".formatted(token, EMAIL)))
                .isEqualTo(CANARY);
        assertThat(server.column("bob", "SHOW FUNCTIONS FROM policy.functions")).contains("unmask", "mask_literal");
    }

    private static String unmask(String column, String value) {
        return "SELECT policy.functions.unmask(%s, %s)".formatted(column, literal(value));
    }

    /// Invariant 3: who has no unmask policy cannot even name the functions, in whatever wrapping.
    @Test
    void testWithoutRight() {
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        String call = "policy.functions.unmask(%s, '%s')".formatted(EMAIL, token);
        String denied = "Access Denied: Cannot execute function policy.functions.unmask: no policy of type unmask means user ";
        for (String user : ImmutableList.of("alice", GOVERNOR, PIPELINE, "owner")) {
            for (String sql : ImmutableList.of("SELECT " + call, "EXPLAIN SELECT " + call, "EXPLAIN ANALYZE SELECT " + call,
                    "SELECT transform(ARRAY['%s'], x -> policy.functions.unmask(%s, x))".formatted(token, EMAIL),
                    "SELECT count(*) FROM %s WHERE policy.functions.unmask(%s, email) LIKE 'canary%%'".formatted(TABLE, EMAIL),
                    "SELECT 1 WHERE 'x' = " + call, "SELECT CASE WHEN true THEN 1 ELSE length(%s) END".formatted(call),
                    "WITH FUNCTION f(x varchar) RETURNS varchar NOT DETERMINISTIC RETURN policy.functions.unmask(%s, x) SELECT f('%s')"
                            .formatted(EMAIL, token),
                    "CREATE TABLE memory.open.stolen AS SELECT %s x".formatted(call), "VALUES " + call)) {
                assertThat(server.failure(user, sql)).describedAs("%s: %s", user, sql).contains(denied + user).doesNotContain(CANARY);
            }
            assertThat(server.failure(user, "SELECT policy.functions.mask_literal(%s, 'x')".formatted(EMAIL)))
                    .contains("no policy of type unmask means user " + user);
        }
        Session prepared = sessionBuilder("alice").addPreparedStatement("one", "SELECT policy.functions.unmask(%s, ?)".formatted(EMAIL))
                .build();
        assertThat(server.failure(prepared, "EXECUTE one USING '%s'".formatted(token))).contains(denied + "alice");
        assertThat(server.failure(prepared, "EXECUTE IMMEDIATE 'SELECT policy.functions.unmask(%s, ?)' USING '%s'"
                .formatted(EMAIL.replace("'", "''"), token))).contains(denied + "alice");
    }

    /// Invariant 3: nobody lends his right to others, or keeps it for later.
    @Test
    void testViewsAndRoutines() {
        String call = "policy.functions.unmask(%s, email)".formatted(EMAIL);
        server.apply("""
                {kind: User, name: lender, attributes: {unmask: [PII]}}
                """);
        server.execute("lender", "CREATE VIEW memory.vault.lent SECURITY DEFINER AS SELECT %s x FROM %s".formatted(call, TABLE));
        server.apply("{kind: DataSource, name: memory.vault.lent, approve_columns: all}");
        for (String user : ImmutableList.of("alice", "bob", "lender", GOVERNOR)) {
            assertThat(server.failure(user, "SELECT x FROM memory.vault.lent")).contains("policy.functions.unmask").doesNotContain(CANARY);
        }
        server.execute("lender", "DROP VIEW memory.vault.lent");
        for (String security : ImmutableList.of("DEFINER", "INVOKER")) {
            server.execute("lender", ("CREATE FUNCTION memory.vault.lent(x varchar) RETURNS varchar NOT DETERMINISTIC SECURITY %s"
                    + " RETURN policy.functions.unmask(%s, x)").formatted(security, EMAIL));
            assertThat(server.failure("alice", "SELECT memory.vault.lent(email) FROM " + TABLE)).describedAs(security)
                    .contains("Access Denied: Cannot execute function policy.functions.unmask").doesNotContain(CANARY);
            server.execute("lender", "DROP FUNCTION memory.vault.lent(varchar)");
        }
        assertThat(server.failure("lender", "CREATE TABLE memory.open.copy AS SELECT %s x FROM %s".formatted(call, TABLE)))
                .contains("may only fill governed tables");
        assertThat(server.failure("lender", "CREATE TABLE memory.open.copy AS SELECT policy.functions.unmask(%s, 'x') x".formatted(EMAIL)))
                .contains("may only fill governed tables");

        server.execute("lender", "CREATE VIEW memory.vault.own SECURITY INVOKER AS SELECT %s x FROM %s".formatted(call, TABLE));
        server.apply("{kind: DataSource, name: memory.vault.own, approve_columns: all}");
        assertThat(server.column("bob", "SELECT x FROM memory.vault.own")).contains(CANARY);
        assertThat(server.failure("alice", "SELECT x FROM memory.vault.own")).doesNotContain(CANARY)
                .contains("Cannot execute function policy.functions.unmask");
        server.execute("lender", "DROP VIEW memory.vault.own");
    }

    @Test
    void testRightsEndAtColumns() {
        String phone = String.valueOf(server.value("alice", "SELECT phone FROM %s WHERE id = 1".formatted(TABLE)));
        assertThat(server.value("carol", unmask("'memory.vault.person.phone'", phone))).isEqualTo("+49 170-0000001");
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        for (String column : ImmutableList.of(EMAIL, "'memory.vault.person.plain'", "'memory.vault.other.login'",
                "'memory.vault.person.none'",
                "'memory.nothing.nothing.none'")) {
            assertThat(server.failure("carol", unmask(column, token))).isEqualTo(CAROL_HAS_NO_RIGHT);
        }
        assertThat(server.failure("bob", unmask("'email'", token)))
                .isEqualTo("unmask: column_name is no name of a column: catalog.schema.table.column is expected");
        assertThat(server.failure("carol", "SELECT policy.functions.unmask(IF(id > 0, %s, 'memory.vault.person.phone'), phone) FROM %s"
                .formatted(EMAIL, TABLE))).isEqualTo(CAROL_HAS_NO_RIGHT);
    }

    /// What is passed for a name may be the value of a cell, and the messages of a query are for operators, too.
    @Test
    void testMessagesDoNotRepeatNames() {
        for (String name : ImmutableList.of("'%s'".formatted(CANARY), "'a.b.c.%s'".formatted(CANARY), "'\"%s\".b.c.d'".formatted(CANARY))) {
            assertThat(server.failure("bob", "SELECT policy.functions.unmask(%s, 'x')".formatted(name))).contains("unmask")
                    .doesNotContain(CANARY);
        }
    }

    /// Who may not use the table may not unmask its values.
    @Test
    void testAccessComesFirst() {
        String token = String.valueOf(server.value("alice", "SELECT email FROM memory.vault.other WHERE id = 1"));
        server.apply(
                """
                        {kind: Policy, name: closed, type: access, applies_to: {data_sources: [memory.vault.other]}, guardrail: "current_user <> 'bob'"}
                        """);
        assertThat(server.failure("bob", unmask("'memory.vault.other.email'", token))).contains("gives user bob a right to the column");
        server.execute(GOVERNOR, "CALL policy.admin.remove('Policy', 'closed')");
        assertThat(server.value("bob", unmask("'memory.vault.other.email'", token))).isEqualTo(CANARY);
    }

    @Test
    void testForgedTokens() {
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        String foreign = String.valueOf(server.value("alice", "SELECT email FROM memory.vault.other WHERE id = 1"));
        String otherColumn = String.valueOf(server.value("alice", "SELECT note FROM %s WHERE id = 3".formatted(TABLE)));
        char changed = token.charAt(60) == 'A' ? 'B' : 'A';
        List<String> forged = ImmutableList.of("", " ", "x", CANARY, token.substring(1), token.substring(0, token.length() - 1),
                token + "A", token + "=",
                token.substring(0, 22), token.substring(0, 60) + changed + token.substring(61), foreign, otherColumn,
                token.toLowerCase(java.util.Locale.ENGLISH));
        String message = "unmask: the value is not one that a mask of column memory.vault.person.email gives, or its key was destroyed";
        for (String value : forged) {
            assertThat(server.failure("bob", unmask(EMAIL, value))).describedAs(value).isEqualTo(message);
        }
        assertThat(server.failure("bob", "SELECT policy.functions.unmask(%s, '%s', 2)".formatted(EMAIL, token))).isEqualTo(message);
        assertThat(server.failure("bob", "SELECT policy.functions.unmask('memory.vault.person.blob', X'')"))
                .isEqualTo(message.replace("email", "blob"));
        assertThat(server.failure("bob", unmask("'memory.vault.person.phone'", "0049/abc"))).isEqualTo(message.replace("email", "phone"));
        assertThat(server.failure("bob", unmask("'memory.vault.person.nick'", "0049/abc"))).isEqualTo(message.replace("email", "nick"));
    }

    @Test
    void testTypes() {
        assertThat(server.failure("bob", "SELECT policy.functions.unmask('memory.vault.person.amount', 1.5)"))
                .isEqualTo(
                        "unmask: column memory.vault.person.amount has type decimal(10,2); CAST the value, which has type decimal(2,1), to it");
        assertThat(server.failure("bob", "SELECT policy.functions.unmask(%s, 15)".formatted(EMAIL)))
                .isEqualTo("unmask: column memory.vault.person.email has type varchar; CAST the value, which has type integer, to it");
        assertThat(server.failure("bob", "SELECT policy.functions.unmask('memory.vault.person.card', BIGINT '1', 7)"))
                .isEqualTo(
                        "unmask: the table of column memory.vault.person.card has no key of the family format-preserving with version 7; "
                                + "policy.metadata.keys has those there are");
    }

    @Test
    void testRotation() {
        String keyed = "memory.vault.rotated";
        server.execute(PIPELINE, "CREATE TABLE %s AS SELECT * FROM memory.vault.person".formatted(keyed));
        server.apply("""
                {kind: DataSource, name: memory.vault.rotated, approve_columns: all, columns: {email: {tags: [PII]}, card: {tags: [PII]}}}
                """);
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(keyed)));
        Object card = server.value("alice", "SELECT card FROM %s WHERE id = 1".formatted(keyed));
        server.execute(GOVERNOR, "CALL policy.admin.rotate_keys('%s', 'reversible')".formatted(keyed));
        server.execute(GOVERNOR, "CALL policy.admin.rotate_keys('%s', 'format-preserving')".formatted(keyed));
        assertThat(server.value("bob", unmask("'memory.vault.rotated.email'", token))).isEqualTo(CANARY);
        assertThat(server.value("bob", "SELECT policy.functions.unmask('memory.vault.rotated.card', BIGINT '%s', 1)".formatted(card)))
                .isEqualTo(4111111111111111L);
        assertThat(server.value("bob", "SELECT policy.functions.unmask('memory.vault.rotated.card', BIGINT '%s')".formatted(card)))
                .isNotEqualTo(4111111111111111L);
        assertThat(server.value("bob",
                "SELECT policy.functions.unmask('memory.vault.rotated.card', card) FROM memory.vault.rotated WHERE id = 1"))
                .isEqualTo(4111111111111111L);
        assertThat(server.value("bob", "SELECT policy.functions.unmask('memory.vault.rotated.email', email, 2) FROM %s WHERE id = 1"
                .formatted(keyed))).isEqualTo(CANARY);
    }

    @Test
    void testMaskLiteral() {
        Map<String, String> values = ImmutableMap.<String, String>builder()
                .put("login", literal(CANARY)).put("nick", "'hashed3'").put("phone", "'+49 170-0000003'").put("card", "4111111111111113")
                .put("small", "INTEGER '-2'").put("amount", "CAST(3.75 AS decimal(10, 2))").put("total", "CAST(3.75 AS decimal(30, 5))")
                .put("born", "DATE '1970-10-28'").buildOrThrow();
        values.forEach((column, value) -> assertThat(server.value("bob",
                "SELECT count(*) FROM %s WHERE id = 3 AND %s = policy.functions.mask_literal('%1$s.%2$s', %s)".formatted(TABLE, column,
                        value)))
                .describedAs(column).isEqualTo(1L));
        assertThat(server.failure("bob", "SELECT policy.functions.mask_literal(%s, 'x')".formatted(EMAIL)))
                .isEqualTo("mask_literal: what is seen of column memory.vault.person.email is not made of the value and a key alone");
        assertThat(server.value("bob", "SELECT policy.functions.mask_literal('memory.vault.person.phone', 'no digits')")).isNull();
    }

    @Test
    void testRightEnds() {
        server.apply("{kind: User, name: dora, attributes: {unmask: [PII]}}");
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        assertThat(server.value("dora", unmask(EMAIL, token))).isEqualTo(CANARY);
        server.execute(GOVERNOR, "CALL policy.admin.unset_attribute('dora', 'unmask', 'PII')");
        assertThat(server.failure("dora", unmask(EMAIL, token))).contains("no policy of type unmask means user dora");
    }

    /// Invariant 1: neither values nor keys show where the statement itself does not show them.
    @Test
    void testNothingElseShows() {
        List<String> secrets = server.secrets();
        for (String explain : ImmutableList.of("EXPLAIN ", "EXPLAIN (TYPE IO) ", "EXPLAIN (TYPE DISTRIBUTED) ", "EXPLAIN ANALYZE ")) {
            String plan = server.column("bob", explain + "SELECT policy.functions.unmask(%s, email) FROM %s".formatted(EMAIL, TABLE))
                    .toString();
            assertThat(plan).doesNotContain(CANARY).doesNotContain(secrets).contains("person");
        }
        String token = String.valueOf(server.value("alice", "SELECT email FROM %s WHERE id = 1".formatted(TABLE)));
        assertThat(server.column("bob", "EXPLAIN " + unmask(EMAIL, token)).toString()).doesNotContain(CANARY).contains("unmask");
    }

    /// An audit row is there before the first value, and the counts follow.
    @Test
    void testUsesAreReported()
            throws Exception {
        String queryId = server.runner().executeWithPlan(session("bob"),
                "SELECT policy.functions.unmask(%s, email), TRY(policy.functions.unmask(%1$s, 'x')) FROM %s".formatted(EMAIL, TABLE))
                .queryId().id();
        String row = "SELECT DISTINCT user_name || ' ' || object || ' ' || action FROM policy.metadata.audit_log WHERE query_id = '%s' AND kind = 'unmask'"
                .formatted(queryId);
        assertThat(server.column(GOVERNOR, row)).containsExactly("bob memory.vault.person.email unmask");
        String counts = "SELECT format('%%s %%s', sum(unmasked), sum(refused)) FROM policy.metadata.audit_log WHERE query_id = '%s'"
                .formatted(queryId);
        for (int i = 0; i < 100 && !"10 11".equals(server.value(GOVERNOR, counts)); i++) {
            Thread.sleep(100);
        }
        assertThat(server.value(GOVERNOR, counts)).isEqualTo("10 11");
    }
}
