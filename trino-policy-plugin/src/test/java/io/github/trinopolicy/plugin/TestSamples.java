package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static io.github.trinopolicy.plugin.TestingPolicyServer.withoutCode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.trino.Session;
import io.trino.spi.security.Identity;
import io.trino.testing.MaterializedResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Raw rows for owners, and the ways to get at them, or to get them out, without being meant to.
@TestInstance(PER_CLASS)
class TestSamples {
    private static final String SECRET = "olga-Sample-Secret-4711";
    private static final String CANARY = "canary-917-55-1234";
    private static final String SAMPLE = "SELECT * FROM TABLE(policy.admin.sample('memory.hr.people'))";
    private static final String NOT_ALONE = "Access Denied: Cannot sample memory.hr.people: the statement must be "
            + "SELECT columns FROM TABLE(policy.admin.sample(...)), and nothing else";
    private static final String NO_SECRET = "Access Denied: Cannot sample %s: the connection does not present your sample secret of it "
            + "as extra credential policy.sample-secret; CALL policy.admin.set_sample_secret sets one, and after wrong ones you have to wait";

    private final TestingLogCapture log = new TestingLogCapture();
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        Logger.getLogger("").addHandler(log);
        // no place to spool to: what asks for spooling, and is not refused, fails
        server = TestingPolicyServer.start(ImmutableMap.of("policy.allowed-session-properties", "retry_policy"),
                ImmutableMap.of("protocol.spooling.enabled", "true", "protocol.spooling.shared-secret-key",
                        TestingPolicyServer.newKeyEncryptionKey()));
        server.execute(PIPELINE, "CREATE SCHEMA memory.hr");
        server.execute(PIPELINE, "CREATE SCHEMA memory.open");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.people (id bigint, ssn varchar, photo varbinary, phones array(varchar), "
                + "born date, score decimal(5, 2), odd array(uuid))");
        server.execute(PIPELINE, "INSERT INTO memory.hr.people VALUES (1, '%s', X'00ff', ARRAY['a', NULL], DATE '1990-01-02', 1.50, NULL), "
                .formatted(CANARY) + "(2, NULL, NULL, NULL, NULL, NULL, NULL)");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.jobs (title varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.hr.jobs VALUES 'clerk'");
        server.execute(PIPELINE, "CREATE TABLE memory.open.sink (ssn varchar)");
        server.execute(PIPELINE, "CREATE VIEW memory.hr.everybody SECURITY DEFINER AS SELECT id, ssn FROM memory.hr.people");
        server.apply(
                """
                        {kind: Tag, name: PII}
                        ---
                        {kind: Group, name: stewards}
                        ---
                        {kind: Group, name: helpers}
                        ---
                        {kind: User, name: greta, groups: [stewards]}
                        ---
                        {kind: User, name: henk, groups: [helpers]}
                        ---
                        {kind: DataSource, name: memory.hr}
                        ---
                        {kind: DataSource, name: memory.hr.people, owners: {users: [olga], groups: [stewards]}, columns: {id: {}, ssn: {tags: [PII]}}}
                        ---
                        {kind: DataSource, name: memory.hr.jobs, owners: {users: [otto, olga]}, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.hr.everybody, owners: {users: [olga]}, approve_columns: all}
                        ---
                        {kind: Policy, name: read, type: access, applies_to: {data_sources: [memory.hr]}, grant: {level: own, to: "true"}}
                        ---
                        {kind: Policy, name: hide, type: mask, columns: {tags: [PII]}, mask: {type: constant, value: hidden}}
                        ---
                        {kind: Policy, name: act, type: impersonation, who: "current_user = 'henk'", as: {users: [olga]}}
                        """);
        server.execute("olga", "CALL policy.admin.set_sample_secret('memory.hr.people', '%s')".formatted(SECRET));
    }

    @AfterAll
    void stopServer() {
        Logger.getLogger("").removeHandler(log);
        server.close();
    }

