package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.session;
import static io.github.trinopolicy.plugin.TestingPolicyServer.sessionBuilder;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.PolicyStore;
import io.trino.Session;
import io.trino.jdbc.TrinoDriver;
import io.trino.spi.security.Identity;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Working in projects, and every way by which somebody may try to work in one that is not his. Each test has users of its own.
@TestInstance(PER_CLASS)
class TestProjects {
    private static final String STRANGE = "it's; DROP TABLE \"x\" -- \u00fc\u732b";
    private static final String EMAIL = "SELECT email FROM memory.shop.customer WHERE id = 1";
    private static final String CASES = "SELECT id FROM memory.shop.cases";
    private static final String ORDERS = "SELECT id FROM memory.shop.orders";
    private static final String USE = "CALL policy.session.use_project('fraud-q4')";
    private static final String LEAVE = "CALL policy.session.leave_project()";
    private static final String RAW = "ann@x.org";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE SCHEMA memory.views");
        server.execute(PIPELINE, "CREATE SCHEMA memory.scratch");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.customer AS SELECT 1 AS id, varchar 'ann@x.org' AS email");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.cases AS SELECT 7 AS id");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.orders AS SELECT 3 AS id");
        server.execute(PIPELINE, "CREATE TABLE memory.scratch.free AS SELECT 5 AS id");
        server.apply("""
                {kind: Purpose, name: Fraud.Cards}
                ---
                {kind: Group, name: fraud-team}
                ---
                {kind: Group, name: support}
                ---
                {kind: User, name: dave, groups: [support]}
                ---
                {kind: Group, name: stewards}
                ---
                {kind: User, name: dora, groups: [stewards]}
                ---
                {kind: DataSource, name: memory.shop, new_columns: allow, owners: {users: [dana]}}
                ---
                {kind: DataSource, name: memory.views, new_columns: allow}
                ---
                {kind: DataSource, name: memory.shop.customer, approve_columns: all}
                ---
                {kind: DataSource, name: memory.shop.cases, approve_columns: all}
                ---
                kind: Project
                name: fraud-q4
                description: Cards, fourth quarter
                owners: {users: [dana], groups: [stewards]}
                purposes: [Fraud.Cards]
                members:
                  users: [alice, vera, paul, tom, tina, jo, eve, zoe, owen, ruth, nick, xena, %s, %s]
                  groups: [fraud-team]
                data_sources: [memory.shop.customer, memory.shop.cases, memory.views.mail]
                ---
                {kind: Project, name: orders, members: {users: [jo, tina]}, data_sources: [memory.shop.orders]}
                ---
                {kind: Project, name: %s, members: {users: [uma, uwe]}, purposes: [Fraud.Cards], data_sources: [memory]}
                ---
                {kind: Policy, name: everyone, type: access, applies_to: {all: true}, grant: {level: own, to: "true"}}
                ---
                kind: Policy
                name: hash-email
                type: mask
                columns: {names: [memory.shop.customer.email]}
                mask: {type: hash}
                exempt: "using_purpose('Fraud')"
                ---
                {kind: Policy, name: for-fraud, type: row-filter, applies_to: {data_sources: [memory.shop.cases]}, purposes: [Fraud]}
                """.formatted(PIPELINE, GOVERNOR, literal(STRANGE)));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    void testUseAndLeave() {
        assertOutsideOfProjects("alice");
        server.execute("alice", USE);
        // the call has returned, so the next query works in the project
        assertWorksInFraud("alice");
        assertThat(server.column("alice", "SHOW TABLES FROM memory.shop")).containsExactly("cases", "customer");
        assertThat(server.column("alice", "SELECT table_name FROM memory.information_schema.columns WHERE table_schema = 'shop'"))
                .containsExactlyInAnyOrder("cases", "customer", "customer");
        assertThat(server.column("alice", "SELECT table_name FROM system.jdbc.tables WHERE table_cat = 'memory' AND table_schem = 'shop'"))
                .containsExactlyInAnyOrder("cases", "customer");
        assertThat(server.failure("alice", "SHOW COLUMNS FROM memory.shop.orders")).contains("Access Denied");
        assertThat(server.failure("alice", "SHOW STATS FOR memory.shop.orders")).contains("outside of project 'fraud-q4'");
        // what is not governed is no matter of projects
        assertThat(server.column("alice", "SELECT id FROM memory.scratch.free")).containsExactly(5);
        // nobody else has the purpose, be he in the same groups
        assertOutsideOfProjects("amy");

        server.execute("alice", LEAVE);
        assertOutsideOfProjects("alice");
        long version = server.version();
        server.execute("alice", LEAVE);
        assertThat(server.version()).isEqualTo(version);
    }

    @Test
    void testOnlyMembers() {
        for (String project : ImmutableList.of("fraud-q4", "no-such-project", "", " ", "FRAUD-Q4", "fraud-q4 ", "x' OR '1'='1")) {
            server.assertRefused("mallory", "CALL policy.session.use_project(%s)".formatted(literal(project)),
                    "Access Denied: Cannot use project '%s': there is no such project, or mallory is no member of it; SELECT name FROM policy.metadata.projects lists yours"
                            .formatted(project));
        }
        // nor the owner, nor those with an office
        for (String user : ImmutableList.of("dana", "dora", AUDITOR, OPERATOR, ENTITLEMENT_ADMINISTRATOR)) {
            assertThat(server.failure(user, USE)).contains("there is no such project, or %s is no member of it".formatted(user));
        }
        assertThat(server.failure("mallory", "CALL policy.session.use_project(NULL)"))
                .isEqualTo("Argument name must not be NULL; leave_project() ends the work in a project");
        assertThat(server.failure("mallory", "CALL policy.session.use_project()"))
                .contains("Required procedure argument 'NAME' is missing");
        assertThat(server.failure("mallory", "CALL policy.session.use_project('orders', 'jo')")).contains("Too many arguments");
        assertThat(server.failure("mallory", "CALL policy.session.use_project(name => 'orders', user_name => 'jo')"))
                .contains("Unknown argument name: USER_NAME");
        assertThat(server.failure("mallory", "CALL policy.session.leave_project('jo')")).contains("Too many arguments");
        // not in somebody else's name
        assertThat(server.failure("mallory", "SET SESSION AUTHORIZATION 'jo'")).contains("cannot impersonate user jo");
        assertThat(server.failure("policy-enforcer-1", USE)).contains("the user name is reserved");
        assertOutsideOfProjects("mallory");
        assertOutsideOfProjects("jo");
    }

    @Test
    void testMembershipIsJudgedForEachQuery() {
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('fraud-team', 'gus')");
        server.execute("gus", USE);
        assertWorksInFraud("gus");
        server.execute(GOVERNOR, "CALL policy.admin.remove_group_member('fraud-team', 'gus')");
        assertLost("gus", "fraud-q4");
        assertThat(server.failure("gus", USE)).contains("there is no such project");
        // a membership that has expired
        server.apply("{kind: User, name: gus, groups: [{name: fraud-team, expires: 2020-01-01T00:00:00Z}]}");
        assertLost("gus", "fraud-q4");
        server.apply("{kind: User, name: gus, groups: [{name: fraud-team, expires: 2999-01-01T00:00:00Z}]}");
        assertWorksInFraud("gus");
        server.apply("{kind: User, name: gus}");
        server.execute("gus", LEAVE);
        assertOutsideOfProjects("gus");
    }

    @Test
    void testRemovedProject() {
        String project = "{kind: Project, name: temporary, members: {users: [rolf]}, purposes: [Fraud.Cards], data_sources: [memory.shop]}";
        server.apply(project);
        server.execute("rolf", "CALL policy.session.use_project('temporary')");
        assertThat(server.column("rolf", CASES)).containsExactly(7);
        server.execute(GOVERNOR, "CALL policy.admin.remove('Project', 'temporary')");
        assertLost("rolf", "temporary");
        server.apply(project.replace("rolf", "rosa"));
        assertLost("rolf", "temporary");
        server.execute("rolf", LEAVE);
        assertOutsideOfProjects("rolf");
        server.execute(GOVERNOR, "CALL policy.admin.remove('Project', 'temporary')");
    }

    @Test
    void testStrangeName() {
        server.execute("uma", "CALL policy.session.use_project(%s)".formatted(literal(STRANGE)));
        assertThat(server.value("uma", EMAIL)).isEqualTo(RAW);
        assertThat(server.rows("uma", "SELECT name, current FROM policy.metadata.projects")).containsExactly(row(STRANGE, true));
        assertThat(server.value("uma", "SELECT current_project FROM policy.metadata.users")).isEqualTo(STRANGE);
        server.execute("uma", LEAVE);
        assertOutsideOfProjects("uma");
    }

    @Test
    void testCredentialInTheProtocol()
            throws IOException, InterruptedException {
        TestingProtocolClient client = new TestingProtocolClient(server);
        String strange = "policy.project=" + URLEncoder.encode(STRANGE, UTF_8);
        assertThat(client.answers(ImmutableMap.of("X-Trino-User", "uwe", "X-Trino-Extra-Credential", strange), EMAIL)).contains(RAW);
        assertThat(client.answers(ImmutableMap.of("X-Trino-User", "uwe", "X-Trino-Extra-Credential", "policy.project=orders"), EMAIL))
                .contains("Cannot use project 'orders': there is no such project, or uwe is no member of it").doesNotContain(RAW);
        // who claims to be somebody else is refused, with a credential or without
        for (String sql : ImmutableList.of(EMAIL, USE)) {
            assertThat(client.answers(ImmutableMap.of("X-Trino-User", "jo", "X-Trino-Original-User", "mallory", "X-Trino-Extra-Credential",
                    "policy.project=fraud-q4"), sql)).contains("User mallory cannot impersonate user jo").doesNotContain(RAW);
        }
        // a member cannot put somebody else into his project
        assertThat(client.answers(ImmutableMap.of("X-Trino-User", "mallory", "X-Trino-Original-User", "mallory", "X-Trino-Extra-Credential",
                "policy.project=fraud-q4"), EMAIL)).contains("mallory is no member of it").doesNotContain(RAW);
    }

    @Test
    void testCredentialThroughJdbc()
            throws SQLException {
        server.execute("jo", "CALL policy.session.use_project('orders')");
        try (Connection fraud = connect("jo", "policy.project:fraud-q4");
                Connection state = connect("jo", "");
                Connection other = connect("jo", "some.credential:fraud-q4")) {
            // two connections at once; the credential wins over the state
            assertThat(query(fraud, EMAIL)).containsExactly(RAW);
            assertThat(query(fraud, CASES)).containsExactly("7");
            assertThatThrownBy(() -> query(fraud, ORDERS)).hasMessageContaining("outside of project 'fraud-q4'; CALL "
                    + "policy.session.leave_project(), or connect without the extra credential policy.project");
            assertThat(query(fraud, "SELECT name FROM policy.metadata.projects WHERE current")).containsExactly("fraud-q4");
            for (Connection connection : ImmutableList.of(state, other)) {
                assertThat(query(connection, ORDERS)).containsExactly("3");
                assertThatThrownBy(() -> query(connection, EMAIL)).hasMessageContaining("outside of project 'orders'");
            }
            try (PreparedStatement statement = fraud.prepareStatement("CALL policy.session.use_project(?)")) {
                statement.setString(1, "fraud-q4");
                statement.execute();
            }
            assertThat(query(state, EMAIL)).containsExactly(RAW);
            query(fraud, LEAVE);
            assertThat(query(fraud, EMAIL)).containsExactly(RAW);
            assertThat(query(state, ORDERS)).containsExactly("3");
        }
        for (String user : ImmutableList.of("mallory", PIPELINE + "s", AUDITOR)) {
            try (Connection connection = connect(user, "policy.project:fraud-q4")) {
                for (String sql : ImmutableList.of("SELECT 1", EMAIL, USE, LEAVE, "SHOW CATALOGS")) {
                    assertThatThrownBy(() -> query(connection, sql)).hasMessageContaining(
                            "Access Denied: Cannot use project 'fraud-q4': there is no such project, or %s is no member of it"
                                    .formatted(user));
                }
            }
        }
        try (Connection connection = connect("jo", "policy.project:nothing")) {
            assertThatThrownBy(() -> query(connection, "SELECT 1")).hasMessageContaining("Cannot use project 'nothing'");
        }
    }

    @Test
    @DisplayName("Invariant 5: a view does not change who works in which project")
    void testViews() {
        server.execute("vera", USE);
        server.execute("vera", "CREATE VIEW memory.views.mail SECURITY DEFINER AS SELECT c.email, s.id FROM memory.shop.customer c "
                + "LEFT JOIN memory.shop.cases s ON true");
        server.execute("vera", "CREATE VIEW memory.scratch.mail SECURITY DEFINER AS SELECT email FROM memory.shop.customer");
        assertThat(server.rows("vera", "SELECT * FROM memory.views.mail")).containsExactly(row(RAW, 7));
        // others see their own
        assertThat(server.rows("amy", "SELECT * FROM memory.views.mail")).singleElement().satisfies(row -> {
            assertThat(String.valueOf(row.getFirst())).matches("[0-9a-f]{64}");
            assertThat(row.getLast()).isNull();
        });
        assertThat(String.valueOf(server.value("amy", "SELECT email FROM memory.scratch.mail"))).matches("[0-9a-f]{64}");
        // and who is in another project is not let out of it by a view that nobody governs
        server.execute("tina", "CALL policy.session.use_project('orders')");
        assertThat(server.failure("tina", "SELECT email FROM memory.scratch.mail")).contains("outside of project 'orders'");
        assertThat(server.failure("tina", "SELECT * FROM memory.views.mail")).contains("outside of project 'orders'");
        server.execute("vera", LEAVE);
        assertThat(server.rows("vera", "SELECT id FROM memory.views.mail")).containsExactly(row((Object) null));
    }

    @Test
    void testPreparedStatements() {
        Session prepared = sessionBuilder("paul").addPreparedStatement("enter", "CALL policy.session.use_project(?)")
                .addPreparedStatement("leave", LEAVE).addPreparedStatement("read", EMAIL).build();
        server.execute(prepared, "EXECUTE enter USING 'fraud-q4'");
        assertThat(server.rows(prepared, "EXECUTE read")).containsExactly(row(RAW));
        server.execute(prepared, "EXECUTE leave");
        assertThat(server.rows(prepared, "EXECUTE read").getFirst().getFirst()).isNotEqualTo(RAW);
        server.execute("paul", "EXECUTE IMMEDIATE %s USING 'fraud-q4'".formatted(literal("CALL policy.session.use_project(?)")));
        assertWorksInFraud("paul");
        Session mallory = sessionBuilder("mallory").addPreparedStatement("enter", "CALL policy.session.use_project(?)").build();
        assertThat(server.failure(mallory, "EXECUTE enter USING 'fraud-q4'")).contains("there is no such project");
    }

    /// Trino calls no procedure within a transaction; a query within one sees the project that holds when it begins.
    @Test
    void testTransactions()
            throws SQLException {
        try (Connection connection = connect("tom", "")) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> query(connection, USE)).hasMessageContaining("Procedures cannot be called within a transaction");
            connection.rollback();
            assertThat(query(connection, EMAIL)).doesNotContain(RAW);
            server.execute("tom", USE);
            assertThat(query(connection, EMAIL)).containsExactly(RAW);
            connection.rollback();
            assertThat(query(connection, EMAIL)).containsExactly(RAW);
        }
    }

    @Test
    void testPurposesAreNotCarriedOut() {
        server.execute("eve", USE);
        for (String sql : ImmutableList.of(EMAIL, CASES)) {
            assertThat(server.failure("eve", "CREATE TABLE memory.scratch.stolen AS " + sql))
                    .contains("the query reads a governed table under an exception, so it may only fill governed tables");
        }
        // nor into a governed table outside of the project, and what can be written outside cannot be read inside
        assertThat(server.failure("eve", "CREATE TABLE memory.shop.stolen AS " + CASES)).contains("is outside of project 'fraud-q4'");
        assertThat(server.failure("eve", "INSERT INTO memory.shop.orders " + CASES)).contains("is outside of project 'fraud-q4'");
        assertThat(server.failure("eve", "ALTER TABLE memory.shop.cases RENAME TO memory.shop.taken"))
                .contains("is outside of project 'fraud-q4'");
        assertThat(server.failure("eve", "DROP SCHEMA memory.shop CASCADE")).contains("is outside of project 'fraud-q4'");
    }

    @Test
    void testExplain() {
        String explain = "SELECT reason FROM TABLE(policy.%s) WHERE kind = '%s' AND policy IS NOT DISTINCT FROM %s";
        String orders = explain.formatted("session.explain('memory.shop.orders')", "access", "NULL");
        String cases = explain.formatted("session.explain('memory.shop.cases')", "row-filter", "'for-fraud'");
        assertThat(server.value("zoe", orders)).isEqualTo("by the policies below");
        assertThat(server.value("zoe", cases)).isEqualTo("none of these purposes is in use: 'Fraud'; "
                + "CALL policy.session.use_project(...) with a project that has one");
        assertThat(server.value("zoe", explain.formatted("session.explain('memory.shop.customer')", "mask", "'hash-email'")))
                .isEqualTo("selected by name; 'exempt' does not hold");
        assertThat(server.rows(withCredential("zoe", "fraud-q4"), orders))
                .containsExactly(row("the table is outside of project 'fraud-q4'; "
                        + "CALL policy.session.leave_project(), or connect without the extra credential policy.project"));
        server.execute("zoe", USE);
        assertThat(server.value("zoe", orders)).isEqualTo("the table is outside of project 'fraud-q4'; "
                + "CALL policy.session.leave_project(), or connect without the extra credential policy.project");
        assertThat(server.value("zoe", cases)).isEqualTo("purpose 'Fraud' is in use");
        // for others, the project that they chose, and not that of who asks
        String forZoe = explain.formatted("admin.explain('zoe', 'memory.shop.cases')", "row-filter", "'for-fraud'");
        assertThat(server.value(GOVERNOR, forZoe)).isEqualTo("purpose 'Fraud' is in use");
        assertThat(server.value("dana", forZoe)).isEqualTo("purpose 'Fraud' is in use");
        assertThat(server.value("dana", forZoe.replace("zoe", "amy"))).isNotEqualTo("purpose 'Fraud' is in use");
        assertThat(server.rows(withCredential(GOVERNOR, "fraud-q4"), forZoe.replace("zoe", "amy")))
                .isEqualTo(server.rows(GOVERNOR, forZoe.replace("zoe", "amy")));
        assertThat(String.valueOf(server.value("zoe", "EXPLAIN " + EMAIL))).doesNotContain("fraud-q4").doesNotContain("Fraud");
    }

    @Test
    void testMetadata() {
        String projects = "SELECT name, owners, purposes, members, data_sources, current FROM policy.metadata.projects WHERE name = 'fraud-q4'";
        server.execute("owen", USE);
        String sources = "memory.shop.cases, memory.shop.customer, memory.views.mail";
        assertThat(server.rows("owen", projects))
                .containsExactly(row("fraud-q4", "dana, group:stewards", "Fraud.Cards", null, sources, true));
        assertThat(server.rows("ruth", projects))
                .containsExactly(row("fraud-q4", "dana, group:stewards", "Fraud.Cards", null, sources, false));
        for (String user : ImmutableList.of(GOVERNOR, AUDITOR, "dana", "dora")) {
            assertThat(server.rows(user, projects)).singleElement().satisfies(row -> {
                assertThat(String.valueOf(row.get(3))).contains("alice, eve, ").endsWith("group:fraud-team");
                assertThat(row.get(5)).isEqualTo(false);
            });
        }
        for (String user : ImmutableList.of("mallory", OPERATOR, ENTITLEMENT_ADMINISTRATOR)) {
            assertThat(server.rows(user, "SELECT * FROM policy.metadata.projects")).isEmpty();
        }
        assertThat(server.column(GOVERNOR, "SELECT name FROM policy.metadata.projects")).contains("fraud-q4", "orders", STRANGE);
        // who works where is for auditors and the user himself
        String users = "SELECT current_project FROM policy.metadata.users WHERE user_name = 'owen'";
        assertThat(server.column(AUDITOR, users)).containsExactly("fraud-q4");
        assertThat(server.column("owen", users)).containsExactly("fraud-q4");
        for (String user : ImmutableList.of("ruth", "dana", "mallory")) {
            assertThat(server.column(user, users)).isEmpty();
        }
        assertThat(server.value(GOVERNOR, "SELECT count(*) FROM system.jdbc.columns WHERE table_cat = 'policy' AND table_name = 'projects' "
                + "AND length(remarks) > 0")).isEqualTo(7L);
    }

    @Test
    void testHistory() {
        server.execute("nick", USE);
        server.execute("nick", LEAVE);
        String history = "SELECT author, action, name, before, after FROM policy.metadata.policy_revisions "
                + "WHERE kind = 'CurrentProject' AND name = 'nick' ORDER BY version";
        assertThat(server.rows(AUDITOR, history)).containsExactly(
                row("nick", "use_project", "nick", null, "project: fraud-q4\n"),
                row("nick", "leave_project", "nick", "project: fraud-q4\n", null));
        assertThat(server.rows("nick", history)).isEmpty();
    }

    /// The choices of users are no policy: neither restored nor exported.
    @Test
    void testRestoreDoesNotTouchCurrentProjects() {
        long before = server.version();
        server.execute("xena", USE);
        server.apply("{kind: Tag, name: Extra}");
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(before));
        assertThat(server.column(GOVERNOR, "SELECT name FROM policy.metadata.tags WHERE name = 'Extra'")).isEmpty();
        assertWorksInFraud("xena");
        assertThat(String.valueOf(server.column(GOVERNOR, "SELECT document FROM TABLE(policy.admin.export()) "
                + "WHERE document NOT LIKE '%kind: Project%'"))).doesNotContain("xena");
    }

    /// Another coordinator writes to the same store, and one that starts finds what was chosen.
    @Test
    @Timeout(60)
    void testOtherCoordinators()
            throws InterruptedException {
        String projects = "SELECT current_project FROM policy.metadata.users WHERE user_name = 'omar'";
        server.execute(GOVERNOR, "CALL policy.admin.add_group_member('fraud-team', 'omar')");
        try (PolicyStore other = server.database().openStore()) {
            Act act = new Act("omar", Optional.empty(), Optional.empty(), "use_project");
            other.change(act, transaction -> transaction.setCurrentProject("omar", Optional.of("fraud-q4")));
            awaitValue(projects, ImmutableList.of("fraud-q4"));
            assertWorksInFraud("omar");
            other.change(act, transaction -> transaction.setCurrentProject("omar", Optional.of("orders")));
            server.execute("omar", USE);
            assertWorksInFraud("omar");
            try (SnapshotRefresher restarted = new SnapshotRefresher(other, new BundleReader(), new PolicyCompiler(), Duration.ofMinutes(1),
                    Duration.ofMinutes(5), Ticker.systemTicker())) {
                assertThat(restarted.latest().currentProjects()).containsEntry("omar", "fraud-q4");
            }
            other.change(act, transaction -> transaction.setCurrentProject("omar", Optional.empty()));
            awaitValue(projects, Arrays.asList((Object) null));
            assertOutsideOfProjects("omar");
        }
    }

    @Test
    void testMistakesInProjects() {
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal("""
                kind: Project
                name: bad
                owners: {groups: [steward]}
                members: {users: [anybody], groups: [fraudteam]}
                purposes: [Fraud.Card]
                data_sources: [memory.shop.orders, memory.shoop, tpch.tiny]
                masked_joins: true
                equalized: true
                """)))).isEqualTo(
                """
                        line 3, column 18: Project 'bad': group 'steward' is not declared (did you mean 'stewards'?); add a document of kind Group
                        line 4, column 37: Project 'bad': group 'fraudteam' is not declared (did you mean 'fraud-team'?); add a document of kind Group
                        line 5, column 11: Project 'bad': purpose 'Fraud.Card' is not declared (did you mean 'Fraud.Cards'?); add a document of kind Purpose
                        line 6, column 15: Project 'bad': 'memory.shoop' is not registered (did you mean 'memory.shop'?); add a document of kind DataSource
                        line 6, column 15: Project 'bad': 'tpch.tiny' is not registered; add a document of kind DataSource""");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(
                literal("{kind: Policy, name: bad, type: row-filter, applies_to: {all: true}, purposes: [Fraud, Froud]}"))))
                .matches("line 1, column [0-9]+: Policy 'bad': purpose 'Froud' is not declared \\(did you mean 'Fraud'\\?\\); "
                        + "add a document of kind Purpose");
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply('{kind: Project, name: \"\"}')")).contains("Project");
        // what a project needs is not taken away under it
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.remove('Purpose', 'Fraud.Cards')")).contains(
                "Project 'fraud-q4' (not in this bundle): purpose 'Fraud.Cards' is not declared");
        assertThat(server.failure("mallory", "CALL policy.admin.apply('{kind: Project, name: mine, members: {users: [mallory]}}')"))
                .contains("mallory is not an administrator");
    }

    /// The example of the documentation, over the tables that are here.
    @Test
    void testDocumentedExample()
            throws IOException {
        long before = server.version();
        String page = Files.readString(Path.of("..", "docs", "policies.md"));
        String section = page.substring(page.indexOf("## Projects and purposes\n"));
        int begin = section.indexOf("```yaml\n") + "```yaml\n".length();
        server.apply(section.substring(begin, section.indexOf("```", begin)).replace("lake.shop", "memory.shop"));
        assertThat(server.column("dave", ORDERS)).isEmpty();
        assertThat(server.value("dave", EMAIL)).isNotEqualTo(RAW);
        server.execute("dave", "CALL policy.session.use_project('card-fraud')");
        assertThat(server.column("dave", ORDERS)).containsExactly(3);
        assertThat(server.value("dave", EMAIL)).isEqualTo(RAW);
        server.execute("dave", LEAVE);
        server.execute(GOVERNOR, "CALL policy.admin.restore(%s)".formatted(before));
    }

    private void assertWorksInFraud(String user) {
        assertThat(server.value(user, EMAIL)).isEqualTo(RAW);
        assertThat(server.column(user, CASES)).containsExactly(7);
        assertThat(server.failure(user, ORDERS)).endsWith("memory.shop.orders is outside of project 'fraud-q4'; "
                + "CALL policy.session.leave_project(), or connect without the extra credential policy.project (POLICY-202)");
    }

    private void assertOutsideOfProjects(String user) {
        assertThat(String.valueOf(server.value(user, EMAIL))).matches("[0-9a-f]{64}");
        assertThat(server.column(user, CASES)).isEmpty();
        assertThat(server.column(user, ORDERS)).containsExactly(3);
    }

    private void assertLost(String user, String project) {
        for (String sql : ImmutableList.of(EMAIL, CASES, ORDERS)) {
            assertThat(server.failure(user, sql))
                    .endsWith("is closed while the current project is '%s', which does not exist any more or of "
                            .formatted(project)
                            + "which %s is no member any more; CALL policy.session.leave_project(), or use_project with another (POLICY-202)"
                                    .formatted(user));
        }
        assertThat(server.column(user, "SHOW SCHEMAS FROM memory")).doesNotContain("shop");
        assertThat(server.rows(user, "SELECT name FROM policy.metadata.projects WHERE current")).isEmpty();
    }

    private void awaitValue(String sql, List<?> expected)
            throws InterruptedException {
        for (int i = 0; !server.column(AUDITOR, sql).equals(expected); i++) {
            assertThat(i).isLessThan(100);
            MILLISECONDS.sleep(50);
        }
    }

    private static Session withCredential(String user, String project) {
        Identity identity = Identity.forUser(user).withExtraCredentials(ImmutableMap.of("policy.project", project)).build();
        return Session.builder(session(user)).setIdentity(identity).setOriginalIdentity(identity).build();
    }

    private Connection connect(String user, String extraCredentials)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (!extraCredentials.isEmpty()) {
            properties.setProperty("extraCredentials", extraCredentials);
        }
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

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
