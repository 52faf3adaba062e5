package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.session;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.time.temporal.ChronoUnit.SECONDS;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.trino.Session;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.ColumnSchema;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.type.TimeZoneKey;
import io.trino.spi.type.VarcharType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Ways to get round a mask or a filter itself: by its condition, its tags, the user's entitlements, the session, or the texts in it. Dynamic
/// filtering may be switched off here by everybody, which by default it may not.
@TestInstance(PER_CLASS)
class TestMaskAttacks {
    private static final String TABLE = "memory.shop.customer";
    private static final List<String> ZONES = ImmutableList.of("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata");

    /// Texts that end a literal, a name, a comment or a template somewhere.
    private static final List<String> HOSTILE = ImmutableList.of("' OR 'a' = 'a", "'' OR true --", "x\" OR true", "*/ true /*", "-- ", "\\",
            "\\u0027 OR true", "U&'\\0027' OR true", "%s%n{0}$1${x}", "\u2019\u02bc\uff07", "line\nbreak", "; DROP TABLE t", "NULL",
            "CAST('a' AS varchar)", "(SELECT 'a')", "?", "\ud83d\ude00'");

    private TestingPolicyServer server;
    private long words;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer
                .start(ImmutableMap.of("policy.allowed-session-properties", "enable_dynamic_filtering,join_distribution_type"));
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE,
                "CREATE TABLE memory.shop.customer (id integer, email varchar, country varchar, code varchar, divisor integer)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, 'ann@x.org', 'US', '7', 1), (2, 'ben@x.org', 'DE', '8', 0), "
                + "(3, 'cid@x.org', 'FR', 'secret', 2), (4, 'dan@x.org', NULL, NULL, NULL)");
        server.apply("""
                {kind: Tag, name: Secret}
                ---
                {kind: Tag, name: Open.Data.Published.Yearly}
                ---
                {kind: Attribute, name: country}
                ---
                {kind: Group, name: readers}
                ---
                {kind: Group, name: cleared}
                ---
                {kind: User, name: alice, groups: [readers]}
                ---
                {kind: DataSource, name: memory.shop}
                ---
                {kind: DataSource, name: memory.shop.customer, approve_columns: all,
                    columns: {email: {tags: [Secret, Open.Data.Published.Yearly]}}}
                ---
                {kind: Policy, name: read, type: access, applies_to: {data_sources: [memory.shop]}, grant: {level: read, to: "true"}}
                """);
        words = server.version();
    }

    @BeforeEach
    void forgetPolicies() {
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(words));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @DisplayName("Invariant 8: a condition that fails on a row masks it, and says nothing")
    void testErrorsOfConditions() {
        for (String condition : ImmutableList.of("1 / divisor > 100", "CAST(code AS integer) > 100",
                "CAST(code AS integer) / divisor > 100",
                "regexp_like(code, '[0-9]{2}') OR 1 % divisor > 100")) {
            mask("email", "{type: constant, value: hidden}", condition);
            List<Object> failing = column(PIPELINE,
                    "SELECT id FROM %s WHERE coalesce(try(%s), true)".formatted(TABLE, condition));
            assertThat(failing).describedAs(condition).isNotEmpty().hasSizeLessThan(4);
            for (String query : ImmutableList.of("SELECT id FROM %s WHERE email = 'hidden'",
                    "SELECT id FROM %s WHERE email NOT LIKE '%%@%%'",
                    "SELECT a.id FROM %1$s a JOIN (VALUES 'hidden') b(email) ON a.email = b.email",
                    "SELECT id FROM (SELECT id, max(email) AS email FROM %s GROUP BY id) WHERE email = 'hidden'")) {
                assertThat(column("alice", query.formatted(TABLE))).describedAs("%s: %s", condition, query)
                        .containsExactlyInAnyOrderElementsOf(failing);
            }
        }
    }

    @Test
    @DisplayName("Invariant 7: a condition reads raw values, whoever asks sees masked ones")
    void testConditionOverMaskedColumn() {
        server.apply(
                """
                        {kind: Policy, name: mail, type: mask, columns: {names: [memory.shop.customer.email]}, mask: {type: 'null'}, condition: "country = 'US'"}
                        ---
                        {kind: Policy, name: land, type: mask, columns: {names: [memory.shop.customer.country]}, mask: {type: constant, value: DE},
                            condition: "email LIKE '%x.org'"}
                        """);
        // masked where the raw country is US, or unknown; neither mask reads what the other makes
        assertThat(server.rows("alice", "SELECT id, email, country FROM %s ORDER BY id".formatted(TABLE))).containsExactly(
                row(1, null, "DE"), row(2, "ben@x.org", "DE"), row(3, "cid@x.org", "DE"), row(4, null, "DE"));
        for (String guess : ImmutableList.of("country = 'US'", "country IN ('US', 'FR')", "country IS NULL", "country < 'DE'",
                "email = 'ann@x.org'", "if(country = 'US', fail('found') IS NULL, false)", "email LIKE 'ann%'",
                "email IN (SELECT 'ann@x.org')", "EXISTS (SELECT 1 FROM (VALUES 'ann@x.org') v(x) WHERE x = email)")) {
            assertThat(server.rows("alice", "SELECT id FROM %s WHERE %s".formatted(TABLE, guess))).describedAs(guess).isEmpty();
        }
    }

    @Test
    @DisplayName("Invariant 7: masked cells join and group as what is shown, with and without dynamic filters")
    void testJoinsOnMaskedCells() {
        server.execute(PIPELINE,
                "CREATE TABLE IF NOT EXISTS memory.default.guesses AS SELECT * FROM (VALUES 'ann@x.org', 'ben@x.org', 'hidden') g(email)");
        mask("email", "{type: constant, value: hidden}", "country = 'US'");
        for (String dynamic : ImmutableList.of("true", "false")) {
            for (String distribution : ImmutableList.of("BROADCAST", "PARTITIONED")) {
                Session session = sessionBuilder("alice").setSystemProperty("enable_dynamic_filtering", dynamic)
                        .setSystemProperty("join_distribution_type", distribution).build();
                // 1 and 4 are masked; 2 is shown
                for (String join : ImmutableList.of("%1$s c JOIN memory.default.guesses g ON c.email = g.email",
                        "memory.default.guesses g JOIN %1$s c ON c.email = g.email",
                        "%1$s c JOIN memory.default.guesses g ON c.email = g.email AND (c.code IS NULL OR length(c.code) > 0)")) {
                    assertThat(server.rows(session, ("SELECT c.id, g.email FROM " + join + " ORDER BY 1").formatted(TABLE)))
                            .describedAs("%s %s %s", dynamic, distribution, join)
                            .containsExactly(row(1, "hidden"), row(2, "ben@x.org"), row(4, "hidden"));
                }
                assertThat(server.rows(session, "SELECT a.id, b.id FROM %1$s a JOIN %1$s b ON a.email = b.email WHERE a.id < b.id"
                        .formatted(TABLE))).containsExactly(row(1, 4));
                assertThat(server.rows(session, "SELECT id FROM %s WHERE email IN (SELECT email FROM memory.default.guesses "
                        .formatted(TABLE) + "WHERE email <> 'hidden')")).containsExactly(row(2));
                assertThat(server.rows(session, "SELECT email, count(*) FROM %s GROUP BY email HAVING count(*) > 1".formatted(TABLE)))
                        .containsExactly(row("hidden", 2L));
            }
        }
    }

    @Test
    @DisplayName("Invariant 6: a hidden row does not show by a join's errors, with and without dynamic filters")
    void testJoinsOverHiddenRows() {
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('alice', 'country', 'US', NULL)");
        server.apply(
                "{kind: Policy, name: own, type: row-filter, applies_to: {all: true}, matches: {attribute: country, column: {name: country}}}");
        for (String dynamic : ImmutableList.of("true", "false")) {
            Session session = sessionBuilder("alice").setSystemProperty("enable_dynamic_filtering", dynamic).build();
            for (String query : ImmutableList.of(
                    "SELECT c.id FROM %s c JOIN (VALUES 7, 8) v(x) ON CAST(c.code AS integer) = v.x",
                    "SELECT c.id FROM (VALUES 7, 8) v(x) JOIN %s c ON CAST(c.code AS integer) = v.x",
                    "SELECT a.id FROM %1$s a JOIN %1$s b ON 10 / a.divisor = 10 / b.divisor",
                    "SELECT a.id FROM %1$s a LEFT JOIN %1$s b ON a.id = b.id AND 10 / b.divisor > 0",
                    "SELECT id FROM %s WHERE 10 / divisor IN (SELECT * FROM (VALUES 10, 5))",
                    "SELECT a.id FROM %1$s a RIGHT JOIN (VALUES 1, 2, 3) v(id) ON a.id = v.id WHERE 10 / a.divisor > 0")) {
                assertThat(server.rows(session, query.formatted(TABLE))).describedAs("%s %s", dynamic, query).containsExactly(row(1));
            }
        }
    }

    @Test
    @DisplayName("Section 5: a deeper tag that has nothing to do with another weakens no mask")
    void testUnrelatedDeeperTag() {
        server.apply("""
                {kind: Policy, name: strong, type: mask, columns: {tags: [Secret]}, mask: {type: 'null'}}
                ---
                {kind: Policy, name: a-weak, type: mask, priority: 1000, columns: {tags: [Open.Data.Published.Yearly]},
                    mask: {type: custom, expression: "masked_column()"}}
                ---
                {kind: Policy, name: a-weaker, type: mask, priority: 1000, columns: {tags: [Open.Data]},
                    mask: {type: regex, pattern: 'never', replacement: 'x', no_match: keep}}
                """);
        assertThat(server.column("alice", "SELECT email FROM " + TABLE)).hasSize(4).containsOnlyNulls();
        // nor does one more tag, nor a condition of the weak one
        server.execute(GOVERNOR, "CALL policy.admin.add_tag('memory.shop.customer', 'Open.Data.Published')");
        server.apply("""
                {kind: Policy, name: a-weak, type: mask, priority: 1000, columns: {tags: [Open.Data.Published.Yearly]},
                    mask: {type: custom, expression: "masked_column()"}, condition: "id > 0"}
                """);
        assertThat(server.column("alice", "SELECT email FROM " + TABLE)).hasSize(4).containsOnlyNulls();
    }

    @Test
    @DisplayName("Section 5: entitlements of 10,000 groups, of none, and of somebody unknown")
    void testNumberOfGroups() {
        String groups = IntStream.range(0, 10_000).mapToObj("'%d'"::formatted).collect(joining(", "));
        server.apply(IntStream.range(0, 10_000).mapToObj("{kind: Group, name: '%d'}\n---\n"::formatted).collect(joining())
                + "{kind: User, name: joiner, groups: [%s]}\n---\n{kind: User, name: loner}\n---\n".formatted(groups)
                + """
                        {kind: Policy, name: own, type: row-filter, applies_to: {data_sources: [memory.shop.customer]},
                            where: "groups_contain(code)"}
                        ---
                        {kind: Policy, name: mail, type: mask, columns: {names: [memory.shop.customer.email]}, mask: {type: 'null'},
                            exempt: "in_all_groups('0', '9999') AND NOT in_any_group('cleared')"}
                        """);
        assertThat(server.rows("joiner", "SELECT id, email FROM %s ORDER BY id".formatted(TABLE)))
                .containsExactly(row(1, "ann@x.org"), row(2, "ben@x.org"));
        for (String user : ImmutableList.of("loner", "alice", "nobody-knows-me", "7")) {
            assertThat(server.rows(user, "SELECT id, email FROM " + TABLE)).describedAs(user).isEmpty();
        }
        assertThat(String.valueOf(server.rows("joiner", "EXPLAIN SELECT id FROM " + TABLE))).doesNotContain("9998");
    }

    @Test
    @DisplayName("Section 5: what expires is gone in a session that goes on")
    void testExpiryWithinASession() throws InterruptedException {
        server.apply(
                """
                        {kind: Policy, name: own, type: row-filter, applies_to: {data_sources: [memory.shop.customer]},
                            matches: {attribute: country, column: {name: country}}}
                        ---
                        {kind: Policy, name: mail, type: mask, columns: {names: [memory.shop.customer.email]}, mask: {type: constant, value: hidden},
                            exempt: "in_any_group('cleared')"}
                        """);
        Instant expiry = Instant.now().truncatedTo(SECONDS).plusSeconds(3);
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('alice', 'country', 'DE', NULL)");
        server.execute(GOVERNOR, "CALL policy.admin.set_attribute('alice', 'country', 'US', '%s')".formatted(expiry));
        server.apply("{kind: User, name: alice, groups: [readers, {name: cleared, expires: %s}]}".formatted(expiry));
        Session session = sessionBuilder("alice").addPreparedStatement("mails", "SELECT email FROM %s ORDER BY id".formatted(TABLE))
                .build();
        SystemSecurityContext begun = entered("alice");
        CatalogSchemaTableName table = new CatalogSchemaTableName("memory", "shop", "customer");
        assertThat(server.rows(session, "EXECUTE mails")).containsExactly(row("ann@x.org"), row("ben@x.org"));
        String filter = filter(begun, table);
        assertThat(filter).contains("DE", "US");

        while (!Instant.now().isAfter(expiry)) {
            Thread.sleep(50);
        }
        assertThat(server.rows(session, "EXECUTE mails")).containsExactly(row("hidden"));
        assertThat(server.rows(session, "SELECT email FROM %s ORDER BY id".formatted(TABLE))).containsExactly(row("hidden"));
        // what began before goes on as it began, and nothing that begins now does
        assertThat(filter(begun, table)).isEqualTo(filter);
        assertThat(filter(entered("alice"), table)).contains("DE").doesNotContain("US");
    }

    private String filter(SystemSecurityContext query, CatalogSchemaTableName table) {
        // Trino names the columns first
        server.accessControl().getColumnMasks(query, table,
                ImmutableList.of(ColumnSchema.builder().setName("country").setType(VarcharType.VARCHAR).build()));
        return TestingPolicyServer.only(server.accessControl().getRowFilters(query, table)).getExpression();
    }

    /// A query of the user as far as its first check.
    private SystemSecurityContext entered(String user) {
        QueryId query = session(user).getQueryId();
        Identity identity = Identity.forUser(user).withPrincipal(new BasicPrincipal(user)).build();
        server.accessControl().checkCanExecuteQuery(identity, query);
        return new SystemSecurityContext(identity, query, Instant.now());
    }

    @Test
    @DisplayName("Policy texts: the zone of the session decides nothing")
    void testSessionTimeZone() {
        server.execute(PIPELINE, "CREATE TABLE memory.shop.visit AS SELECT 1 AS id, TIMESTAMP '2025-12-31 23:30:00.000 UTC' AS zoned, "
                + "TIMESTAMP '2025-12-31 23:30:00.000' AS local, DATE '2025-12-31' AS day, '2025-12-31 23:30:00' AS text, TIME '23:30:00' AS clock");
        server.apply("{kind: DataSource, name: memory.shop.visit, approve_columns: all, event_time: zoned}");
        long version = server.version();
        List<String> refused = new ArrayList<>();
        for (String where : ImmutableList.of("zoned < TIMESTAMP '2026-01-01 00:00:00'", "zoned < DATE '2026-01-01'", "local < zoned",
                "zoned > day", "CAST(local AS timestamp(3) with time zone) < TIMESTAMP '2026-01-01 00:00:00 UTC'",
                "CAST(text AS timestamp(3) with time zone) < TIMESTAMP '2026-01-01 00:00:00 UTC'", "CAST(zoned AS date) = day",
                "CAST(zoned AS timestamp(3)) = local", "CAST(zoned AS varchar) LIKE '2025%'", "hour(zoned) = 23",
                "to_unixtime(local) < 1767225600",
                "date_trunc('day', zoned) < TIMESTAMP '2025-12-31 12:00:00 UTC'", "zoned IN (TIMESTAMP '2025-12-31 23:30:00')",
                "zoned BETWEEN TIMESTAMP '2025-12-31 23:00:00' AND TIMESTAMP '2026-01-01 00:00:00'", "coalesce(zoned, local) = zoned",
                "CAST(clock AS time(3) with time zone) < TIME '23:30:00+01:00'", "from_unixtime(1767223800) = zoned",
                "format_datetime(zoned, 'yyyy') = '2025'", "from_iso8601_timestamp('2025-12-31T23:30:00') = zoned",
                "parse_datetime(text, 'yyyy-MM-dd HH:mm:ss') = zoned", "zoned = TIMESTAMP '2025-12-31 23:30:00 UTC'")) {
            server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(version));
            String bundle = "{kind: Policy, name: timed, type: row-filter, applies_to: {data_sources: [memory.shop.visit]}, where: \"%s\"}"
                    .formatted(where);
            if (catchThrowable(() -> server.apply(bundle)) != null) {
                refused.add(where);
                continue;
            }
            assertThat(inZones("SELECT count(*) FROM memory.shop.visit")).describedAs(where).hasSize(1);
        }
        // what is compared in one zone is no harm, the rest is refused
        assertThat(refused).contains("zoned < TIMESTAMP '2026-01-01 00:00:00'", "local < zoned")
                .doesNotContain("hour(zoned) = 23", "zoned = TIMESTAMP '2025-12-31 23:30:00 UTC'");

        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(version));
        server.apply(
                """
                        {kind: Policy, name: month, type: mask, columns: {in: [memory.shop.visit], pattern: '(zoned|local|day)'}, mask: {type: rounding, unit: month}}
                        ---
                        {kind: Policy, name: window, type: row-filter, applies_to: {data_sources: [memory.shop.visit]}, time_window: {newer_than: 100y}}
                        """);
        assertThat(inZones("SELECT CAST(zoned AS varchar), CAST(local AS varchar), CAST(day AS varchar) FROM memory.shop.visit"))
                .containsExactly(ImmutableList.of(row("2025-12-01 00:00:00.000 UTC", "2025-12-01 00:00:00.000", "2025-12-01")));
    }

    /// What the different zones of sessions answer.
    private List<Object> inZones(String query) {
        return ZONES.stream().map(zone -> sessionBuilder("alice").setTimeZoneKey(TimeZoneKey.getTimeZoneKey(zone)).build())
                .map(session -> (Object) server.rows(session, query)).distinct().collect(toImmutableList());
    }

    @Test
    @DisplayName("Section 3: no text of a policy or a user becomes SQL")
    void testTextsStayTexts() {
        String odd = "\"it's \"\"odd\"\" -- /*\"";
        String other = "\"u&\\0027 ü %s $1\"";
        server.execute(PIPELINE,
                "CREATE TABLE memory.shop.odd (id integer, %s varchar, %s varchar, r varchar, c varchar)".formatted(odd, other));
        for (int i = 0; i < HOSTILE.size(); i++) {
            server.execute(PIPELINE, "INSERT INTO memory.shop.odd SELECT %s, t, 'plain', t, t FROM (VALUES %s) v(t)".formatted(i,
                    literal(HOSTILE.get(i))));
        }
        server.execute(PIPELINE, "INSERT INTO memory.shop.odd VALUES (-1, 'a', 'plain', 'a', 'a'), (-2, NULL, 'plain', NULL, NULL)");
        server.apply("""
                kind: DataSource
                name: memory.shop.odd
                approve_columns: all
                columns:
                  'it''s "odd" -- /*': {tags: [Secret]}
                ---
                kind: Policy
                name: own
                type: row-filter
                applies_to: {data_sources: [memory.shop.odd]}
                matches: {attribute: country, column: {tag: Secret}}
                """);
        for (int i = 0; i < HOSTILE.size(); i++) {
            String text = HOSTILE.get(i);
            String user = "user" + i;
            server.execute(GOVERNOR, "CALL policy.admin.set_attribute('%s', 'country', %s, NULL)".formatted(user, literal(text)));
            server.apply("""
                    {kind: Policy, name: constant, type: mask, columns: {pattern: 'u&.*'}, mask: {type: constant, value: %s}}
                    ---
                    {kind: Policy, name: regex, type: mask, columns: {names: [memory.shop.odd.r]},
                        mask: {type: regex, pattern: %s, replacement: %s}}
                    ---
                    {kind: Policy, name: custom, type: mask, columns: {names: [memory.shop.odd.c]}, mask: {type: custom, expression: %s}}
                    """.formatted(yaml(text), yaml("\\Q" + text + "\\E"), yaml("<" + text.replaceAll("[\\\\$]", "\\\\$0") + ">"),
                    yaml("'<' || %s || '>' || masked_column() || %s".formatted(literal(text), other))));
            // his own row and no more; constants, patterns and replacements are themselves, letter by letter
            assertThat(server.rows(user, "SELECT id, %s, %s, r, c FROM memory.shop.odd".formatted(odd, other))).describedAs(text)
                    .containsExactly(row(i, text, text, "<" + text + ">", "<" + text + ">" + text + "plain"));
        }
        assertThat(server.rows("alice", "TABLE memory.shop.odd")).isEmpty();
    }

    private static String yaml(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private void mask(String column, String mask, String condition) {
        server.apply(
                "{kind: Policy, name: %1$s, type: mask, columns: {names: [memory.shop.customer.%1$s]}, mask: %2$s, condition: \"%3$s\"}"
                        .formatted(column, mask, condition));
    }

    private List<Object> column(String user, String sql) {
        return server.column(user, sql).stream().map(Object.class::cast).collect(toImmutableList());
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
