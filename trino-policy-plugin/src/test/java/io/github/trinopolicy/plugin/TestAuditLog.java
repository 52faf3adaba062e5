package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.session;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.hash.Hashing;
import io.trino.Session;
import io.trino.testing.QueryFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What the audit log says of what was done, and to whom.
@TestInstance(PER_CLASS)
class TestAuditLog {
    private static final int QUERIES = 1_000;
    private static final String CANARY = "Kanarienvogel4711";
    private static final String CUSTOMER = """
            {"table": "memory.shop.customer", "columns": [%s], "filters": [%s]}""";
    private static final String ID = """
            {"column": "id", "effect": "raw"}""";
    private static final String EMAIL = """
            {"column": "email", "effect": "hash", "policy": "mask-email"}""";
    private static final String PHONE = """
            {"column": "phone", "effect": "null", "policy": "mask-phone"}""";
    private static final String REGION = """
            {"column": "region", "effect": "raw"}""";
    private static final String FILTERED = """
            {"effect": "filtered", "policy": "own-region"}""";

    private TestingPolicyServer server;
    /// that made all policies
    private long policiesVersion;

    @TempDir
    private static Path directory;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of("policy.audit.file", directory.resolve("audit.jsonl").toString()));
        for (String schema : List.of("shop", "hr", "views", "scratch")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id integer, email varchar, phone varchar, region varchar)");
        server.execute(PIPELINE,
                "INSERT INTO memory.shop.customer VALUES (1, 'ann@example.org', '0815', 'EUROPE'), (2, 'b', '0816', 'ASIA')");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.salary (id integer, amount integer)");
        server.execute(PIPELINE, "CREATE TABLE memory.scratch.open AS SELECT 1 AS id");
        server.apply("""
                {kind: Attribute, name: region}
                ---
                {kind: Group, name: analysts}
                ---
                {kind: Group, name: support}
                ---
                {kind: Purpose, name: Fraud}
                ---
                kind: User
                name: alice
                groups: [analysts]
                attributes: {region: [EUROPE]}
                ---
                kind: User
                name: sue
                groups: [analysts, support]
                ---
                kind: User
                name: vera
                groups: [analysts]
                ---
                kind: DataSource
                name: memory.shop
                owners: {users: [dana]}
                ---
                kind: DataSource
                name: memory.shop.customer
                approve_columns: all
                ---
                kind: DataSource
                name: memory.hr
                ---
                kind: DataSource
                name: memory.hr.salary
                approve_columns: all
                ---
                kind: DataSource
                name: memory.views
                ---
                kind: Project
                name: fraud
                purposes: [Fraud]
                members: {users: [alice]}
                data_sources: [memory.shop.customer]
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {data_sources: [memory.shop, memory.views]}
                grant: {level: read, to: "in_any_group('analysts')"}
                ---
                kind: Policy
                name: views
                type: access
                applies_to: {data_sources: [memory.views]}
                grant: {level: own, to: "current_user = 'vera'"}
                ---
                kind: Policy
                name: mask-email
                type: mask
                columns: {names: [memory.shop.customer.email]}
                mask: {type: hash}
                ---
                kind: Policy
                name: mask-phone
                type: mask
                columns: {names: [memory.shop.customer.phone]}
                mask: {type: 'null'}
                exempt: "in_any_group('support')"
                ---
                kind: Policy
                name: own-region
                type: row-filter
                applies_to: {data_sources: [memory.shop.customer]}
                matches: {attribute: region, column: {name: region}}
                exempt: "in_any_group('support')"
                """);
        policiesVersion = server.version();
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    /// The row of a query, without what is NULL.
    private Map<String, Object> row(String query) {
        List<Map<String, Object>> rows = awaitRows("query_id = '%s' AND kind = 'query'".formatted(query), 1);
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private List<Map<String, Object>> awaitRows(String condition, int count) {
        String sql = "SELECT * FROM policy.metadata.audit_log WHERE " + condition;
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        List<Map<String, Object>> rows = rows(AUDITOR, sql);
        while (rows.size() < count && System.nanoTime() < deadline) {
            pause();
            rows = rows(AUDITOR, sql);
        }
        return rows;
    }

    private List<Map<String, Object>> rows(String user, String sql) {
        List<String> columns = server.execute(user, sql).getColumnNames();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (List<@Nullable Object> row : server.rows(user, sql)) {
            Map<String, Object> values = new TreeMap<>();
            for (int i = 0; i < columns.size(); i++) {
                Object value = row.get(i);
                if (value != null) {
                    values.put(columns.get(i), value);
                }
            }
            rows.add(values);
        }
        return rows;
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        }
        catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return the identifier of the query
    private String run(Session session, String sql) {
        return server.runner().executeWithPlan(session, sql).queryId().id();
    }

    private String run(String user, String sql) {
        return run(session(user), sql);
    }

    private String fail(String user, String sql) {
        return fail(session(user), sql);
    }

    /// @return the identifier of the query, which fails
    private String fail(Session session, String sql) {
        QueryFailedException failure = catchThrowableOfType(QueryFailedException.class, () -> server.execute(session, sql));
        assertThat(failure).describedAs("%s did not fail", sql).isNotNull();
        return failure.getQueryId().id();
    }

    private String json(String... objects) {
        return ("[" + String.join(", ", objects) + "]").replaceAll("\"policy\": \"[^\"]*\"", "$0, \"version\": " + policiesVersion);
    }

    @Test
    void testQuery() {
        Session session = sessionBuilder("alice").setSource("report").setClientInfo("info").build();
        String query = run(session, "SELECT id, upper(email) AS shown FROM shop.customer AS c WHERE phone IS NULL AND region <> 'x'"
                .replace("shop.", "memory.shop."));
        Map<String, Object> row = row(query);
        assertThat(row.keySet()).contains("happened_at", "event_id", "node_id", "began_at", "elapsed_millis", "queued_millis", "cpu_millis",
                "input_rows");
        assertThat(row).containsEntry("kind", "query")
                .containsEntry("query_id", query)
                .containsEntry("user_name", "alice")
                .containsEntry("user_groups", List.of("analysts"))
                .containsEntry("purposes", List.of())
                .containsEntry("exempt", false)
                .containsEntry("client_source", "report")
                .containsEntry("client_info", "info")
                .containsEntry("client_address", "127.0.0.1")
                .containsEntry("state", "FINISHED")
                .containsEntry("statement", "SELECT")
                .containsEntry("query_text",
                        "SELECT id, upper(email) AS shown FROM memory.shop.customer AS c WHERE phone IS NULL AND region <> ?")
                .containsEntry("output_rows", 1L)
                .containsEntry("written_rows", 0L)
                .containsEntry("tables", json(CUSTOMER.formatted(String.join(", ", EMAIL, ID, PHONE, REGION), FILTERED)))
                .doesNotContainKeys("error_code", "query_hash", "original_user", "project", "output_table", "action", "changes");
        assertThat((long) requireNonNull(row.get("policy_version"))).isPositive().isLessThanOrEqualTo(server.version());
    }

    @Test
    void testRowsAreWhatWasDone() {
        server.execute(PIPELINE, "CREATE TABLE memory.scratch.sink (id integer)");
        long seed = System.nanoTime();
        TestingAuditedQuery.Generator generator = new TestingAuditedQuery.Generator(seed, policyVersions(), server.version());
        Map<String, TestingAuditedQuery> done = new ConcurrentHashMap<>();
        Instant begin = Instant.now();
        List<TestingAuditedQuery> queries = Stream.generate(generator::next).limit(QUERIES).toList();
        queries.parallelStream().forEach(query -> done.put(query.fails()
                ? fail(query.session(), query.sql())
                : run(query.session(), query.sql()), query));
        assertThat(done).hasSize(QUERIES);
        assertThat(done.values().stream().filter(query -> query.denial().isPresent()).count()).isPositive();

        String condition = "query_id IN (%s) AND kind = '%s'";
        String all = done.keySet().stream().map(TestingPolicyServer::literal).collect(joining(", "));
        List<Map<String, Object>> rows = awaitRows(condition.formatted(all, "query"), QUERIES);
        assertThat(rows).hasSize(QUERIES);
        for (Map<String, Object> row : rows) {
            TestingAuditedQuery query = requireNonNull(done.get(String.valueOf(row.get("query_id"))));
            assertThat(withoutMeasures(row, begin)).describedAs("seed %s, %s", seed, query.sql())
                    .isEqualTo(new TreeMap<>(query.expected()));
        }
        Map<String, TestingAuditedQuery> denied = Maps.filterValues(done, query -> query.denial().isPresent());
        List<Map<String, Object>> denials = awaitRows(condition.formatted(all, "denial"), denied.size());
        assertThat(denials).extracting(row -> row.get("query_id")).containsOnlyElementsOf(denied.keySet()).hasSizeGreaterThanOrEqualTo(
                denied.size());
        for (Map<String, Object> row : denials) {
            TestingAuditedQuery query = requireNonNull(denied.get(String.valueOf(row.get("query_id"))));
            Map<String, Object> said = withoutMeasures(row, begin);
            assertThat(said.remove("reason")).asString().startsWith("Access Denied: ");
            assertThat(said).describedAs("seed %s, %s", seed, query.sql()).isEqualTo(new TreeMap<>(query.denial().orElseThrow()));
        }
    }

    /// Checks what differs from run to run, and takes it away.
    private static Map<String, Object> withoutMeasures(Map<String, Object> row, Instant begin) {
        Map<String, Object> rest = new TreeMap<>(row);
        Instant happened = ((ZonedDateTime) requireNonNull(rest.remove("happened_at"))).toInstant();
        assertThat(happened).isBetween(begin, Instant.now());
        assertThat(UUID.fromString((String) requireNonNull(rest.remove("event_id")))).isNotNull();
        assertThat(rest.remove("node_id")).isNotNull();
        assertThat(rest.remove("query_id")).isNotNull();
        if ("query".equals(row.get("kind"))) {
            assertThat(((ZonedDateTime) requireNonNull(rest.remove("began_at"))).toInstant()).isBetween(begin, happened);
            long longest = Duration.between(begin, Instant.now()).toMillis();
            for (String measure : List.of("elapsed_millis", "queued_millis", "cpu_millis")) {
                assertThat((long) requireNonNull(rest.remove(measure))).describedAs(measure).isBetween(0L, longest);
            }
            // both rows of the table, or none where it failed or was planned alone
            assertThat((long) requireNonNull(rest.remove("input_rows"))).isIn(0L, 2L);
        }
        return rest;
    }

    /// The version that wrote each policy last.
    private Map<String, Long> policyVersions() {
        return server.database().query("SELECT name || ':' || version FROM policy.object WHERE kind = 'Policy'").stream()
                .map(row -> row.split(":"))
                .collect(toMap(row -> row[0], row -> Long.parseLong(row[1])));
    }

    @Test
    void testExceptionsAreNamed() {
        Map<String, Object> row = row(run("sue", "SELECT phone FROM memory.shop.customer"));
        assertThat(row).containsEntry("output_rows", 2L).containsEntry("tables", json(CUSTOMER.formatted(
                """
                        {"column": "phone", "effect": "raw", "exception": "'exempt' of mask-phone holds"}""",
                """
                        {"effect": "all rows", "policy": "own-region", "exception": "'exempt' holds"}""")));
        Map<String, Object> exempt = row(run(PIPELINE, "SELECT phone FROM memory.shop.customer"));
        assertThat(exempt).containsEntry("exempt", true).containsEntry("tables", json(CUSTOMER.formatted("""
                {"column": "phone", "effect": "exempt"}""", "")));
    }

    @Test
    void testWhatNoPolicyIsAbout() {
        Map<String, Object> row = row(run("alice", "CREATE TABLE memory.scratch.copy AS SELECT id FROM memory.scratch.open"));
        assertThat(row).containsEntry("statement", "CREATE TABLE")
                .containsEntry("output_table", "memory.scratch.copy")
                .containsEntry("written_rows", 1L)
                .containsEntry("tables", json("""
                        {"table": "memory.scratch.open", "columns": [{"column": "id", "effect": "ungoverned"}], "filters": []}"""));
    }

    @Test
    void testFailure() {
        // the message quotes a value, so it is not kept
        String query = fail("sue", "SELECT CAST(email AS integer) FROM memory.shop.customer");
        Map<String, Object> row = row(query);
        assertThat(row).containsEntry("state", "FAILED").containsEntry("error_code", "INVALID_CAST_ARGUMENT").containsKey("tables")
                .containsEntry("query_text", "SELECT CAST(email AS integer) FROM memory.shop.customer");
        assertThat(row.toString()).doesNotContain("ann@example.org");
    }

    @Test
    void testExplainIsRecorded() {
        Map<String, Object> row = row(run("alice", "EXPLAIN SELECT email FROM memory.shop.customer"));
        assertThat(row).containsEntry("statement", "EXPLAIN").containsEntry("tables", json(CUSTOMER.formatted(EMAIL, FILTERED)));
    }

    @Test
    void testDenials() {
        assertDenied("alice", "SELECT amount FROM memory.hr.salary", "select from columns", "memory.hr.salary");
        assertDenied("alice", "DROP TABLE memory.shop.customer", "drop table", "memory.shop.customer");
        assertDenied("alice", "SELECT policy.masking.hash('a', 'b')", "execute function", "routine policy.masking.hash");
        assertDenied("alice", "CREATE ROLE friends", "create role", "name friends");
        assertDenied("alice", "SET SESSION join_reordering_strategy = 'NONE'", "set system session property",
                "name join_reordering_strategy");
        assertDenied("alice", "SELECT * FROM system.runtime.queries", "select from columns", "system.runtime.queries");
        assertDenied("alice", "GRANT SELECT ON memory.shop.customer TO bob", "grant table privilege", "memory.shop.customer");
        assertDenied("alice", "CREATE VIEW memory.shop.mine AS SELECT 1 AS x", "create view", "memory.shop.mine");
        // refused by the plugin's own procedures
        String query = fail("alice", "CALL policy.admin.apply('{kind: Tag, name: Mine}')");
        assertThat(row(query)).containsEntry("error_code", "PERMISSION_DENIED").containsEntry("user_name", "alice");
    }

    private void assertDenied(String user, String sql, String action, String object) {
        String query = fail(user, sql);
        Map<String, Object> denial = awaitRows("kind = 'denial' AND query_id = '%s'".formatted(query), 1).getFirst();
        assertThat(denial).containsEntry("action", action).containsEntry("object", object).containsEntry("user_name", user)
                .containsEntry("user_groups", List.of("analysts")).containsKeys("policy_version", "happened_at");
        if (!action.equals("execute function")) {
            assertThat(String.valueOf(denial.get("reason"))).startsWith("Access Denied: ");
        }
        assertThat(row(query)).containsEntry("error_code", "PERMISSION_DENIED").containsEntry("state", "FAILED");
    }

    @Test
    void testAdministration() {
        List<String> queries = List.of(
                run(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('newcomer', 'region', 'ASIA')"));
        long version = server.version();
        Map<String, Object> row = awaitRows("kind = 'administration' AND policy_version = " + version, 1).getFirst();
        assertThat(row).containsEntry("user_name", ENTITLEMENT_ADMINISTRATOR).containsEntry("action", "set_attribute")
                .containsEntry("object", "User newcomer").containsEntry("query_id", queries.getFirst());
        assertThat(String.valueOf(row.get("changes"))).contains("\"before\": null").contains("ASIA").contains("\"kind\": \"User\"");
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.unset_attribute('newcomer', 'region')");
        Map<String, Object> after = awaitRows("kind = 'administration' AND policy_version = " + (version + 1), 1).getFirst();
        assertThat(String.valueOf(after.get("changes"))).matches("(?s).*\"before\": \"[^\"]*.*ASIA.*");
        // he who did it finds that he did, and nothing of documents; others find nothing
        String sql = "SELECT * FROM policy.metadata.audit_log WHERE kind = 'administration' AND object = 'User newcomer'";
        assertThat(rows(ENTITLEMENT_ADMINISTRATOR, sql)).hasSize(2).allSatisfy(own -> assertThat(own).doesNotContainKey("changes"));
        assertThat(rows("alice", sql)).isEmpty();
        assertThat(rows("newcomer", sql)).isEmpty();
        assertThat(file()).anySatisfy(line -> assertThat(line).contains("\"kind\":\"administration\"", "\"action\":\"set_attribute\"",
                "\"object\":\"User newcomer\"", "\"policy_version\":%s".formatted(version)).doesNotContain("ASIA"));
    }

    @Test
    void testActsThatChangeNoPolicy() {
        String staged = run(GOVERNOR, "CALL policy.admin.stage('large', 1, '{kind: Tag, name: Staged}')");
        String dropped = run(GOVERNOR, "CALL policy.admin.unstage('large')");
        assertAct(staged, "stage", "part 1 of bundle large");
        assertAct(dropped, "unstage", "bundle large");
        long version = server.version();
        server.database().execute("INSERT INTO policy.job (kind, object, pin, node_id, state, started_at) "
                + "VALUES ('ATTRIBUTE_SOURCE', 'regions', 'pin', 'another', 'RUNNING', now())");
        String job = server.database().query("SELECT max(job_id) FROM policy.job").getFirst();
        assertAct(run(GOVERNOR, "CALL policy.admin.cancel_job(%s)".formatted(job)), "cancel_job", "job " + job);
        assertThat(server.version()).isEqualTo(version);
        // what was refused is no act
        String refused = fail("alice", "CALL policy.admin.stage('large', 1, 'x')");
        row(refused);
        assertThat(rows(AUDITOR,
                "SELECT * FROM policy.metadata.audit_log WHERE kind = 'administration' AND query_id = '%s'".formatted(refused)))
                .isEmpty();
    }

    private void assertAct(String query, String action, String object) {
        List<Map<String, Object>> acts = rows(AUDITOR,
                "SELECT * FROM policy.metadata.audit_log WHERE kind = 'administration' AND query_id = '%s'".formatted(query));
        assertThat(acts).hasSize(1).first().satisfies(act -> assertThat(act).containsEntry("user_name", GOVERNOR)
                .containsEntry("action", action).containsEntry("object", object).doesNotContainKeys("policy_version", "changes"));
        assertThat(file()).anySatisfy(line -> assertThat(line).contains(query, "\"action\":\"%s\"".formatted(action)));
    }

    private static List<String> file() {
        try {
            return Files.readAllLines(directory.resolve("audit.jsonl"));
        }
        catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void testProjectAndPurposes() {
        server.execute("alice", "CALL policy.session.use_project('fraud')");
        try {
            assertThat(row(run("alice", "SELECT id FROM memory.shop.customer"))).containsEntry("project", "fraud")
                    .containsEntry("purposes", List.of("Fraud"));
        }
        finally {
            server.execute("alice", "CALL policy.session.leave_project()");
        }
        assertThat(awaitRows("kind = 'administration' AND user_name = 'alice'", 2)).extracting(row -> row.get("action"))
                .contains("use_project", "leave_project");
    }

    @Test
    void testTablesUnderViews() {
        server.execute("vera", "CREATE VIEW memory.views.customers AS SELECT id, email FROM memory.shop.customer");
        // the columns of the view are approved in the background
        awaitRows("kind = 'administration' AND action = 'create view'", 1);
        String query = run("alice", "SELECT email FROM memory.views.customers");
        String under = """
                {"as": "vera", "table": "memory.shop.customer", "columns": [%s], "filters": [%s]}""".formatted(EMAIL + ", " + ID, FILTERED);
        String itself = """
                {"table": "memory.views.customers", "columns": [{"column": "email", "effect": "raw"}], "filters": []}""";
        assertThat(row(query)).containsEntry("tables", json(under, itself));
        // the user may not know what is under the view
        Map<String, Object> own = rows("alice", "SELECT * FROM policy.metadata.audit_log WHERE query_id = '%s'".formatted(query))
                .getFirst();
        assertThat(own.get("tables")).isEqualTo(json(itself));
    }

    @Test
    void testEachSeesWhatHeMayKnow() {
        String alices = run("alice", "SELECT id FROM memory.shop.customer WHERE id > 5");
        String pipelines = run(PIPELINE, "SELECT c.id FROM memory.shop.customer c JOIN memory.hr.salary s ON c.id = s.id");
        row(alices);
        row(pipelines);
        String sql = "SELECT * FROM policy.metadata.audit_log WHERE query_id IN ('%s', '%s') ORDER BY happened_at".formatted(alices,
                pipelines);
        assertThat(rows(GOVERNOR, sql)).isEqualTo(rows(AUDITOR, sql)).hasSize(2);
        assertThat(rows("alice", sql)).hasSize(1).first()
                .satisfies(row -> assertThat(row).containsKeys("query_text", "user_groups", "tables"));
        assertThat(rows("sue", sql)).isEmpty();
        // nor by naming somebody else, nor by another column
        assertThat(rows("sue", "SELECT * FROM policy.metadata.audit_log WHERE user_name = 'alice'")).isEmpty();
        assertThat(server.value("sue", "SELECT count(*) FROM policy.metadata.audit_log WHERE user_name <> 'sue'")).isEqualTo(0L);
        // an owner learns who used his table and how, not what else
        assertThat(rows("dana", sql)).hasSize(2).allSatisfy(row -> {
            assertThat(row).containsKeys("user_name", "tables", "policy_version", "happened_at")
                    .doesNotContainKeys("query_text", "query_hash", "user_groups", "purposes", "client_source", "client_info",
                            "input_rows");
            assertThat(row.toString()).doesNotContain("salary").contains("memory.shop.customer");
        });
        // a view does not read it for others
        server.execute(PIPELINE, "CREATE VIEW memory.scratch.log AS SELECT * FROM policy.metadata.audit_log");
        assertThat(server.value("sue", "SELECT count(*) FROM memory.scratch.log WHERE user_name <> 'sue'")).isEqualTo(0L);
    }

    @Test
    void testConditionOnTimeReadsThatTime() {
        row(run("alice", "SELECT id FROM memory.shop.customer"));
        assertThat((long) requireNonNull(server.value(AUDITOR,
                "SELECT count(*) FROM policy.metadata.audit_log WHERE happened_at > current_timestamp - INTERVAL '1' HOUR")))
                .isPositive();
        assertThat(server.value(AUDITOR,
                "SELECT count(*) FROM policy.metadata.audit_log WHERE happened_at < current_timestamp - INTERVAL '1' HOUR"))
                .isEqualTo(0L);
        assertThat(server.value(AUDITOR, """
                SELECT count(*) FROM policy.metadata.audit_log a JOIN policy.metadata.audit_log b
                ON a.event_id = b.event_id AND a.happened_at = b.happened_at WHERE a.kind = 'denial' AND a.user_name <> b.user_name"""))
                .isEqualTo(0L);
    }

    @Test
    void testWhoSawAColumn() {
        row(run("sue", "SELECT email FROM memory.shop.customer"));
        List<List<@Nullable Object>> rows = server.rows(AUDITOR, WHO_SAW_A_COLUMN.formatted("memory.shop.customer", "email"));
        assertThat(rows).anySatisfy(row -> assertThat(row.subList(1, 5)).isEqualTo(List.of("sue", "hash", "mask-email", policiesVersion)));
        assertThat(documented()).contains(WHO_SAW_A_COLUMN.formatted("lake.shop.customer", "email"));
    }

    private static final String WHO_SAW_A_COLUMN = """
            SELECT happened_at, user_name, c.effect, c.policy, c.version
            FROM policy.metadata.audit_log
            CROSS JOIN UNNEST(CAST(json_parse(tables) AS array(row("table" varchar, columns array(row("column" varchar, effect varchar, policy varchar, version bigint)))))) AS t (name, columns)
            CROSS JOIN UNNEST(t.columns) AS c (name, effect, policy, version)
            WHERE happened_at > current_timestamp - INTERVAL '7' DAY AND t.name = '%s' AND c.name = '%s'
            """;

    private static String documented() {
        try {
            return Files.readString(Path.of("..", "docs", "operations.md"));
        }
        catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("Invariant 11: personal data in queries does not reach the audit log")
    void testCanaries()
            throws IOException {
        List<String> queries = new ArrayList<>();
        for (String sql : List.of(
                "SELECT id FROM memory.shop.customer WHERE email = '%s'",
                "SELECT id /* %s */ FROM memory.shop.customer -- %s",
                "SELECT id FROM memory.shop.customer WHERE email IN (U&'\\004B', '%s') OR email LIKE '%%%s' ESCAPE '$'",
                "EXECUTE IMMEDIATE 'SELECT id FROM memory.shop.customer WHERE email = ''%s'''",
                "EXECUTE IMMEDIATE 'SELECT id FROM memory.shop.customer WHERE email = ?' USING '%s'",
                "EXPLAIN SELECT id FROM memory.shop.customer WHERE email = '%s'",
                "WITH x AS (SELECT '%s' AS c) SELECT count(*) FROM x",
                "VALUES '%s'")) {
            queries.add(run("sue", sql.replace("%%", "%").replace("%s", CANARY)));
        }
        for (String sql : List.of(
                "SELECT id FROM memory.shop.customer WHERE email = \"%s\"",
                "SELECT id FROM memory.shop.customer WHERE email = %s",
                "SELECT id FROM memory.shop.customer WHERE email = '%s",
                "%s",
                "SELECT CAST('%s' AS integer)",
                "SELECT amount FROM memory.hr.salary WHERE 'x' = '%s'",
                "SELECT %s('a')",
                "EXECUTE IMMEDIATE 'SELECT id FROM memory.shop.customer WHERE email = \"%s\"'",
                "SELECT fail('%s')",
                "CALL policy.admin.add_tag('memory.shop.customer', '%s')",
                "INSERT INTO memory.hr.salary SELECT 1, %s",
                "SET SESSION memory.x = '%s'")) {
            queries.add(fail("sue", sql.replace("%s", CANARY)));
        }
        queries.forEach(this::row);
        assertThat(server.database().query("SELECT count(*) FROM policy.audit_log").getFirst()).isNotEqualTo("0");
        assertThat(server.database().query("SELECT to_jsonb(a)::text FROM policy.audit_log a")).noneMatch(row -> row.contains(CANARY));
        assertThat(Files.readString(directory.resolve("audit.jsonl"))).contains(queries.getFirst()).doesNotContain(CANARY);
        // of what is no statement, and of what names something that is not there, the hash alone
        String unparsable = row(queries.get(11)).toString();
        assertThat(unparsable).contains("query_hash=" + Hashing.sha256().hashString(CANARY, StandardCharsets.UTF_8))
                .doesNotContain("query_text");
    }

    @Test
    void testTheFileSaysWhatTheStoreSays()
            throws IOException {
        String query = run("alice", "SELECT id FROM memory.shop.customer");
        Object event = row(query).get("event_id");
        assertThat(Files.readAllLines(directory.resolve("audit.jsonl")).stream().filter(line -> line.contains(query)).toList())
                .hasSize(1).first().asString().contains("\"event_id\":\"%s\"".formatted(event)).contains("\"policy\":\"own-region\"");
    }

    @Test
    @DisplayName("Invariant 1: no key and no name of the enforcement user in the audit log")
    void testNoSecrets() {
        row(run("alice", "SELECT email, phone FROM memory.shop.customer"));
        List<String> log = server.database().query("SELECT to_jsonb(a)::text FROM policy.audit_log a");
        List<String> secrets = server.secrets();
        assertThat(log).noneMatch(row -> secrets.stream().anyMatch(row::contains)).noneMatch(row -> row.contains("policy-enforcer-"));
    }

    @Test
    void testStrangeNamesDoNotStopTheLog() {
        server.execute("alice", "CREATE TABLE memory.scratch.strange AS SELECT 1 AS \"a\0b\", 2 AS \"\\u0000\"");
        Map<String, Object> row = row(run("alice", "SELECT * FROM memory.scratch.strange"));
        assertThat(row).containsEntry("state", "FINISHED").containsKey("tables");
    }

    @Test
    void testLogOfAllIsReadPageByPage() {
        IntStream.range(0, 30).forEach(_ -> run("nobody", "SELECT 1"));
        awaitRows("user_name = 'nobody'", 30);
        // more than one page once a few hundred events are there
        server.database().execute("""
                INSERT INTO policy.audit_log (event_id, happened_at, kind, user_name)
                SELECT gen_random_uuid(), now() - interval '2 days', 'query', 'crowd' FROM generate_series(1, 1200)""");
        assertThat(server.value(AUDITOR, "SELECT count(*) FROM policy.metadata.audit_log WHERE user_name = 'crowd'")).isEqualTo(1200L);
        assertThat(server.value(AUDITOR, "SELECT count(DISTINCT event_id) FROM policy.metadata.audit_log WHERE user_name = 'crowd'"))
                .isEqualTo(1200L);
        assertThat(server.value("crowd",
                "SELECT count(*) FROM policy.metadata.audit_log WHERE happened_at < current_timestamp - INTERVAL '1' DAY"))
                .isEqualTo(1200L);
        server.database().execute("DELETE FROM policy.audit_log WHERE user_name = 'crowd'");
    }
}