    @Test
    void testOwnerSeesRawRows() {
        assertThat(server.column("olga", "SELECT DISTINCT ssn FROM memory.hr.people")).containsExactly("hidden");
        MaterializedResult result = server.execute(olga(), SAMPLE);
        assertThat(result.getColumnNames()).containsExactly("id", "ssn", "photo", "phones", "born", "score", "odd");
        assertThat(server.rows(olga(), SAMPLE)).containsExactlyInAnyOrder(
                Arrays.asList("1", CANARY, "00FF", "[\"a\",null]", "1990-01-02", "1.50", null),
                Arrays.asList("2", null, null, null, null, null, null));
        assertThat(server.rows(olga(), "SELECT s.ssn AS n, born FROM TABLE(policy.admin.sample("
                + "table_name => 'memory.hr.people', row_limit => 1)) s LIMIT 5")).hasSize(1);
        assertThat(server.rows(olga(), "EXECUTE IMMEDIATE 'SELECT ssn FROM TABLE(policy.admin.sample(?))' USING 'memory.hr.people'"))
                .hasSize(2);
        assertThat(server.rows(greta(), SAMPLE)).hasSize(2);
    }

    @Test
    void testDocumentedStatements() throws IOException {
        String chapter = Files.readString(Path.of("..", "docs", "semantics.md")).split("\n## Samples\n", 2)[1];
        String[] statements = chapter.split("```sql\n", 2)[1].split("```", 2)[0].strip().split(";\n?");
        assertThat(statements).hasSize(2);
        for (String statement : statements) {
            server.execute(olga(), statement.replace("lake.shop.customer", "memory.hr.people"));
        }
    }

    private Session greta() {
        String secret = "greta-is-a-steward";
        server.execute(presenting("greta", secret), "CALL policy.admin.set_sample_secret('memory.hr.people')");
        return presenting("greta", secret);
    }

    @Test
    void testArguments() {
        for (String limit : List.of("0", "-1", "1001", "NULL")) {
            server.assertRefused(olga(), sample("memory.hr.people", limit), "row_limit must be 1 to 1000");
        }
        assertThat(server.failure(olga(), sample("memory.hr.\"people$properties\"", "1"))).contains("shows metadata");
        assertThat(server.failure(olga(), sample("memory.information_schema.tables", "1"))).contains("shows metadata");
        assertThat(server.failure(olga(), sample("policy.metadata.audit_log", "1"))).contains("shows metadata");
        server.assertRefused(olga(), sample("people", "1"), "table_name must name a table as catalog.schema.table");
        // who owns nothing learns nothing of what there is
        server.assertRefused(olga(), sample("memory.hr.nothing", "1"),
                "Access Denied: Cannot sample memory.hr.nothing: olga is not an owner of the data source");
    }

    @Test
    void testSecretIsNeeded() {
        for (Session session : List.of(TestingPolicyServer.session("olga"), presenting("olga", ""),
                presenting("olga", SECRET.toLowerCase(ENGLISH)))) {
            server.assertRefused(session, SAMPLE, NO_SECRET.formatted("memory.hr.people"));
        }
        server.execute(olga(), SAMPLE);
        // one for another table is none, and who set none has the same answer
        server.assertRefused(olga(), sample("memory.hr.jobs", "1"), NO_SECRET.formatted("memory.hr.jobs"));
        server.assertRefused(presenting("otto", SECRET), sample("memory.hr.jobs", "1"), NO_SECRET.formatted("memory.hr.jobs"));
        server.execute(olga(), SAMPLE);
        assertThat(server.database().query("SELECT count(*) FROM policy.audit_log WHERE kind = 'denial' AND action = 'sample' "
                + "AND user_name = 'otto' AND object = 'memory.hr.jobs' AND code = 'POLICY-305'")).containsExactly("1");
    }

