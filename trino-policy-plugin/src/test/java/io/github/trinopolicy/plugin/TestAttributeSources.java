package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.trino.Session;
import io.trino.spi.security.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Lookup tables that are read into attributes, by the real engine as the service user, and the ways to get round it.
@TestInstance(PER_CLASS)
class TestAttributeSources {
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.hr");
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE SCHEMA memory.views");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.territories (login varchar, territory varchar)");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.codes (login varchar, code varchar)");
        server.execute(PIPELINE, "CREATE TABLE memory.hr.people (login varchar, ssn varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.hr.people VALUES ('alice', '111-22-3333')");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.orders (id bigint, region varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.orders VALUES (1, 'ASIA'), (2, 'EUROPE'), (3, 'AFRICA')");
        server.apply(
                """
                        {kind: Tag, name: PII}
                        ---
                        {kind: Attribute, name: region}
                        ---
                        {kind: Attribute, name: code}
                        ---
                        {kind: Attribute, name: leak}
                        ---
                        {kind: Attribute, name: size, values: [S, M]}
                        ---
                        {kind: DataSource, name: memory.hr}
                        ---
                        {kind: DataSource, name: memory.hr.territories, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.hr.codes, approve_columns: all}
                        ---
                        {kind: DataSource, name: memory.hr.people, columns: {login: {}, ssn: {tags: [PII]}}}
                        ---
                        {kind: DataSource, name: memory.shop.orders, approve_columns: all}
                        ---
                        {kind: Policy, name: read-orders, type: access, applies_to: {data_sources: [memory.shop.orders]}, grant: {level: read, to: "true"}}
                        ---
                        {kind: Policy, name: read-people, type: access, applies_to: {data_sources: [memory.hr.people]},
                            grant: {level: read, to: "current_user = 'alice'"}}
                        ---
                        {kind: Policy, name: hide, type: mask, columns: {tags: [PII]}, mask: {type: constant, value: hidden}}
                        ---
                        {kind: Policy, name: own-region, type: row-filter, applies_to: {data_sources: [memory.shop.orders]},
                            matches: {attribute: region, column: {name: region}}}
                        """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testValuesDecideRowsAndGoWithTheirSource() {
        server.execute(PIPELINE, "INSERT INTO memory.hr.territories VALUES ('alice', 'ASIA'), ('alice', 'ASIA'), ('bob', 'EUROPE')");
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('alice', 'region', 'AFRICA')");
        assertThat(regions("alice")).containsExactly("AFRICA");
        apply("territory", "region", "SELECT login, territory FROM memory.hr.territories");
        await(() -> regions("alice").equals(ImmutableList.of("AFRICA", "ASIA")));
        assertThat(regions("bob")).containsExactly("EUROPE");
        assertThat(server.rows("alice",
                "SELECT holder, name, value, source FROM policy.metadata.attributes WHERE name = 'region' ORDER BY value")).containsExactly(
                        Arrays.asList("alice", "region", "AFRICA", null), List.of("alice", "region", "ASIA", "territory"));
        assertThat(server.value(GOVERNOR,
                "SELECT count(*) FROM policy.metadata.attributes WHERE source = 'territory' AND expires IS NOT NULL"))
                .isEqualTo(2L);
        assertThat(server.rows(AUDITOR, "SELECT kind, state, rows, message, failures FROM policy.metadata.jobs WHERE object = 'territory'")
                .getFirst())
                .containsExactly("attribute-source", "succeeded", 3L, "2 users have values, of 2 others than before", 0L);
        // nobody else learns of it
        assertThat(server.rows("bob", "SELECT * FROM policy.metadata.jobs")).isEmpty();
        assertThat(server.column("bob", "SELECT DISTINCT holder FROM policy.metadata.attributes")).containsExactly("bob");
        // neither exported nor undone
        assertThat(
                String.valueOf(server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export()) WHERE document LIKE '%alice%'")))
                .contains("AFRICA").doesNotContain("ASIA");
        assertThat(server.column(GOVERNOR, "SELECT DISTINCT kind FROM policy.metadata.policy_revisions"))
                .doesNotContain("AttributeReading");

        // the same again makes no version of the store
        List<String> readings = server.database().query("SELECT version FROM policy.revision WHERE source = 'territory'");
        long runs = runs("territory");
        await(() -> runs("territory") > runs);
        assertThat(server.database().query("SELECT version FROM policy.revision WHERE source = 'territory'")).isEqualTo(readings);

        server.execute(PIPELINE, "TRUNCATE TABLE memory.hr.territories");
        server.execute(PIPELINE, "INSERT INTO memory.hr.territories VALUES ('bob', 'ASIA')");
        await(() -> regions("bob").equals(ImmutableList.of("ASIA")));
        assertThat(regions("alice")).containsExactly("AFRICA");

        server.execute(GOVERNOR, "CALL policy.admin.remove('AttributeSource', 'territory')");
        assertThat(regions("bob")).isEmpty();
        assertThat(regions("alice")).containsExactly("AFRICA");
        assertThat(server.database()
                .query("SELECT count(*) FROM policy.read_attribute WHERE source = 'territory' AND attribute_values IS NOT NULL"))
                .containsExactly("0");
    }

    @Test
    void testFailingSourceKeepsItsValuesAndTellsNoValue() throws IOException, InterruptedException {
        server.execute(PIPELINE, "INSERT INTO memory.hr.codes VALUES ('carol', '17')");
        apply("codes", "code", "SELECT login, CAST(code AS bigint) FROM memory.hr.codes");
        await(() -> attributes("carol").equals(ImmutableList.of("17")));
        server.execute(PIPELINE, "INSERT INTO memory.hr.codes VALUES ('carol', 'canary-4711')");
        await(() -> message("codes").contains("INVALID_CAST_ARGUMENT"));
        assertThat(attributes("carol")).containsExactly("17");
        assertThat(message("codes")).doesNotContain("canary");
        assertThat(server.database().query("SELECT string_agg(message, ' ') FROM policy.job").getFirst()).doesNotContain("canary");

        // Trino's own record of the query holds the message: for those alone who write such queries
        String query = message("codes").replaceFirst("(?s).*\\(query (\\w+)\\).*", "$1");
        assertThat(queryInfo(OPERATOR, query)).doesNotContain("canary").doesNotContain("memory.hr.codes");
        assertThat(queryInfo("carol", query)).doesNotContain("canary").doesNotContain("memory.hr.codes");
        // and no secret in it
        assertThat(queryInfo(GOVERNOR, query)).contains("canary-4711").doesNotContain("policy.service")
                .doesNotContain("xtraCredentials");
        assertThat(server.column(OPERATOR, "SELECT query FROM system.runtime.queries WHERE source = 'policy-attribute-source'")).isEmpty();

        // another query: what was read by the last one does not count for it
        apply("codes", "code", "SELECT login, code FROM memory.hr.codes WHERE false");
        await(() -> attributes("carol").isEmpty());
    }

    @Test
    void testWhatIsNoValueIsLeftOutAndCounted() {
        apply("sizes", "size", """
                SELECT * FROM (VALUES ('dave', 'S'), ('dave', 'XL'), (NULL, 'S'), ('erin', NULL), ('', 'M'), (' x', 'M'), ('frank', 'M'),
                    ('gus', rpad('', 2000, 'x'))) t(a, b)""");
        await(() -> runs("sizes") > 0);
        assertThat(message("sizes")).isEqualTo("2 users have values; rows left out: 2 with NULL, "
                + "3 with a user or value that is empty, too long or not writable, 1 with a value that the attribute does not allow, "
                + "of 2 others than before");
        assertThat(attributes("dave")).containsExactly("S");
        // the list is closed further: what is not on it counts no more, at once
        server.apply("{kind: Attribute, name: size, values: [M]}");
        assertThat(attributes("dave")).isEmpty();
        assertThat(attributes("frank")).containsExactly("M");
        server.apply("{kind: Attribute, name: size, values: [S, M]}");
        server.assertRefused(GOVERNOR, "CALL policy.admin.remove('Attribute', 'size')",
                "AttributeSource 'sizes' (not in this bundle): attribute 'size' is not declared; add a document of kind Attribute");

        apply("sizes", "size", "SELECT * FROM (VALUES ('dave', ARRAY['S'])) t(a, b)");
        await(() -> message("sizes").contains("type array"));
        assertThat(message("sizes")).isEqualTo("the column of the value has type array(varchar(1)); cast it to varchar");
        apply("sizes", "size", "SELECT * FROM (VALUES ('dave', 'S', 1)) t(a, b, c)");
        await(() -> message("sizes").contains("3 columns"));
    }

    @Test
    @DisplayName("Invariant 2: nobody can run queries as the service user")
    void testNobodyIsTheServiceUser() throws IOException, InterruptedException {
        apply("names", "code", "SELECT login, ssn FROM memory.hr.people WHERE false");
        await(() -> runs("names") > 0);
        String service = String.valueOf(server.value(GOVERNOR,
                "SELECT max(\"user\") FROM system.runtime.queries WHERE source = 'policy-attribute-source'"));
        assertThat(service).matches("policy-service-[0-9a-f]{32}");
        String people = "SELECT ssn FROM memory.hr.people";
        // by its true name, with no, a wrong, and an empty secret
        server.assertRefused(service, people, "Access Denied: Cannot execute query: the user name is reserved");
        for (String secret : List.of("", "0".repeat(64), "policy.service", service)) {
            server.assertRefused(withCredential(service, secret), people, "Access Denied: Cannot execute query: the user name is reserved");
        }
        // a secret is of no use to others, nor is a name that only looks like it
        assertThat(server.column("alice", people)).containsExactly("hidden");
        assertThat(server.rows(withCredential("alice", "0".repeat(64)), people)).containsExactly(List.of("hidden"));
        for (String name : List.of("policy-service-", "policy-service-0123", service + "0")) {
            assertThat(server.failure(name, people)).contains("the user name is reserved");
        }
        for (String user : List.of("alice", OPERATOR, GOVERNOR, PIPELINE)) {
            assertThat(server.failure(user, "SET SESSION AUTHORIZATION '%s'".formatted(service))).contains("the user name is reserved");
            assertThat(new TestingProtocolClient(server)
                    .answers(ImmutableMap.of("X-Trino-User", service, "X-Trino-Original-User", user), people))
                    .doesNotContain("111-22").contains("the user name is reserved");
        }
        assertThat(new TestingProtocolClient(server)
                .answers(ImmutableMap.of("X-Trino-User", "alice", "X-Trino-Original-User", service), people)).doesNotContain("111-22");
        server.execute("alice", "CREATE VIEW memory.views.mine AS SELECT 1 x");
        assertThat(server.failure("alice", "ALTER VIEW memory.views.mine SET AUTHORIZATION USER \"%s\"".formatted(service)))
                .contains("Access Denied");
    }

    @Test
    void testQueriesThatAreNoReading() {
        for (String query : List.of("INSERT INTO memory.hr.codes VALUES ('a', 'b')", "CALL policy.admin.restore(0)",
                "SELECT user_name, document FROM policy.metadata.policies", "SELECT a, policy.masking.hash(b) FROM memory.hr.codes",
                "SELECT login, code FROM codes", "SELECT login FROM memory.hr.codes", "SELECT login, code FROM")) {
            assertThat(server.failure(GOVERNOR, call("bad", "code", query))).startsWith("line 1, column ")
                    .contains("AttributeSource 'bad'");
        }
        assertThat(server.failure(GOVERNOR, call("bad", "regoin", "SELECT login, code FROM memory.hr.codes")))
                .contains("attribute 'regoin' is not declared (did you mean 'region'?)");
        assertThat(server.failure(GOVERNOR, call("bad", "code", "SELECT login, code FROM memory.hr.codes").replace("10s", "1s")))
                .contains("an attribute source is read every 10s at most and every 30d at least");
        for (String user : List.of("alice", AUDITOR, OPERATOR, ENTITLEMENT_ADMINISTRATOR, PIPELINE)) {
            assertThat(server.failure(user, call("bad", "code", "SELECT login, code FROM memory.hr.codes"))).contains("Access Denied");
            assertThat(server.failure(user, "CALL policy.admin.cancel_job(1)")).contains("Access Denied");
        }
        server.assertRefused(GOVERNOR, "CALL policy.admin.cancel_job(4711)",
                "There is no running job 4711; policy.metadata.jobs lists them");
    }

    @Test
    void testViewsShowNoMoreThanTheirOwnerMaySee() {
        server.execute("alice", "CREATE VIEW memory.views.definer SECURITY DEFINER AS SELECT login, ssn FROM memory.hr.people");
        server.execute("alice", "CREATE VIEW memory.views.invoker SECURITY INVOKER AS SELECT login, ssn FROM memory.hr.people");
        server.execute("mallory", "CREATE VIEW memory.views.trick SECURITY INVOKER AS SELECT 'mallory' login, 'x' ssn");
        apply("definer", "leak", "SELECT login, ssn FROM memory.views.definer");
        await(() -> runs("definer") > 0);
        assertThat(server.column("alice", "SELECT value FROM policy.metadata.attributes WHERE source = 'definer'"))
                .containsExactly("hidden");
        apply("invoker", "leak", "SELECT login, ssn FROM memory.views.invoker");
        await(() -> message("invoker").contains("PERMISSION_DENIED"));
        // the view becomes another one after the query was written
        apply("trick", "leak", "SELECT login, ssn FROM memory.views.trick");
        await(() -> runs("trick") > 0);
        server.execute("mallory", "CREATE OR REPLACE VIEW memory.views.trick SECURITY INVOKER AS SELECT 'mallory' login, ssn FROM "
                + "memory.shop.orders CROSS JOIN (VALUES 'y') t(ssn)");
        await(() -> message("trick").contains("PERMISSION_DENIED"));
        assertThat(server.column("mallory", "SELECT value FROM policy.metadata.attributes WHERE source = 'trick'")).containsExactly("x");
        // raw, where the query itself names the table: that is what an administrator wrote
        apply("trick", "leak", "SELECT login, ssn FROM memory.hr.people");
        await(() -> server.column("alice", "SELECT value FROM policy.metadata.attributes WHERE source = 'trick'")
                .equals(ImmutableList.of("111-22-3333")));
    }

    private List<@Nullable Object> regions(String user) {
        return server.column(user, "SELECT region FROM memory.shop.orders ORDER BY region");
    }

    private List<@Nullable Object> attributes(String user) {
        return server.column(user, "SELECT value FROM policy.metadata.attributes");
    }

    private long runs(String source) {
        return (long) requireNonNull(server.value(AUDITOR,
                "SELECT count(*) FROM policy.metadata.jobs WHERE state = 'succeeded' AND object = '%s'".formatted(source)));
    }

    /// Of the last run that ended.
    private String message(String source) {
        List<@Nullable Object> messages = server.column(AUDITOR,
                "SELECT message FROM policy.metadata.jobs WHERE ended IS NOT NULL AND object = '%s' ORDER BY job_id DESC LIMIT 1"
                        .formatted(source));
        return messages.isEmpty() ? "" : String.valueOf(messages.getFirst());
    }

    private void apply(String name, String attribute, String query) {
        server.execute(GOVERNOR, call(name, attribute, query));
    }

    private static String call(String name, String attribute, String query) {
        String quoted = '"' + query.replace("\n", " ") + '"';
        return "CALL policy.admin.apply(%s)".formatted(literal(
                "{kind: AttributeSource, name: %s, attribute: %s, interval: 10s, query: %s}".formatted(name, attribute, quoted)));
    }

    private String queryInfo(String user, String query) throws IOException, InterruptedException {
        URI uri = server.runner().getCoordinator().getBaseUrl().resolve("/v1/query/" + query);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).header("X-Trino-User", user).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static Session withCredential(String user, String secret) {
        Identity identity = Identity.forUser(user).withExtraCredentials(ImmutableMap.of("policy.service", secret)).build();
        return sessionBuilder(user).setIdentity(identity).setOriginalIdentity(identity).build();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                Thread.sleep(100);
            }
            catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
