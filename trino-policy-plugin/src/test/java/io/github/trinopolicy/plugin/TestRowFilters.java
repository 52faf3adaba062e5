package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.store.PolicyStore;
import io.trino.Session;
import io.trino.spi.type.TimeZoneKey;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Filters by time and by share through the real engine, and the ways to get round them.
@TestInstance(PER_CLASS)
class TestRowFilters {
    private static final String ZONE = "Asia/Kolkata";
    private static final int ROWS = 10_000;
    private static final Pattern LITERAL = Pattern.compile("timestamp\\(3\\) '([^']*)'", Pattern.CASE_INSENSITIVE);

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of("policy.time-zone", ZONE));
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE SCHEMA memory.free");
        table("local", "CAST(current_timestamp(3) AT TIME ZONE '%s' - age AS timestamp(3))".formatted(ZONE));
        table("zoned", "current_timestamp(6) - age");
        table("old", "CAST(current_timestamp(3) AT TIME ZONE '%s' - age AS timestamp(3))".formatted(ZONE));
        table("days", "CAST(current_timestamp(3) AT TIME ZONE '%s' - age AS date)".formatted(ZONE));
        table("untimed", "CAST(current_timestamp(3) AS timestamp(3)) - age");
        table("late", "CAST(current_timestamp(3) AS timestamp(3)) - age");
        server.execute(PIPELINE, ("CREATE TABLE memory.shop.big AS SELECT x AS id, 'k' || CAST(x AS varchar) AS code, "
                + "CAST(x AS varchar) AS note FROM UNNEST(sequence(1, %s)) t(x)").formatted(ROWS));
        server.execute(PIPELINE, "INSERT INTO memory.shop.big VALUES (NULL, 'none', '0')");
        server.apply(
                """
                        {kind: DataSource, name: memory.shop}
                        ---
                        {kind: DataSource, name: memory.shop.local, event_time: at, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.shop.zoned, event_time: at, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.shop.old, event_time: at, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.shop.days, event_time: at, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.shop.untimed, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.shop.big, key_columns: [id], approve_columns: all}
                        ---
                        {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: own, to: "true"}}
                        ---
                        {kind: Policy, name: recent, type: row-filter, time_window: {newer_than: 3h},
                            applies_to: {data_sources: [memory.shop.local, memory.shop.zoned, memory.shop.untimed]}}
                        ---
                        {kind: Policy, name: settled, type: row-filter, time_window: {older_than: 1d}, applies_to: {data_sources: [memory.shop.old]}}
                        ---
                        {kind: Policy, name: this-week, type: row-filter, time_window: {newer_than: 7d}, applies_to: {data_sources: [memory.shop.days]}}
                        ---
                        {kind: Policy, name: sample, type: row-filter, minimize: {percent: 10}, applies_to: {data_sources: [memory.shop.big]},
                            exempt: "current_user = 'auditor'"}
                        """);
    }

    private void table(String name, String time) {
        server.execute(PIPELINE, """
                CREATE TABLE memory.shop.%s AS SELECT id, %s AS at, IF(id = 3, 'x', '1') AS note
                FROM (VALUES (1, INTERVAL '1' HOUR), (2, INTERVAL '5' HOUR), (3, INTERVAL '30' DAY), (4, INTERVAL '-1' DAY), (5, NULL))
                    t(id, age)
                """.formatted(name, time));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testTimeWindow() {
        for (String zone : List.of("UTC", "Pacific/Apia", "America/New_York")) {
            Session session = sessionBuilder("alice").setTimeZoneKey(TimeZoneKey.getTimeZoneKey(zone)).build();
            assertThat(ids(session, "local")).describedAs(zone).containsExactly(1, 4);
            assertThat(ids(session, "zoned")).describedAs(zone).containsExactly(1, 4);
            assertThat(ids(session, "old")).describedAs(zone).containsExactly(3);
            // 5 has no date, and what has none is hidden
            assertThat(ids(session, "days")).describedAs(zone).containsExactly(1, 2, 4);
        }
        assertThat(server.value(PIPELINE, "SELECT count(*) FROM memory.shop.local")).isEqualTo(5L);
    }

    @Test
    void testWhereThatGoesWithNoTableIsRefused() {
        server.execute(PIPELINE, "CREATE TABLE memory.shop.typed AS SELECT 1 AS id, 'EU' AS region, ARRAY['a', 'b'] AS marks");
        server.apply("{kind: DataSource, name: memory.shop.typed, approve_columns: all}");
        String filter = "{kind: Policy, name: typed, type: row-filter, applies_to: {data_sources: [memory.shop.typed]}, where: \"%s\"}";
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(filter.formatted("region > 5")))))
                .contains("line 1", "'5' is integer, which does not go with varchar");
        for (String where : ImmutableList.of("contains(marks, 'b')", "any_match(marks, mark -> mark || 'x' BETWEEN 'a' AND lower(region))",
                "year(CAST('2026-01-0' || CAST(id AS varchar) AS date)) = 2026", "id + 1 IN (1, 2, 3)", "CASE id + 1 WHEN 2 THEN true END",
                "nullif(region || 'x', region) IS NOT NULL", "substr(region, -1, 9223372036854775807 * id) = 'U'",
                "CAST(id AS varchar) BETWEEN SYMMETRIC '2' AND '0'",
                "date_trunc('month', DATE '2026-11-22' + id * INTERVAL '1' DAY) = DATE '2026-11-01'")) {
            server.apply(filter.formatted(where));
            assertThat(server.rows("alice", "SELECT id FROM memory.shop.typed")).as(where).hasSize(1);
        }
    }

    @Test
    void testConversionsOfHiddenRowsDoNotFail() {
        server.execute(PIPELINE,
                "CREATE TABLE memory.shop.prices AS SELECT BIGINT '424242' AS id, DECIMAL '7.5' AS price, '{\"a\": 424242}' AS note");
        for (String where : ImmutableList.of("CAST(id AS decimal(38, 38)) IS NOT NULL", "TRY_CAST(id AS decimal(38, 38)) IS NOT NULL",
                "TRY(CAST(id AS decimal(38, 38))) IS NOT NULL", "TRY_CAST(id AS decimal(38, 38)) > price",
                "CAST(json_extract(note, '$') AS varchar) IS NOT NULL")) {
            server.apply("""
                    {kind: DataSource, name: memory.shop.prices, approve_columns: all}
                    ---
                    {kind: Policy, name: cheap, type: row-filter, applies_to: {data_sources: [memory.shop.prices]}, where: "%s"}
                    """.formatted(where));
            assertThat(server.rows("alice", "SELECT id FROM memory.shop.prices")).as(where).isEmpty();
        }
    }

    @Test
    void testTimeWindowReachesTheConnectorAsALiteral() {
        String plan = String
                .valueOf(server.value("alice", "EXPLAIN SELECT a.id FROM memory.shop.local a JOIN memory.shop.local b ON a.id = b.id"));
        assertThat(plan.toLowerCase(ENGLISH)).containsPattern("timestamp\\(3\\) '[^']*' <= at\\b").doesNotContain("cast");
        // one query sees one window
        assertThat(LITERAL.matcher(plan).results().map((MatchResult found) -> found.group(1)).toList()).hasSizeGreaterThanOrEqualTo(2)
                .containsOnly(LITERAL.matcher(plan).results().findFirst().orElseThrow().group(1));
    }

    @Test
    void testTableWithoutEventTimeIsClosed() {
        assertThat(ids(TestingPolicyServer.session("alice"), "untimed")).isEmpty();
        assertThat(
                server.column("alice", "SELECT reason FROM TABLE(policy.session.explain('memory.shop.untimed')) WHERE policy = 'recent'"))
                .containsExactly("closes the table: there is no event_time in its DataSource");
        assertThat(server.column(GOVERNOR, """
                SELECT detail FROM TABLE(policy.admin.plan('{kind: Policy, name: new, type: row-filter, time_window: {newer_than: 1y},
                    applies_to: {data_sources: [memory.shop.untimed, memory.shop.local]}}')) WHERE action = 'warn'
                """)).containsExactly(
                "closes, but to those who are exempt, since there is no event_time in its DataSource: memory.shop.untimed");
    }

    @Test
    void testApplyRefusesWhatOnlyCloses() {
        assertThat(failureOfApply("time_window: {newer_than: 1d}, applies_to: {data_sources: [memory.shop.untimed]}")).contains(
                "none of the selected tables has an event_time that is a date or timestamp; name it in the DataSource");
        assertThat(failureOfApply("minimize: {percent: 1}, applies_to: {data_sources: [memory.shop.local]}"))
                .contains("none of the selected tables has key_columns that can serve; name them in the DataSource");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply('{kind: DataSource, name: memory.shop.untimed, event_time: note}')"))
                .contains("column 'note' of table 'memory.shop.untimed' has type varchar(1); a date or timestamp is expected");
    }

    private String failureOfApply(String rule) {
        return server.failure(GOVERNOR, "CALL policy.admin.apply('{kind: Policy, name: bad, type: row-filter, %s}')".formatted(rule));
    }

    @Test
    void testShare() {
        List<?> shown = server.column("alice", "SELECT id FROM memory.shop.big ORDER BY id");
        // four sigma
        assertThat(shown.size()).isBetween(880, 1120);
        assertThat(shown).doesNotContainNull();
        assertThat(server.column("bob", "SELECT id FROM memory.shop.big ORDER BY id")).isEqualTo(shown);
        assertThat(server.value("alice", "SELECT count(*) FROM memory.shop.big WHERE code LIKE 'k%'")).isEqualTo((long) shown.size());
        assertThat(server.value("auditor", "SELECT count(*) FROM memory.shop.big")).isEqualTo(ROWS + 1L);
    }

    @Test
    @DisplayName("Invariant 1: an expression holds no key")
    void testNoSecretIsShown() {
        String plan = String.valueOf(server.value("alice", "EXPLAIN SELECT * FROM memory.shop.big"));
        assertThat(plan).contains("minimize").doesNotContain(server.secrets().toArray(new String[0]));
        assertThat(server.column(GOVERNOR, """
                SELECT after FROM TABLE(policy.admin.impact('{kind: Policy, name: sample, type: row-filter, minimize: {percent: 20},
                    applies_to: {data_sources: [memory.shop.big]}}')) WHERE column_name IS NULL AND user_name LIKE '%other%'
                """)).containsExactly("filtered: 20 % of the rows by 'id'");
    }

    @Test
    @DisplayName("Invariant 3: nobody can ask the function which rows are hidden")
    void testCallMinimize() {
        String key = "00000000-0000-4000-8000-000000000001";
        for (String user : List.of("alice", GOVERNOR, PIPELINE)) {
            assertThat(server.failure(user, "SELECT policy.masking.minimize(ROW(1), '%s', 1e1)".formatted(key)))
                    .endsWith("Access Denied: Cannot execute function policy.masking.minimize");
        }
        for (String security : List.of("DEFINER", "INVOKER")) {
            assertThat(server.failure("alice",
                    "CREATE VIEW memory.shop.oracle SECURITY %s AS SELECT policy.masking.minimize(ROW(1), '%s', 1e1) AS x"
                            .formatted(security, key)))
                    .endsWith("Access Denied: Cannot execute function policy.masking.minimize");
        }
        assertThat(
                server.failure("alice", ("WITH FUNCTION guess(x bigint) RETURNS boolean RETURN policy.masking.minimize(ROW(x), '%s', 1e1) "
                        + "SELECT guess(1)").formatted(key)))
                .contains("policy.masking.minimize");
    }

    @Test
    @DisplayName("Invariant 6: errors and views tell nothing of hidden rows")
    void testHiddenRowsDoNotShowInErrors() {
        // the row with a text that is no number is too old
        assertThat(server.column("alice", "SELECT id FROM memory.shop.local WHERE CAST(note AS integer) = 1 ORDER BY id"))
                .containsExactly(1, 4);
        List<?> shown = server.column("alice", "SELECT id FROM memory.shop.big ORDER BY id");
        long hidden = (long) requireNonNull(server.value(PIPELINE, "SELECT min(id) FROM memory.shop.big WHERE id NOT IN (%s)".formatted(
                String.join(", ", shown.stream().map(String::valueOf).toList()))));
        // a division by zero for the hidden row alone, also where the row is picked by its key and everything is folded
        assertThat(server.column("alice", "SELECT id FROM memory.shop.big WHERE 1 / (id - %s) > -5 ORDER BY id".formatted(hidden)))
                .isEqualTo(shown);
        assertThat(server.column("alice", "SELECT 1 / (id - %s) FROM memory.shop.big WHERE id = %s".formatted(hidden, hidden))).isEmpty();
        server.execute("alice", "CREATE VIEW memory.free.all_rows SECURITY DEFINER AS SELECT id FROM memory.shop.big");
        assertThat(server.value("bob", "SELECT count(*) FROM memory.free.all_rows")).isEqualTo((long) shown.size());
        // a writer by exemption leaves the share as it is for others
        assertThat(server.failure("alice", "TRUNCATE TABLE memory.shop.big")).contains("Access Denied");
    }

    /// A table that gets its key columns after it was described gets its key then.
    @Test
    void testKeyIsMadeWithTheKeyColumns() {
        String table = "{kind: DataSource, name: memory.shop.late, columns: {id: {}}%s}";
        long before = minimizeKeys();
        server.apply(table.formatted(""));
        assertThat(minimizeKeys()).isEqualTo(before);
        String share = "{kind: Policy, name: late, type: row-filter, minimize: {percent: 100}, applies_to: {data_sources: [memory.shop.late]}}";
        String both = table.formatted(", key_columns: [id]") + "\n---\n" + share;
        // the plan knows that the key will be there
        assertThat(server.column(GOVERNOR, "SELECT detail FROM TABLE(policy.admin.plan(%s)) WHERE action = 'warn' AND kind = 'Policy'"
                .formatted(TestingPolicyServer.literal(both)))).isEmpty();
        server.apply(both);
        assertThat(minimizeKeys()).isEqualTo(before + 1);
        assertThat(server.column("alice", "SELECT id FROM memory.shop.late ORDER BY id")).containsExactly(1, 2, 3, 4, 5);
        server.apply(table.formatted(", key_columns: [id], description: again"));
        assertThat(minimizeKeys()).isEqualTo(before + 1);
    }

    private long minimizeKeys() {
        try (PolicyStore store = server.database().openStore()) {
            return store.load().keys().stream().map(KeyReference::family).filter(KeyFamily.MINIMIZE::equals).count();
        }
    }

    private List<@Nullable Object> ids(Session session, String table) {
        List<@Nullable Object> ids = new ArrayList<>();
        server.rows(session, "SELECT id FROM memory.shop.%s ORDER BY id".formatted(table)).forEach(row -> ids.add(row.getFirst()));
        return ids;
    }
}