    @Test
    void testGuessingIsSlow() {
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('stewards', 'guesser')");
        String secret = "guess-me-if-you-can";
        server.execute("guesser", "CALL policy.admin.set_sample_secret('memory.hr.people', '%s')".formatted(secret));
        for (int i = 0; i < 5; i++) {
            server.assertRefused(presenting("guesser", "wrong-%s-0123456789".formatted(i)), SAMPLE,
                    NO_SECRET.formatted("memory.hr.people"));
        }
        server.assertRefused(presenting("guesser", secret), SAMPLE, NO_SECRET.formatted("memory.hr.people"));
        // others do not wait for him, and he himself not forever
        assertThat(server.rows(olga(), SAMPLE)).hasSize(2);
        await(() -> succeeds(presenting("guesser", secret), SAMPLE));
    }

    @Test
    void testOthers() {
        for (String user : List.of(GOVERNOR, AUDITOR, PIPELINE, "otto", "mallory")) {
            server.assertRefused(presenting(user, SECRET), SAMPLE,
                    "Access Denied: Cannot sample memory.hr.people: %s is not an owner of the data source".formatted(user));
            server.assertRefused(user, "CALL policy.admin.set_sample_secret('memory.hr.people', '%s')".formatted(SECRET),
                    "Access Denied: Cannot set a sample secret of memory.hr.people: %s is not an owner of the data source".formatted(user));
        }
    }

    @Test
    void testNobodyAsksInAnothersName() throws IOException, InterruptedException {
        Map<String, String> headers = ImmutableMap.of("X-Trino-User", "olga", "X-Trino-Original-User", "henk", "X-Trino-Extra-Credential",
                "policy.sample-secret=" + SECRET);
        TestingProtocolClient client = new TestingProtocolClient(server);
        assertThat(client.answers(headers, "SELECT ssn FROM memory.hr.people")).contains("hidden");
        assertThat(client.answers(headers, SAMPLE)).doesNotContain(CANARY).contains("log in as olga, who is asked himself");
        assertThat(client.answers(headers, "CALL policy.admin.set_sample_secret('memory.hr.people', 'henks-own-secret-1')"))
                .contains("log in as olga, who is asked himself");
        assertThat(server.rows(olga(), SAMPLE)).hasSize(2);
    }

