package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.policy;
import static io.github.trinopolicy.decision.TestingPolicies.tables;
import static io.github.trinopolicy.decision.TestingStore.project;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.as;
import static io.github.trinopolicy.enforcement.TestingEnforcement.config;
import static io.github.trinopolicy.enforcement.TestingEnforcement.viewOwner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Principals;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which project counts for a query.
final class TestCurrentProject {
    private static final CatalogSchemaTableName CUSTOMER = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final CatalogSchemaTableName ORDERS = new CatalogSchemaTableName("lake", "shop", "orders");
    private static final CatalogSchemaTableName SALES = new CatalogSchemaTableName("hive", "raw", "sales");
    private static final TestingStore STORE = TestingStore.of(
            registered("lake"),
            registered("hive.raw.sales"),
            project("fraud", new Principals(Set.of("alice", "olga"), Set.of("fraud-team")), Set.of("Fraud"), "lake.shop.customer"),
            project("sales", new Principals(Set.of("alice"), Set.of()), Set.of(), "hive.raw.sales"),
            project("b\u00f6se' OR '1'='1", new Principals(Set.of("alice"), Set.of()), Set.of(), "lake.shop.orders"),
            grant("all", Level.READ, "true", everywhere()),
            policy("limited", new RowFilter(tables("lake.shop.customer"), new RowRule.Purposes(List.of("Fraud")))));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE);
    private final PolicyAccessControl accessControl = enforcement.accessControl;
    private int queryNumber;

    @Test
    void testCredentialNamesTheProjectOfOneQuery() {
        SystemSecurityContext fraud = query("alice", "fraud");
        assertReads(fraud, CUSTOMER);
        assertOutside(fraud, ORDERS, "fraud");
        assertReads(query("alice", "b\u00f6se' OR '1'='1"), ORDERS);
        assertThat(accessControl.getRowFilters(fraud, CUSTOMER)).isEmpty();
        // another connection at the same time
        SystemSecurityContext none = enforcement.query("alice");
        assertReads(none, ORDERS);
        assertThat(accessControl.getRowFilters(none, CUSTOMER)).hasSize(1);
    }

    @Test
    void testCredentialWinsOverState() {
        enforcement.publish(STORE.withCurrentProject("alice", "sales"));
        assertOutside(enforcement.query("alice"), CUSTOMER, "sales");
        assertReads(query("alice", "fraud"), CUSTOMER);
        assertOutside(query("alice", "fraud"), SALES, "fraud");
    }

    /// The sentence is the same, so that nobody learns the projects of others.
    @Test
    void testCredentialOfNoMemberIsRefused() {
        for (String project : List.of("fraud", "nothing", "", " ", "FRAUD", "fraud ", "sales\u0000", "lake.shop.customer", "*",
                "' OR ''='")) {
            if (project.equals("fraud")) {
                assertRefused("bob", project);
            }
            else {
                assertRefused("alice", project);
                assertRefused("bob", project);
            }
        }
        assertThat(refusal("bob", "fraud")).isEqualTo("Access Denied: Cannot use project 'fraud': there is no such project, or bob is no "
                + "member of it; SELECT name FROM policy.metadata.projects lists yours (POLICY-103)");
        assertThat(refusal("bob", "fraud").replace("fraud", "x")).isEqualTo(refusal("bob", "nothing").replace("nothing", "x"));
        // neither exempt users nor administrators go by a project that is not theirs
        assertRefused("etl", "fraud");
        assertRefused("root", "fraud");
    }

    @Test
    void testCredentialOfFormerMemberIsRefused() {
        Identity member = identity("bob", ImmutableMap.of("policy.project", "fraud"), "fraud-team");
        assertThatCode(() -> enter(member)).doesNotThrowAnyException();
        assertRefused("bob", "fraud");
        // a query that has begun goes on as it began
        SystemSecurityContext running = enter(member);
        enforcement.publish(TestingStore.of(registered("lake"), grant("all", Level.READ, "true", everywhere())));
        assertReads(running, CUSTOMER);
        assertThatThrownBy(() -> enter(member)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void testOtherCredentialsMeanNothing() {
        for (String name : List.of("policy", "project", "POLICY.PROJECT", "policy.project ", "policy.purposes",
                "internal$policy.project")) {
            SystemSecurityContext context = enter(identity("alice", ImmutableMap.of(name, "fraud")));
            assertThat(accessControl.getRowFilters(context, CUSTOMER)).as(name).hasSize(1);
            assertReads(context, ORDERS);
        }
    }

    /// The engine asks in the name of a view's owner, whose own project and credentials must not count.
    @Test
    void testViewCannotSwitchTheProjectOfWhoAsks() {
        enforcement.publish(STORE.withCurrentProject("olga", "fraud"));
        SystemSecurityContext bob = enforcement.query("bob");
        SystemSecurityContext underView = as(bob, viewOwner("olga"));
        assertThat(accessControl.getRowFilters(underView, CUSTOMER)).hasSize(1);
        assertReads(underView, ORDERS);
        SystemSecurityContext withCredential = as(bob, identity("olga", ImmutableMap.of("policy.project", "fraud")));
        assertThat(accessControl.getRowFilters(withCredential, CUSTOMER)).hasSize(1);
        // the other way round: who asks in a project stays in it under a view
        SystemSecurityContext alice = query("alice", "sales");
        assertOutside(as(alice, viewOwner("olga")), CUSTOMER, "sales");
        assertThatThrownBy(() -> accessControl.checkCanCreateViewWithSelectFromColumns(as(alice, viewOwner("olga")), ORDERS, Set.of("c")))
                .isInstanceOf(AccessDeniedException.class);
    }

    /// Where views show what their owner sees, his purposes would be everybody's.
    @Test
    void testOwnersOfViewsLendNoPurpose() {
        TestingEnforcement ownersDecide = new TestingEnforcement(STORE.withCurrentProject("olga", "fraud"),
                config().setDefinerViews(DefinerViews.OWNER));
        SystemSecurityContext bob = ownersDecide.query("bob");
        assertThat(ownersDecide.accessControl.getRowFilters(as(bob, viewOwner("olga")), CUSTOMER)).hasSize(1);
        assertThatCode(() -> ownersDecide.accessControl.checkCanSelectFromColumns(as(bob, viewOwner("olga")), ORDERS, Set.of("c")))
                .doesNotThrowAnyException();
    }

    @Test
    void testWhatIsOutsideIsListedNowhere() {
        enforcement.publish(STORE.withCurrentProject("alice", "sales"));
        SystemSecurityContext alice = enforcement.query("alice");
        assertThat(accessControl.filterCatalogs(alice, Set.of("lake", "hive", "policy", "system")))
                .containsExactlyInAnyOrder("hive", "policy", "system");
        assertThat(accessControl.filterSchemas(alice, "lake", Set.of("shop", "information_schema"))).containsExactly("information_schema");
        assertThat(accessControl.filterSchemas(alice, "hive", Set.of("raw"))).containsExactly("raw");
        SchemaTableName customer = new SchemaTableName("shop", "customer");
        assertThat(accessControl.filterTables(alice, "lake", Set.of(customer))).isEmpty();
        assertThat(accessControl.filterColumns(alice, CUSTOMER, Set.of("email"))).isEmpty();
        assertThat(accessControl.filterColumns(alice, "lake", Map.of(customer, Set.of("email")))).isEmpty();
        assertThat(accessControl.filterTables(alice, "hive", Set.of(new SchemaTableName("raw", "sales")))).hasSize(1);
        assertThatThrownBy(() -> accessControl.checkCanShowColumns(alice, CUSTOMER)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> accessControl.checkCanShowCreateTable(alice, CUSTOMER)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(alice,
                new CatalogSchemaTableName("lake", "shop", "customer$partitions"), Set.of("x"))).isInstanceOf(AccessDeniedException.class);
    }

    /// A table that is governed by its catalog, and by no document of its own, is found through the names that hold it.
    @Test
    void testWhatIsInsideIsListed() {
        SystemSecurityContext alice = query("alice", "fraud");
        assertThat(accessControl.filterCatalogs(alice, Set.of("lake", "hive"))).containsExactly("lake");
        assertThat(accessControl.filterSchemas(alice, "lake", Set.of("shop", "other"))).containsExactly("shop");
        assertThat(accessControl.filterTables(alice, "lake",
                Set.of(new SchemaTableName("shop", "customer"), new SchemaTableName("shop", "orders"))))
                .containsExactly(new SchemaTableName("shop", "customer"));
    }

    @Test
    void testLostProjectClosesGovernedTables() {
        enforcement.publish(STORE.withCurrentProject("bob", "fraud"));
        SystemSecurityContext bob = enforcement.query("bob");
        for (CatalogSchemaTableName table : List.of(CUSTOMER, ORDERS, SALES)) {
            assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(bob, table, Set.of("c")))
                    .hasMessageEndingWith(
                            "%s is closed while the current project is 'fraud', which does not exist any more or of which bob "
                                    .formatted(table)
                                    + "is no member any more; CALL policy.session.leave_project(), or use_project with another (POLICY-202)");
        }
        assertThat(accessControl.filterCatalogs(bob, Set.of("lake", "hive"))).isEmpty();
        // exempt users are bound by no project
        enforcement.publish(STORE.withCurrentProject("etl", "fraud"));
        assertReads(enforcement.query("etl"), ORDERS);
    }

    @Test
    void testUngovernedTablesAreNoMatterOfProjects() {
        CatalogSchemaTableName scratch = new CatalogSchemaTableName("hive", "raw", "scratch");
        TestingEnforcement open = new TestingEnforcement(STORE.withCurrentProject("alice", "sales"),
                config().setUngovernedTables(UngovernedTables.READ));
        assertThatCode(() -> open.accessControl.checkCanSelectFromColumns(open.query("alice"), scratch, Set.of("c")))
                .doesNotThrowAnyException();
        SystemSecurityContext alice = query("alice", "sales");
        assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(alice, scratch, Set.of("c")))
                .hasMessageEndingWith("hive.raw.scratch is not registered, and policy.ungoverned-tables is deny (POLICY-203)");
    }

    /// What is seen for a purpose must not be copied to where nobody asks for the purpose.
    @Test
    void testPurposesAreNotCarriedOut() {
        TestingEnforcement open = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW));
        Identity alice = identity("alice", ImmutableMap.of("policy.project", "fraud"));
        QueryId query = new QueryId("copy");
        open.accessControl.checkCanExecuteQuery(alice, query);
        SystemSecurityContext context = new SystemSecurityContext(alice, query, TestingEnforcement.NOW);
        assertThat(open.accessControl.getColumnMasks(context, CUSTOMER, ImmutableList.of())).isEmpty();
        assertThatThrownBy(
                () -> open.accessControl.checkCanCreateTable(context, new CatalogSchemaTableName("hive", "raw", "copy"), Map.of()))
                .hasMessageEndingWith(
                        "the query reads a governed table under an exception, so it may only fill governed tables (POLICY-207)");
    }

    @Test
    void testNobodyIsTheEnforcementUserByAProject() {
        assertThatThrownBy(() -> enter(identity("policy-enforcer-1", ImmutableMap.of("policy.project", "fraud"))))
                .hasMessageContaining("the user name is reserved");
        // expressions of policies read what they read, whatever the asker works at
        SystemSecurityContext alice = query("alice", "sales");
        assertThatCode(() -> accessControl.checkCanSelectFromColumns(as(alice, enforcement.enforcer()), CUSTOMER, Set.of("c")))
                .doesNotThrowAnyException();
    }

    private SystemSecurityContext query(String user, String project) {
        return enter(identity(user, ImmutableMap.of("policy.project", project)));
    }

    private SystemSecurityContext enter(Identity identity) {
        QueryId query = new QueryId("credential_" + queryNumber++);
        accessControl.checkCanExecuteQuery(identity, query);
        return new SystemSecurityContext(identity, query, TestingEnforcement.NOW);
    }

    private static Identity identity(String user, Map<String, String> credentials, String... groups) {
        return Identity.forUser(user).withPrincipal(new BasicPrincipal(user)).withGroups(Set.of(groups)).withExtraCredentials(credentials)
                .build();
    }

    private void assertReads(SystemSecurityContext context, CatalogSchemaTableName table) {
        assertThatCode(() -> accessControl.checkCanSelectFromColumns(context, table, Set.of("c"))).doesNotThrowAnyException();
    }

    private void assertOutside(SystemSecurityContext context, CatalogSchemaTableName table, String project) {
        assertThatThrownBy(() -> accessControl.checkCanSelectFromColumns(context, table, Set.of("c")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageEndingWith("%s is outside of project '%s'; CALL policy.session.leave_project(), or connect without the extra "
                        .formatted(table, project) + "credential policy.project (POLICY-202)");
    }

    private void assertRefused(String user, String project) {
        assertThat(refusal(user, project)).contains("there is no such project, or %s is no member of it".formatted(user));
    }

    private String refusal(String user, String project) {
        AccessDeniedException refusal = catchThrowableOfType(AccessDeniedException.class,
                () -> query(user, project));
        assertThat(refusal).isNotNull();
        return String.valueOf(refusal.getMessage());
    }
}
