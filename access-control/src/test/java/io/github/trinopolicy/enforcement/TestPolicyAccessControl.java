package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.config;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static io.trino.spi.security.PrincipalType.USER;
import static io.trino.spi.security.Privilege.SELECT;
import static io.trino.testing.InterfaceTestUtils.assertAllMethodsOverridden;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.EntityKindAndName;
import io.trino.spi.connector.EntityPrivilege;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemSecurityContext;
import io.trino.spi.security.TrinoPrincipal;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPolicyAccessControl {
    private static final CatalogSchemaName SCHEMA = new CatalogSchemaName("lake", "shop");
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final TrinoPrincipal PRINCIPAL = new TrinoPrincipal(USER, "alice");
    private static final EntityKindAndName ENTITY = new EntityKindAndName("TABLE", List.of("lake", "shop", "customer"));
    private static final TestingStore STORE = TestingStore.of(registered("lake"), grant("g", Level.OWN, "true", everywhere()));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE);
    private final PolicyAccessControl accessControl = enforcement.accessControl;

    @Test
    void testEverythingImplemented() {
        assertAllMethodsOverridden(SystemAccessControl.class, PolicyAccessControl.class);
    }

    /// The user is exempt and everything is allowed on what is not registered; yet a query that never began may do nothing.
    @Test
    void testEveryCheckDeniesForAnUnknownQuery() throws ReflectiveOperationException {
        PolicyAccessControl permissive = new TestingEnforcement(STORE, config().setUngovernedTables(UngovernedTables.ALLOW)
                .setAllowedSessionProperties("")).accessControl;
        SystemSecurityContext unknown = new SystemSecurityContext(login("etl"), new QueryId("unknown"), TestingEnforcement.NOW);
        List<Method> methods = Arrays.stream(SystemAccessControl.class.getMethods())
                .filter(method -> List.of(method.getParameterTypes()).contains(SystemSecurityContext.class))
                .collect(toImmutableList());
        assertThat(methods).hasSizeGreaterThan(70);
        for (Method method : methods) {
            for (CatalogSchemaTableName table : List.of(TABLE, new CatalogSchemaTableName("hive", "raw", "t"))) {
                assertThat(new TestingCheck(method, login("etl"), unknown, table).isDenied(permissive)).as(method.toString()).isTrue();
            }
        }
    }

    @Test
    void testQueryThatHasEndedIsUnknown() {
        SystemSecurityContext context = enforcement.query("etl");
        assertThatCode(() -> accessControl.checkCanDropTable(context, TABLE)).doesNotThrowAnyException();
        enforcement.queries.leave(context.getQueryId());
        assertThatThrownBy(() -> accessControl.checkCanDropTable(context, TABLE))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessage("Access Denied: Query %s is not known to the policy plugin (POLICY-109)".formatted(context.getQueryId()));
    }

    @Test
    void testQuerySeesOneVersion() {
        SystemSecurityContext before = enforcement.query("alice");
        enforcement.publish(TestingStore.of(registered("lake")));
        SystemSecurityContext after = enforcement.query("alice");
        assertThatCode(() -> accessControl.checkCanDropTable(before, TABLE)).doesNotThrowAnyException();
        assertDenied(() -> accessControl.checkCanDropTable(after, TABLE),
                "Cannot drop table lake.shop.customer: no policy lets alice change");
    }

    // users and queries

    @ParameterizedTest
    @ValueSource(strings = {"policy-enforcer-", "policy-enforcer-x", "policy-enforcer-0123456789abcdef0123456789abcdef"})
    void testReservedNamesAreRefusedEverywhere(String name) {
        Identity reserved = login(name);
        assertDenied(() -> accessControl.checkCanExecuteQuery(reserved, new QueryId("q")), "the user name is reserved");
        assertDenied(() -> accessControl.checkCanImpersonateUser(login("root"), name), "cannot impersonate user " + name);
        assertDenied(() -> accessControl.checkCanImpersonateUser(reserved, name), "cannot impersonate user " + name);
        assertDenied(() -> setUser(Optional.of(new BasicPrincipal("alice")), name), "the user name is reserved");
        assertDenied(() -> setUser(Optional.empty(), name), "the user name is reserved");
        assertDenied(() -> setUser(Optional.of(new BasicPrincipal(name)), "alice"), "the user name is reserved");
    }

    @Test
    void testNameOfTheEnforcementUserIsRefusedToo() {
        assertDenied(() -> accessControl.checkCanExecuteQuery(enforcement.enforcer(), new QueryId("q")), "the user name is reserved");
        assertDenied(() -> setUser(Optional.empty(), enforcement.enforcer().getUser()), "the user name is reserved");
        assertThat(enforcement.enforcementUser).hasToString("policy-enforcer-*");
        assertThat(new TestingEnforcement(STORE).enforcer().getUser()).isNotEqualTo(enforcement.enforcer().getUser());
    }

    @Test
    void testUsersMayBeThemselves() {
        assertThatCode(() -> setUser(Optional.of(new BasicPrincipal("alice")), "alice")).doesNotThrowAnyException();
        assertThatCode(() -> accessControl.checkCanImpersonateUser(login("alice"), "alice")).doesNotThrowAnyException();
        assertThatCode(() -> accessControl.checkCanExecuteQuery(login("alice"), new QueryId("q"))).doesNotThrowAnyException();
        for (String user : List.of("alice", "root", "ops", "etl")) {
            assertDenied(() -> accessControl.checkCanImpersonateUser(login(user), "bob"), "cannot impersonate user bob");
        }
    }

    @Test
    void testQueriesOfOthersAreForOperators() {
        Identity alice = login("alice");
        Identity bob = login("bob");
        for (Identity operator : List.of(login("ops"), login("x", "operators"), login("root"), login("x", "administrators"), bob)) {
            assertThatCode(() -> accessControl.checkCanViewQueryOwnedBy(operator, bob)).doesNotThrowAnyException();
            assertThatCode(() -> accessControl.checkCanKillQueryOwnedBy(operator, bob)).doesNotThrowAnyException();
        }
        for (Identity other : List.of(alice, login("etl"), login("x", "ops"), login("Ops"))) {
            assertDenied(() -> accessControl.checkCanViewQueryOwnedBy(other, bob), "Cannot view query");
            assertDenied(() -> accessControl.checkCanKillQueryOwnedBy(other, bob), "Cannot kill query");
        }
        assertThat(accessControl.filterViewQueryOwnedBy(alice, List.of(alice, bob))).containsExactly(alice);
        assertThat(accessControl.filterViewQueryOwnedBy(login("ops"), List.of(alice, bob))).containsExactly(alice, bob);
    }

    @Test
    void testSystemInformationIsForOperators() {
        for (Identity operator : List.of(login("ops"), login("root"), login("x", "operators"))) {
            assertThatCode(() -> accessControl.checkCanReadSystemInformation(operator)).doesNotThrowAnyException();
            assertThatCode(() -> accessControl.checkCanWriteSystemInformation(operator)).doesNotThrowAnyException();
        }
        for (Identity other : List.of(login("alice"), login("etl"))) {
            assertDenied(() -> accessControl.checkCanReadSystemInformation(other), "Cannot read system information");
            assertDenied(() -> accessControl.checkCanWriteSystemInformation(other), "Cannot write system information");
        }
    }

    @Test
    void testSystemTablesAreForOperatorsButThoseThatTrinoFilters() {
        for (String user : List.of("alice", "root", "ops", "etl")) {
            SystemSecurityContext context = enforcement.query(user);
            for (CatalogSchemaTableName open : List.of(new CatalogSchemaTableName("system", "jdbc", "tables"),
                    new CatalogSchemaTableName("system", "metadata", "catalogs"),
                    new CatalogSchemaTableName("system", "information_schema", "x"),
                    new CatalogSchemaTableName("lake", "information_schema", "columns"),
                    new CatalogSchemaTableName("policy", "metadata", "policies"))) {
                assertThatCode(() -> accessControl.checkCanSelectFromColumns(context, open, Optional.empty(), Set.of()))
                        .doesNotThrowAnyException();
            }
            ThrowingCallable runtime = () -> accessControl.checkCanSelectFromColumns(context,
                    new CatalogSchemaTableName("system", "runtime", "queries"), Optional.empty(), Set.of());
            if (List.of("root", "ops").contains(user)) {
                assertThatCode(runtime).doesNotThrowAnyException();
            }
            else {
                assertDenied(runtime, "only operators and administrators read system tables");
            }
        }
    }

    @Test
    void testSessionProperties() {
        PolicyAccessControl configured = new TestingEnforcement(STORE,
                config().setAllowedSessionProperties("query_priority,lake.safe")).accessControl;
        QueryId query = new QueryId("q");
        assertThatCode(() -> configured.checkCanSetSystemSessionProperty(login("alice"), query, "query_priority"))
                .doesNotThrowAnyException();
        assertDenied(() -> configured.checkCanSetSystemSessionProperty(login("alice"), query, "query_max_run_time"),
                "policy.allowed-session-properties does not name it");
        assertDenied(() -> configured.checkCanSetSystemSessionProperty(login("root"), query, "optimize_hash_generation"),
                "policy.allowed-session-properties does not name it");
        assertThatCode(() -> configured.checkCanSetSystemSessionProperty(login("etl"), query, "optimize_hash_generation"))
                .doesNotThrowAnyException();
    }

    @Test
    void testOptimizerSwitchesAreNotAmongTheDefaultProperties() {
        for (String property : List.of("push_filter_into_values_max_row_count", "predicate_pushdown", "enable_dynamic_filtering",
                "optimizer_push_filters", "ignore_stats_calculator_failures", "legacy_catalog_roles", "path")) {
            assertDenied(() -> accessControl.checkCanSetSystemSessionProperty(login("alice"), new QueryId("q"), property),
                    "policy.allowed-session-properties does not name it");
        }
        assertThatCode(() -> accessControl.checkCanSetSystemSessionProperty(login("alice"), new QueryId("q"), "query_max_run_time"))
                .doesNotThrowAnyException();
    }

    @Test
    void testCatalogSessionProperties() {
        TestingEnforcement configured = new TestingEnforcement(STORE, config().setAllowedSessionProperties("safe,lake.safe"));
        assertThatCode(() -> configured.accessControl.checkCanSetCatalogSessionProperty(configured.query("alice"), "lake", "safe"))
                .doesNotThrowAnyException();
        assertDenied(() -> configured.accessControl.checkCanSetCatalogSessionProperty(configured.query("alice"), "hive", "safe"),
                "policy.allowed-session-properties does not name it");
        assertDenied(() -> configured.accessControl.checkCanSetCatalogSessionProperty(configured.query("root"), "lake", "other"),
                "policy.allowed-session-properties does not name it");
        assertThatCode(() -> configured.accessControl.checkCanSetCatalogSessionProperty(configured.query("etl"), "lake", "other"))
                .doesNotThrowAnyException();
    }

    @Test
    void testCatalogsAreForAdministrators() {
        for (String user : List.of("alice", "ops", "etl")) {
            assertDenied(() -> accessControl.checkCanCreateCatalog(enforcement.query(user), "new"), "Cannot create catalog new");
            assertDenied(() -> accessControl.checkCanDropCatalog(enforcement.query(user), "lake"), "Cannot drop catalog lake");
        }
        assertThatCode(() -> accessControl.checkCanCreateCatalog(enforcement.query("root"), "new")).doesNotThrowAnyException();
        assertThatCode(() -> accessControl.checkCanDropCatalog(enforcement.query("x", "administrators"), "lake"))
                .doesNotThrowAnyException();
    }

    /// Rights are given by policies alone, whoever asks.
    @Test
    void testGrantsAndRolesAreRefused() {
        for (String user : List.of("alice", "root", "etl")) {
            SystemSecurityContext context = enforcement.query(user);
            List<ThrowingCallable> refused = ImmutableList.of(
                    () -> accessControl.checkCanGrantSchemaPrivilege(context, SELECT, SCHEMA, PRINCIPAL, false),
                    () -> accessControl.checkCanDenySchemaPrivilege(context, SELECT, SCHEMA, PRINCIPAL),
                    () -> accessControl.checkCanRevokeSchemaPrivilege(context, SELECT, SCHEMA, PRINCIPAL, false),
                    () -> accessControl.checkCanGrantTablePrivilege(context, SELECT, TABLE, PRINCIPAL, false),
                    () -> accessControl.checkCanDenyTablePrivilege(context, SELECT, TABLE, PRINCIPAL),
                    () -> accessControl.checkCanRevokeTablePrivilege(context, SELECT, TABLE, PRINCIPAL, false),
                    () -> accessControl.checkCanGrantTableBranchPrivilege(context, SELECT, TABLE, "b", PRINCIPAL, false),
                    () -> accessControl.checkCanDenyTableBranchPrivilege(context, SELECT, TABLE, "b", PRINCIPAL),
                    () -> accessControl.checkCanRevokeTableBranchPrivilege(context, SELECT, TABLE, "b", PRINCIPAL, false),
                    () -> accessControl.checkCanGrantEntityPrivilege(context, new EntityPrivilege("SELECT"), ENTITY, PRINCIPAL, false),
                    () -> accessControl.checkCanDenyEntityPrivilege(context, new EntityPrivilege("SELECT"), ENTITY, PRINCIPAL),
                    () -> accessControl.checkCanRevokeEntityPrivilege(context, new EntityPrivilege("SELECT"), ENTITY, PRINCIPAL, false),
                    () -> accessControl.checkCanSetEntityAuthorization(context, ENTITY, PRINCIPAL),
                    () -> accessControl.checkCanCreateRole(context, "r", Optional.empty()),
                    () -> accessControl.checkCanDropRole(context, "r"),
                    () -> accessControl.checkCanGrantRoles(context, Set.of("r"), Set.of(PRINCIPAL), false, Optional.empty()),
                    () -> accessControl.checkCanRevokeRoles(context, Set.of("r"), Set.of(PRINCIPAL), false, Optional.empty()));
            refused.forEach(check -> assertDenied(check, "rights are given by policies: CALL policy.admin.apply"));
            assertDenied(() -> accessControl.checkCanShowRoles(context), "Cannot show roles");
            assertDenied(() -> accessControl.checkCanShowCurrentRoles(context), "Cannot show current roles");
            assertDenied(() -> accessControl.checkCanShowRoleGrants(context), "Cannot show role grants");
        }
    }

    @Test
    void testShutdown() {
        accessControl.shutdown();
        assertThat(enforcement.shutdowns).hasValue(1);
        assertThat(accessControl.getEventListeners()).hasSize(1);
    }

    @SuppressWarnings("deprecation") // Trino still asks
    private void setUser(Optional<Principal> principal, String user) {
        accessControl.checkCanSetUser(principal, user);
    }

    private static void assertDenied(ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(AccessDeniedException.class).hasMessageContaining(reason);
    }
}