    @Test
    void testNothingElseInTheStatement() {
        String call = "TABLE(policy.admin.sample('memory.hr.people'))";
        long reads = reads();
        for (String statement : List.of(
                "CREATE TABLE memory.open.copy AS SELECT * FROM " + call,
                "CREATE TABLE memory.hr.copy AS SELECT * FROM " + call,
                "INSERT INTO memory.open.sink SELECT ssn FROM " + call,
                "INSERT INTO memory.hr.jobs SELECT ssn FROM " + call,
                "SELECT s.ssn FROM %s s JOIN memory.open.sink k ON k.ssn = s.ssn".formatted(call),
                "SELECT s.ssn FROM %s s, %s t".formatted(call, call),
                "SELECT s.ssn FROM (SELECT * FROM %s) s".formatted(call),
                "SELECT (SELECT max(ssn) FROM %s)".formatted(call),
                "WITH s AS (SELECT * FROM %s) SELECT * FROM s".formatted(call),
                "SELECT ssn FROM %s UNION SELECT 'x'".formatted(call),
                "SELECT CAST(ssn AS integer) FROM " + call,
                "SELECT transform(ARRAY[ssn], x -> CAST(x AS integer)) FROM " + call,
                "SELECT * FROM %s WHERE CAST(ssn AS integer) = 1".formatted(call),
                "SELECT DISTINCT ssn FROM " + call,
                "SELECT ssn FROM %s ORDER BY ssn".formatted(call),
                "SELECT ssn FROM %s GROUP BY ssn".formatted(call),
                "SELECT max(ssn) FROM " + call,
                "SELECT 1 FROM %s HAVING CAST(max(ssn) AS integer) = 1".formatted(call),
                "SELECT ssn FROM %s OFFSET 1".formatted(call),
                "WITH FUNCTION f(x varchar) RETURNS integer RETURN CAST(x AS integer) SELECT f(ssn) FROM " + call,
                "EXPLAIN " + SAMPLE,
                "EXPLAIN (TYPE IO) " + SAMPLE,
                "EXPLAIN (TYPE VALIDATE) " + SAMPLE,
                "EXPLAIN ANALYZE " + SAMPLE)) {
            assertThat(withoutCode(server.failure(olga(), statement))).describedAs(statement).isEqualTo(NOT_ALONE);
        }
        Session prepared = Session.builder(olga())
                .addPreparedStatement("fills", "INSERT INTO memory.open.sink SELECT ssn FROM TABLE(policy.admin.sample(?))")
                .addPreparedStatement("shows", "SELECT ssn FROM TABLE(policy.admin.sample(?))").build();
        assertThat(withoutCode(server.failure(prepared, "EXECUTE fills USING 'memory.hr.people'"))).isEqualTo(NOT_ALONE);
        assertThat(withoutCode(server.failure(prepared, "EXPLAIN ANALYZE EXECUTE shows USING 'memory.hr.people'")))
                .doesNotContain(CANARY);
        assertThat(withoutCode(server.failure(prepared, "DESCRIBE OUTPUT shows"))).doesNotContain(CANARY);
        assertThat(withoutCode(server.failure(olga(), "EXECUTE IMMEDIATE 'INSERT INTO memory.open.sink SELECT ssn FROM "
                + "TABLE(policy.admin.sample(?))' USING 'memory.hr.people'"))).isEqualTo(NOT_ALONE);
        // refused too, be it by Trino or the catalog
        for (String statement : List.of(
                "MERGE INTO memory.open.sink t USING (SELECT ssn FROM %s) s ON false WHEN NOT MATCHED THEN INSERT VALUES (s.ssn)"
                        .formatted(call),
                "UPDATE memory.open.sink SET ssn = (SELECT max(ssn) FROM %s)".formatted(call),
                "DELETE FROM memory.open.sink WHERE ssn IN (SELECT ssn FROM %s)".formatted(call),
                "CREATE VIEW memory.open.v AS " + SAMPLE, "CREATE VIEW memory.open.v SECURITY INVOKER AS " + SAMPLE,
                "CREATE MATERIALIZED VIEW memory.hr.v AS " + SAMPLE,
                "CREATE FUNCTION memory.open.f() RETURNS bigint RETURN (SELECT count(*) FROM %s)".formatted(call))) {
            assertThat(server.failure(olga(), statement)).describedAs(statement).doesNotContain(CANARY);
        }
        assertThat(server.value(PIPELINE, "SELECT count(*) FROM memory.open.sink")).isEqualTo(0L);
        // nothing was read for any of them
        assertThat(reads()).isEqualTo(reads);
    }

    @Test
    void testViewsAreNoTables() {
        // its owner may read everything, and olga only with a mask
        assertThat(server.column("olga", "SELECT DISTINCT ssn FROM memory.hr.everybody")).containsExactly("hidden");
        server.execute("olga", "CALL policy.admin.set_sample_secret('memory.hr.everybody', '%s')".formatted(SECRET));
        assertThat(server.failure(olga(), sample("memory.hr.everybody", "5"))).doesNotContain(CANARY)
                .contains("Cannot sample memory.hr.everybody: the query failed in Trino (query ")
                .contains("a sample shows tables, no views");
    }

