package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.as;
import static io.github.trinopolicy.enforcement.TestingEnforcement.config;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static io.github.trinopolicy.enforcement.TestingEnforcement.viewOwner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.SystemSecurityContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class TestRoutineGuard {
    private static final CatalogSchemaRoutineName HASH = routine("policy", "masking", "hash");
    private static final CatalogSchemaRoutineName EXPLAIN = routine("policy", "session", "explain");
    private static final CatalogSchemaRoutineName QUERY = routine("lake", "system", "query");
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    private static final TestingStore STORE = TestingStore.of(registered("lake.shop"),
            grant("o", Level.OWN, "in_any_group('owners')", everywhere()));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE);
    private final PolicyAccessControl accessControl = enforcement.accessControl;

    @Test
    void testMaskingFunctionsAreForTheEnforcementIdentityAlone() {
        SystemSecurityContext context = enforcement.query("alice");
        assertThat(accessControl.canExecuteFunction(as(context, enforcement.enforcer()), HASH)).isTrue();
        assertThat(accessControl.canCreateViewWithExecuteFunction(as(context, enforcement.enforcer()), HASH)).isTrue();
        for (SystemSecurityContext other : List.of(context, enforcement.query("root"), enforcement.query("etl"), enforcement.query("ops"),
                as(context, login(enforcement.enforcementUser.name())), as(context, viewOwner("policy-enforcer-x")),
                as(context, viewOwner("etl")), as(context, viewOwner("root")))) {
            assertThat(accessControl.canExecuteFunction(other, HASH)).isFalse();
            assertThat(accessControl.canCreateViewWithExecuteFunction(other, HASH)).isFalse();
        }
    }

    @Test
    void testMaskingFunctionsAreNotShown() {
        Set<SchemaFunctionName> names = Set.of(new SchemaFunctionName("masking", "hash"), new SchemaFunctionName("session", "explain"));
        assertThat(accessControl.filterFunctions(enforcement.query("root"), "policy", names))
                .containsExactly(new SchemaFunctionName("session", "explain"));
        assertThat(accessControl.filterFunctions(enforcement.query("etl"), "lake", names)).isEqualTo(names);
    }

    @Test
    void testAdministrationAnswersTheAskingUser() {
        for (CatalogSchemaRoutineName function : List.of(EXPLAIN, routine("policy", "admin", "plan"))) {
            SystemSecurityContext context = enforcement.query("alice");
            assertThat(accessControl.canExecuteFunction(context, function)).isTrue();
            assertThat(accessControl.canExecuteFunction(as(context, viewOwner("root")), function)).isFalse();
            assertThat(accessControl.canExecuteFunction(as(context, viewOwner("alice")), function)).isFalse();
            assertThat(accessControl.canExecuteFunction(as(context, enforcement.enforcer()), function)).isFalse();
            assertThat(accessControl.canCreateViewWithExecuteFunction(context, function)).isFalse();
        }
        assertThat(accessControl.canExecuteFunction(enforcement.query("root"), routine("policy", "unknown", "f"))).isFalse();
    }

    @Test
    void testAdministrationIsRefusedInsideViews() {
        SystemSecurityContext context = enforcement.query("alice", "owners");
        assertThatCode(() -> accessControl.checkCanCreateView(context, TABLE)).doesNotThrowAnyException();
        accessControl.canExecuteFunction(context, EXPLAIN);
        String reason = "functions of the policy catalog answer the asking user and are refused inside views";
        assertDenied(() -> accessControl.checkCanCreateView(context, TABLE), reason);
        assertDenied(() -> accessControl.checkCanCreateMaterializedView(context, TABLE, Map.of()), reason);
    }

    @Test
    void testProceduresOfAdministrationAuthoriseTheirCallers() {
        for (String schema : List.of("admin", "session")) {
            assertThatCode(() -> accessControl.checkCanExecuteProcedure(enforcement.query("alice"), routine("policy", schema, "apply")))
                    .doesNotThrowAnyException();
        }
        assertDenied(() -> accessControl.checkCanExecuteProcedure(enforcement.query("root"), routine("policy", "masking", "hash")),
                "policy.allowed-routines does not name it");
    }

    @Test
    void testRoutinesOfTrino() {
        SystemSecurityContext context = enforcement.query("alice");
        assertThat(accessControl.canExecuteFunction(context, routine("system", "builtin", "sequence"))).isTrue();
        assertThat(accessControl.canExecuteFunction(context, routine("system", "other", "f"))).isFalse();
        assertThatCode(() -> accessControl.checkCanExecuteProcedure(context, routine("system", "runtime", "kill_query")))
                .doesNotThrowAnyException();
        assertDenied(() -> accessControl.checkCanExecuteProcedure(context, routine("system", "runtime", "other")),
                "policy.allowed-routines does not name it");
    }

    /// A pass-through query of a catalog sees the tables below their policies.
    @Test
    void testRoutinesOfGovernedCatalogsAreClosed() {
        for (UngovernedTables ungoverned : UngovernedTables.values()) {
            TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(ungoverned));
            for (SystemSecurityContext context : List.of(configured.query("alice", "owners"), configured.query("root"))) {
                assertThat(configured.accessControl.canExecuteFunction(context, QUERY)).isFalse();
                assertThat(configured.accessControl.canCreateViewWithExecuteFunction(context, QUERY)).isFalse();
                assertDenied(() -> configured.accessControl.checkCanExecuteProcedure(context, routine("lake", "system", "register_table")),
                        "policy.allowed-routines does not name it");
                assertDenied(() -> configured.accessControl.checkCanExecuteTableProcedure(context, TABLE, "OPTIMIZE"), "OPTIMIZE");
            }
            assertThat(configured.accessControl.canExecuteFunction(configured.query("etl"), QUERY)).isTrue();
        }
    }

    @Test
    void testRoutinesOfACatalogThatIsRegisteredItselfAreClosed() {
        TestingEnforcement configured = new TestingEnforcement(TestingStore.of(registered("lake")),
                config().setUngovernedTables(UngovernedTables.ALLOW));
        assertThat(configured.accessControl.canExecuteFunction(configured.query("alice"), QUERY)).isFalse();
    }

    @Test
    void testRoutinesOfUngovernedCatalogsFollowTheirTables() {
        CatalogSchemaRoutineName function = routine("hive", "system", "query");
        CatalogSchemaTableName table = new CatalogSchemaTableName("hive", "raw", "t");
        for (UngovernedTables ungoverned : UngovernedTables.values()) {
            TestingEnforcement configured = new TestingEnforcement(STORE, config().setUngovernedTables(ungoverned));
            SystemSecurityContext context = configured.query("alice");
            assertThat(configured.accessControl.canExecuteFunction(context, function)).isEqualTo(ungoverned != UngovernedTables.DENY);
            ThrowingCallable procedure = () -> configured.accessControl.checkCanExecuteProcedure(context, function);
            ThrowingCallable tableProcedure = () -> configured.accessControl.checkCanExecuteTableProcedure(context, table, "optimize");
            if (ungoverned == UngovernedTables.ALLOW) {
                assertThatCode(procedure).doesNotThrowAnyException();
                assertThatCode(tableProcedure).doesNotThrowAnyException();
            }
            else {
                assertDenied(procedure, "policy.allowed-routines does not name it");
                assertDenied(tableProcedure, "optimize");
            }
        }
    }

    @Test
    void testAllowedRoutines() {
        TestingEnforcement configured = new TestingEnforcement(STORE,
                config().setAllowedRoutines("lake.system.QUERY, lake.system.optimize"));
        PolicyAccessControl access = configured.accessControl;
        assertThat(access.canExecuteFunction(configured.query("alice"), QUERY)).isTrue();
        assertThat(access.canExecuteFunction(configured.query("alice"), routine("lake", "system", "other"))).isFalse();
        // a table procedure needs the level own besides
        assertThatCode(() -> access.checkCanExecuteTableProcedure(configured.query("alice", "owners"), TABLE, "OPTIMIZE"))
                .doesNotThrowAnyException();
        assertDenied(() -> access.checkCanExecuteTableProcedure(configured.query("alice"), TABLE, "OPTIMIZE"), "OPTIMIZE");
        assertDenied(() -> access.checkCanExecuteTableProcedure(configured.query("alice", "owners"), TABLE, "drop_everything"),
                "drop_everything");
    }

    @Test
    void testFunctionsAreForOwnersOfTheSchema() {
        CatalogSchemaRoutineName function = routine("lake", "shop", "f");
        List<ThrowingCallable> owner = changes(enforcement.query("alice", "owners"), function);
        owner.forEach(check -> assertThatCode(check).doesNotThrowAnyException());
        changes(enforcement.query("root"), function).forEach(check -> assertDenied(check, "no policy lets root change lake.shop"));
        for (String user : List.of("root", "etl")) {
            for (CatalogSchemaRoutineName reserved : List.of(HASH, routine("system", "builtin", "lower"))) {
                changes(enforcement.query(user), reserved).forEach(check -> assertDenied(check,
                        "the schema belongs to Trino or to the policy plugin"));
            }
        }
    }

    private List<ThrowingCallable> changes(SystemSecurityContext context, CatalogSchemaRoutineName function) {
        return List.of(() -> accessControl.checkCanCreateFunction(context, function),
                () -> accessControl.checkCanDropFunction(context, function),
                () -> accessControl.checkCanShowCreateFunction(context, function));
    }

    private static CatalogSchemaRoutineName routine(String catalog, String schema, String name) {
        return new CatalogSchemaRoutineName(catalog, schema, name);
    }

    private static void assertDenied(ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(AccessDeniedException.class).hasMessageContaining(reason);
    }
}
