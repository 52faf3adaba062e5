package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.trino.jdbc.TrinoDriver;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Two ways to be given more: a reveal policy, and acting as somebody else. And the ways in which they must not be stretched.
@TestInstance(PER_CLASS)
class TestRevealAndImpersonation {
    private static final String RAW = "ann@example.org";
    private static final String EMAIL = "SELECT email FROM memory.shop.customer";
    private static final String REFUSED = "Access Denied: User %s cannot impersonate user %s: no policy of type impersonation allows it";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        for (String schema : List.of("shop", "views", "scratch")) {
            server.execute(PIPELINE, "CREATE SCHEMA memory." + schema);
        }
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer (id integer, email varchar, phone varchar)");
        server.execute(PIPELINE, "INSERT INTO memory.shop.customer VALUES (1, '%s', '0815')".formatted(RAW));
        server.apply("""
                {kind: Tag, name: PII.Email}
                ---
                {kind: Tag, name: PII.Phone}
                ---
                {kind: Tag, name: Public}
                ---
                {kind: Attribute, name: reveal}
                ---
                {kind: Group, name: readers}
                ---
                {kind: Group, name: analysts}
                ---
                {kind: User, name: rita, groups: [readers], attributes: {reveal: [PII]}}
                ---
                {kind: User, name: ruth, groups: [readers], attributes: {reveal: [PI, pii, 'PII.*', PII.Phone]}}
                ---
                {kind: User, name: paul, groups: [readers], attributes: {reveal: [Public]}}
                ---
                {kind: User, name: ann, groups: [readers, analysts], attributes: {reveal: [PII.Email]}}
                ---
                {kind: User, name: bert, groups: [readers, analysts]}
                ---
                {kind: User, name: pipeline, groups: [analysts]}
                ---
                {kind: User, name: governor, groups: [analysts]}
                ---
                kind: DataSource
                name: memory.shop
                owners: {users: [dana]}
                ---
                kind: DataSource
                name: memory.shop.customer
                approve_columns: all
                columns: {email: {tags: [PII.Email]}, phone: {tags: [PII.Phone]}}
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "in_any_group('readers')"}
                ---
                kind: Policy
                name: hash-personal
                type: mask
                columns: {tags: [PII]}
                mask: {type: hash}
                ---
                kind: Policy
                name: reveal-by-tag
                type: reveal
                columns: {tags: [PII, Public]}
                to: {attribute_matches_tag: reveal}
                ---
                kind: Policy
                name: dashboards
                type: impersonation
                who: "current_user = 'superset'"
                as: {groups: [analysts]}
                ---
                kind: Policy
                name: helpers
                type: impersonation
                who: "current_user = 'ann'"
                as: {users: [rita]}
                ---
                kind: Policy
                name: break-glass
                type: impersonation
                who: "current_user = 'guard'"
                as: {users: [pipeline]}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testReveal() {
        assertThat(server.value("rita", EMAIL)).isEqualTo(RAW);
        assertThat(server.value("rita", "SELECT phone FROM memory.shop.customer")).isEqualTo("0815");
        assertThat(server.value("ann", EMAIL)).isEqualTo(RAW);
        assertThat(server.value("ann", "SELECT phone FROM memory.shop.customer")).isNotEqualTo("0815");
        assertThat(server.value("ruth", "SELECT phone FROM memory.shop.customer")).isEqualTo("0815");
        for (String user : List.of("ruth", "paul", "bert")) {
            assertThat(server.column(user, EMAIL)).hasSize(1).doesNotContain(RAW);
            assertThat(server.column(user, EMAIL + " WHERE email = '%s'".formatted(RAW))).isEmpty();
        }
    }

    @Test
    void testRevealIsExplained() {
        assertThat(server.rows("rita", "SELECT policy, effect, reason FROM TABLE(policy.session.explain('memory.shop.customer')) "
                + "WHERE column_name = 'email'")).containsExactly(
                        Arrays.asList(null, "raw", "hash-personal is revealed through PII.Email by policy reveal-by-tag"),
                        List.of("hash-personal", "does not apply",
                                "selected by tag PII; revealed through PII.Email by policy reveal-by-tag"));
        assertThat(server.column("ruth", "SELECT reason FROM TABLE(policy.session.explain('memory.shop.customer')) "
                + "WHERE column_name = 'email'")).containsExactly("selected by tag PII");
        String removal = "{kind: Policy, name: reveal-by-tag, type: reveal, columns: {tags: [Public]}, to: {attribute_matches_tag: reveal}}";
        assertThat(server.rows(GOVERNOR, "SELECT user_name, column_name, before, after FROM TABLE(policy.admin.impact(%s))"
                .formatted(literal(removal)))).containsExactlyInAnyOrder(
                        List.of("ann", "email", "raw", "hash"), List.of("rita", "email", "raw", "hash"),
                        List.of("rita", "phone", "raw", "hash"), List.of("ruth", "phone", "raw", "hash"));
        assertThat(server.column(GOVERNOR, "SELECT detail FROM TABLE(policy.admin.plan(%s)) WHERE action = 'warn'".formatted(literal("""
                kind: Policy
                name: hide-by-name
                type: mask
                columns: {names: [memory.shop.customer.phone]}
                mask: {type: hash}
                """)))).containsExactly(
                "leaves masked what 'hide-by-name' masks (selected by name), on memory.shop.customer.phone");
    }

    @Test
    @DisplayName("Invariant 5: what is revealed to somebody is not revealed to those who read his views")
    void testRevealUnderViews() {
        server.execute("rita", "CREATE VIEW memory.views.mails SECURITY DEFINER AS " + EMAIL);
        assertThat(server.value("rita", "TABLE memory.views.mails")).isEqualTo(RAW);
        assertThat(server.column("bert", "TABLE memory.views.mails")).hasSize(1).doesNotContain(RAW);
        server.execute("bert", "CREATE VIEW memory.views.inverse SECURITY INVOKER AS " + EMAIL);
        assertThat(server.value("rita", "TABLE memory.views.inverse")).isEqualTo(RAW);
    }

    @Test
    @DisplayName("What is revealed is not carried to where no policy guards it")
    void testRevealIsAnException() {
        for (String sql : List.of("CREATE TABLE memory.scratch.mails AS " + EMAIL, "CREATE TABLE memory.scratch.ids AS SELECT count(*) c "
                + "FROM memory.shop.customer WHERE email LIKE 'a%'")) {
            assertThat(server.failure("rita", sql)).contains("under an exception");
        }
        server.execute("bert", "CREATE TABLE memory.scratch.hashes AS " + EMAIL);
        assertThat(server.column("rita", "TABLE memory.scratch.hashes")).doesNotContain(RAW);
    }

    @Test
    @DisplayName("Section 5: an owner's tag reveals nothing")
    void testOwnersTagDoesNotReveal() {
        server.execute("dana", "CALL policy.admin.add_tag('memory.shop.customer.email', 'Public')");
        server.execute("dana", "CALL policy.admin.add_tag('memory.shop.customer', 'Public')");
        assertThat(server.column("paul", EMAIL)).hasSize(1).doesNotContain(RAW);
        assertThat(server.value("rita", EMAIL)).isEqualTo(RAW);
        server.execute(GOVERNOR, "CALL policy.admin.remove_tag('memory.shop.customer.email', 'Public')");
        server.execute(GOVERNOR, "CALL policy.admin.remove_tag('memory.shop.customer', 'Public')");
    }

    @Test
    void testRevealFollowsEntitlements() {
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.add_group_member('readers', 'tess')");
        assertThat(server.column("tess", EMAIL)).doesNotContain(RAW);
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('tess', 'reveal', 'PII', '2020-01-01T00:00:00Z')");
        assertThat(server.column("tess", EMAIL)).doesNotContain(RAW);
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.set_attribute('tess', 'reveal', 'PII.Email')");
        assertThat(server.column("tess", EMAIL)).containsExactly(RAW);
        server.execute(ENTITLEMENT_ADMINISTRATOR, "CALL policy.admin.unset_attribute('tess', 'reveal', 'PII.Email')");
        assertThat(server.column("tess", EMAIL)).doesNotContain(RAW);
    }

    @Test
    void testMistakesInDocuments() {
        String reveal = "{kind: Policy, name: bad, type: reveal, columns: %s, to: %s}";
        assertThat(refusal(reveal.formatted("{names: [memory.shop.customer.email]}", "'true'")))
                .contains("Policy 'bad': a reveal policy selects columns by tags alone");
        assertThat(refusal(reveal.formatted("{tags: [PII], in: [memory.shop]}", "'true'"))).contains("by tags alone");
        assertThat(refusal(reveal.formatted("{tags: [PIL]}", "'true'"))).contains("tag 'PIL' is not declared (did you mean 'PII'?)");
        assertThat(refusal(reveal.formatted("{tags: [PII]}", "{attribute_matches_tag: revael}")))
                .contains("attribute 'revael' is not declared (did you mean 'reveal'?)");
        assertThat(refusal(reveal.formatted("{tags: [PII]}", "email = 'x'"))).contains("Policy 'bad': ");
        String impersonation = "{kind: Policy, name: bad, type: impersonation, who: \"%s\", as: {groups: [%s]}}";
        assertThat(refusal(impersonation.formatted("in_any_group('reader')", "analysts")))
                .contains("group 'reader' is not declared (did you mean 'readers'?)");
        assertThat(refusal(impersonation.formatted("true", "analyst")))
                .contains("group 'analyst' is not declared (did you mean 'analysts'?)");
    }

    private String refusal(String bundle) {
        return server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(bundle)));
    }

    /// As clients do that have logged in and are told a session user. Without a password the JDBC driver names the session user alone, and
    /// there is nobody else to ask about.
    @Test
    void testSessionUserInTheProtocol()
            throws IOException, InterruptedException {
        assertThat(answers("superset", "ann", EMAIL)).contains(RAW);
        assertThat(answers("superset", "ann", "SELECT current_user || ' asks'")).contains("ann asks");
        assertThat(answers("superset", "bert", EMAIL)).contains("FINISHED").doesNotContain(RAW);
        assertThat(answers("superset", "superset", EMAIL)).contains("Access Denied").doesNotContain(RAW);
        for (String user : ImmutableList.of("rita", PIPELINE, GOVERNOR, "nobody")) {
            assertThat(answers("superset", user, EMAIL)).contains(REFUSED.formatted("superset", user)).doesNotContain(RAW);
        }
        assertThat(answers("mallory", "ann", EMAIL)).contains(REFUSED.formatted("mallory", "ann")).doesNotContain(RAW);
        assertThat(answers("ann", "rita", "SELECT phone FROM memory.shop.customer")).contains("0815");
        assertThat(answers("guard", PIPELINE, EMAIL)).contains(RAW);
    }

    private String answers(String login, String sessionUser, String sql)
            throws IOException, InterruptedException {
        return new TestingProtocolClient(server).answers(ImmutableMap.of("Authorization", basic(login), "X-Trino-User", sessionUser), sql);
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString((login + ":").getBytes(UTF_8));
    }

    @Test
    void testSetSessionAuthorizationThroughJdbc()
            throws SQLException {
        try (Connection connection = connect("superset")) {
            assertThatThrownBy(() -> query(connection, EMAIL)).hasMessageContaining("Access Denied");
            query(connection, "SET SESSION AUTHORIZATION 'ann'");
            assertThat(query(connection, "SELECT current_user")).containsExactly("ann");
            assertThat(query(connection, EMAIL)).containsExactly(RAW);
            // asked of the user who logged in, not of ann, who may act as rita
            assertThatThrownBy(() -> query(connection, "SET SESSION AUTHORIZATION 'rita'"))
                    .hasMessageContaining(REFUSED.formatted("superset", "rita"));
            assertThatThrownBy(() -> query(connection, "SET SESSION AUTHORIZATION 'policy-enforcer-0123'"))
                    .hasMessageContaining("the user name is reserved");
            query(connection, "SET SESSION AUTHORIZATION 'bert'");
            assertThat(query(connection, EMAIL)).hasSize(1).doesNotContain(RAW);
            query(connection, "RESET SESSION AUTHORIZATION");
            assertThat(query(connection, "SELECT current_user")).containsExactly("superset");
            assertThatThrownBy(() -> query(connection, EMAIL)).hasMessageContaining("Access Denied");
        }
        try (Connection connection = connect("ann")) {
            query(connection, "SET SESSION AUTHORIZATION 'rita'");
            assertThat(query(connection, "SELECT phone FROM memory.shop.customer")).containsExactly("0815");
        }
    }

    @Test
    @DisplayName("Invariant 2: two policies do not add up to a chain, whatever a client sends")
    void testChainInTheProtocol()
            throws IOException, InterruptedException {
        TestingProtocolClient client = new TestingProtocolClient(server);
        String superset = basic("superset");
        assertThat(client.answers(ImmutableMap.of("Authorization", superset, "X-Trino-User", "ann"), EMAIL)).contains(RAW);
        assertThat(client.answers(ImmutableMap.of("Authorization", superset, "X-Trino-User", "ann", "X-Trino-Original-User", "ann"), EMAIL))
                .contains(RAW);
        for (String other : List.of("rita", "bert", PIPELINE, "superset")) {
            assertThat(client.answers(ImmutableMap.of("Authorization", superset, "X-Trino-User", other, "X-Trino-Original-User", "ann"),
                    EMAIL))
                    .contains(REFUSED.formatted("ann", other)).doesNotContain(RAW);
        }
        assertThat(
                client.answers(ImmutableMap.of("Authorization", superset, "X-Trino-User", "ann", "X-Trino-Original-User", "rita"), EMAIL))
                .contains(REFUSED.formatted("superset", "rita")).doesNotContain(RAW);
    }

    private Connection connect(String user)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        return new TrinoDriver().connect("jdbc:trino://" + server.runner().getCoordinator().getBaseUrl().getAuthority(), properties);
    }

    private static List<@Nullable String> query(Connection connection, String sql)
            throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        values.add(rows.getString(1));
                    }
                }
            }
        }
        return values;
    }
}