    @Test
    void testSecretEndsWithOwnership() {
        server.execute(PIPELINE, "CREATE TABLE memory.hr.moving (x varchar)");
        String source = "{kind: DataSource, name: memory.hr.moving, owners: {users: [%s]}, approve_columns: all}";
        String sample = sample("memory.hr.moving", "1");
        server.apply(source.formatted("mo, mia"));
        server.execute("mo", "CALL policy.admin.set_sample_secret('memory.hr.moving', 'mo-has-a-secret-too')");
        Session mo = presenting("mo", "mo-has-a-secret-too");
        assertThat(server.rows(mo, sample)).isEmpty();
        // what changes nothing in who owns it leaves the secret
        server.execute(GOVERNOR, "CALL policy.admin.add_tag('memory.hr.moving', 'PII')");
        server.apply(source.formatted("mo, mia, max"));
        assertThat(server.rows(mo, sample)).isEmpty();
        server.apply(source.formatted("mia"));
        server.assertRefused(mo, sample, "Access Denied: Cannot sample memory.hr.moving: mo is not an owner of the data source");
        server.apply(source.formatted("mo, mia"));
        server.assertRefused(mo, sample, NO_SECRET.formatted("memory.hr.moving"));

        // by a group: gone when it is noticed
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('stewards', 'visitor')");
        Session visitor = presenting("visitor", "visitors-secret-0815");
        server.execute(visitor, "CALL policy.admin.set_sample_secret('memory.hr.people')");
        assertThat(server.rows(visitor, SAMPLE)).hasSize(2);
        server.execute(GOVERNOR, "CALL policy.admin.remove_group_member('stewards', 'visitor')");
        server.assertRefused(visitor, SAMPLE, "Access Denied: Cannot sample memory.hr.people: visitor is not an owner of the data source");
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('stewards', 'visitor')");
        server.assertRefused(visitor, SAMPLE, NO_SECRET.formatted("memory.hr.people"));
    }

    @Test
    void testSecretsThatAreNone() {
        for (String secret : List.of("", "short", "fifteen-letters", "with space in the middle", "with;semicolon-in-it",
                "\u00fcmlaut-is-not-ascii",
                "x".repeat(129))) {
            assertThat(server.failure("olga", "CALL policy.admin.set_sample_secret('memory.hr.jobs', '%s')".formatted(secret)))
                    .isEqualTo("The secret must have 16 to 128 characters, letters, digits and signs of ASCII without space and semicolon");
        }
        server.assertRefused("olga", "CALL policy.admin.set_sample_secret('memory.hr.jobs')",
                "Argument secret is NULL, and the connection presents no extra credential policy.sample-secret");
    }

    @Test
    void testAudit() {
        String query = queryId(olga(), SAMPLE);
        // in the store before the rows are out
        assertThat(server.database().query(("SELECT user_name || ' ' || object || ' ' || output_rows FROM policy.audit_log "
                + "WHERE kind = 'sample' AND query_id = '%s'").formatted(query))).containsExactly("olga memory.hr.people 2");
        assertThat(server.rows("greta", "SELECT user_name, object FROM policy.metadata.audit_log WHERE query_id = '%s' AND kind = 'sample'"
                .formatted(query))).containsExactly(List.of("olga", "memory.hr.people"));
        assertThat(server.column("mallory", "SELECT object FROM policy.metadata.audit_log WHERE kind = 'sample'")).isEmpty();
        assertThat(server.rows(AUDITOR, "SELECT DISTINCT user_name, object FROM policy.metadata.audit_log "
                + "WHERE kind = 'administration' AND action = 'set_sample_secret' AND user_name = 'olga' AND object = 'memory.hr.people'"))
                .containsExactly(List.of("olga", "memory.hr.people"));
    }

    @Test
    void testNothingIsKept() throws IOException, InterruptedException {
        String query = queryId(olga(), SAMPLE);
        String failed = "CALL policy.admin.set_sample_secret(\"memory.hr.people\", '%s-typo')".formatted(SECRET);
        assertThat(server.failure("olga", failed)).doesNotContain(SECRET);
        long audited = audited();
        server.execute(olga(), SAMPLE);
        await(() -> audited() > audited);

        assertThat(queryInfo(query)).contains("FINISHED").doesNotContain(CANARY).doesNotContain(SECRET);
        List<@Nullable Object> reads = server.column(GOVERNOR,
                "SELECT query_id FROM system.runtime.queries WHERE source = 'policy-sample'");
        assertThat(reads).isNotEmpty();
        for (Object read : reads) {
            assertThat(queryInfo(String.valueOf(read))).contains("policy-sample").doesNotContain(CANARY);
        }
        String store = server.dump();
        assertThat(store).contains("pbkdf2-hmac-sha512$210000$").doesNotContain(CANARY).doesNotContain(SECRET);
        // also not as a fast hash of a statement that holds the secret
        assertThat(server.database().query("SELECT query_hash FROM policy.audit_log WHERE query_hash IS NOT NULL"))
                .doesNotContain(Hashing.sha256().hashString(failed, UTF_8).toString());
        assertThat(log.text()).doesNotContain(CANARY).doesNotContain(SECRET);
        assertThat(server.database().query("SELECT count(*) FROM policy.revision WHERE action = 'set_sample_secret'")).containsExactly("0");
    }

    @Test
    void testResultsThatTrinoWouldKeep() throws IOException, InterruptedException, SQLException {
        Map<String, String> headers = ImmutableMap.of("X-Trino-User", "olga", "X-Trino-Extra-Credential", "policy.sample-secret=" + SECRET);
        TestingProtocolClient client = new TestingProtocolClient(server);
        assertThat(client.answers(headers, SAMPLE)).contains(CANARY);
        for (String encoding : List.of("json", "unknown,json+zstd")) {
            Map<String, String> spooling = ImmutableMap.<String, String>builder().putAll(headers)
                    .put("X-Trino-Query-Data-Encoding", encoding)
                    .buildOrThrow();
            assertThat(client.answers(spooling, SAMPLE)).doesNotContain(CANARY).contains("the client asks for spooled results");
        }
        // as the documentation says of the JDBC driver
        assertThatThrownBy(() -> sampleOverJdbc(new Properties())).hasMessageContaining("connect with encoding=, (a comma alone)");
        Properties direct = new Properties();
        direct.setProperty("encoding", ",");
        assertThat(sampleOverJdbc(direct)).contains(CANARY);

        Session retrying = Session.builder(olga()).setSystemProperty("retry_policy", "QUERY").build();
        server.assertRefused(retrying, SAMPLE,
                "Access Denied: Cannot sample memory.hr.people: retry_policy keeps results to try again: set it to NONE");
    }

    private List<@Nullable String> sampleOverJdbc(Properties properties) throws SQLException {
        properties.setProperty("user", "olga");
        properties.setProperty("extraCredentials", "policy.sample-secret:" + SECRET);
        String url = "jdbc:trino://" + server.runner().getCoordinator().getAddress();
        List<@Nullable String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SAMPLE)) {
            while (rows.next()) {
                values.add(rows.getString("ssn"));
            }
        }
        return values;
    }

    private String queryId(Session session, String sql) {
        return server.runner().executeWithPlan(session, sql).queryId().id();
    }

    private long audited() {
        return Long.parseLong(server.database().query("SELECT count(*) FROM policy.audit_log WHERE kind = 'query' AND user_name = 'olga'")
                .getFirst());
    }

    /// How many queries have read tables for samples.
    private long reads() {
        return (long) requireNonNull(
                server.value(GOVERNOR, "SELECT count(*) FROM system.runtime.queries WHERE source = 'policy-sample'"));
    }

    private String queryInfo(String query) throws IOException, InterruptedException {
        URI uri = server.runner().getCoordinator().getBaseUrl().resolve("/v1/query/" + query);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).header("X-Trino-User", GOVERNOR).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private boolean succeeds(Session session, String sql) {
        try {
            server.execute(session, sql);
            return true;
        }
        catch (RuntimeException e) {
            assertThat(e).hasMessageContaining("you have to wait");
            return false;
        }
    }

    private static String sample(String table, String limit) {
        return "SELECT * FROM TABLE(policy.admin.sample('%s', %s))".formatted(table, limit);
    }

    private static Session olga() {
        return presenting("olga", SECRET);
    }

    private static Session presenting(String user, String secret) {
        Identity identity = Identity.forUser(user).withExtraCredentials(ImmutableMap.of("policy.sample-secret", secret)).build();
        return sessionBuilder(user).setIdentity(identity).setOriginalIdentity(identity).build();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                Thread.sleep(500);
            }
            catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
