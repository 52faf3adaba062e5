package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingPolicies.where;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemSecurityContext;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each question that Trino asks has a case here, one that passes and one that does not, and a row in the documentation.
final class TestEveryCheck {
    private static final CatalogSchemaTableName TABLE = new CatalogSchemaTableName("lake", "shop", "customer");
    /// No checks.
    private static final Set<String> LIFE = ImmutableSet.of("getEventListeners", "shutdown");
    private static final TestingStore STORE = TestingStore.of(registered("lake"),
            grant("r", Level.READ, "current_user = 'reader'", everywhere()),
            grant("w", Level.WRITE, "current_user = 'writer'", everywhere()),
            grant("o", Level.OWN, "current_user = 'owner'", everywhere()),
            // of use for TRUNCATE and the look of a table alone
            exempt(where("f", "c = 7", everywhere()), "current_user = 'owner'"));

    /// @param allowed empty: nobody
    private record Case(Optional<String> allowed, String refused) {
        private static Case of(String allowed, String refused) {
            return new Case(Optional.of(allowed), refused);
        }
    }

    private static final Case READ = Case.of("reader", "mallory");
    private static final Case WRITE = Case.of("writer", "reader");
    private static final Case OWN = Case.of("owner", "writer");
    private static final Case EXEMPT = Case.of("etl", "owner");
    private static final Case ADMINISTRATOR = Case.of("root", "etl");
    private static final Case OPERATOR = Case.of("ops", "etl");
    private static final Case EVERYONE = Case.of("mallory", "policy-enforcer-0123");
    private static final Case NOBODY = new Case(Optional.empty(), "etl");

    private static final Map<String, Case> CASES = ImmutableMap.<String, Case>builder()
            // the sample of a name is that of the catalog
            .put("checkCanImpersonateUser", Case.of("lake", "root"))
            .put("checkCanSetUser", EVERYONE)
            .put("checkCanExecuteQuery", EVERYONE)
            .put("checkCanViewQueryOwnedBy", OPERATOR)
            .put("filterViewQueryOwnedBy", OPERATOR)
            .put("checkCanKillQueryOwnedBy", OPERATOR)
            .put("checkCanReadSystemInformation", OPERATOR)
            .put("checkCanWriteSystemInformation", OPERATOR)
            .put("checkCanSetSystemSessionProperty", EXEMPT)
            .put("checkCanSetCatalogSessionProperty", EXEMPT)
            .put("canAccessCatalog", READ)
            .put("filterCatalogs", READ)
            .put("checkCanCreateCatalog", ADMINISTRATOR)
            .put("checkCanDropCatalog", ADMINISTRATOR)
            .put("checkCanCreateSchema", OWN)
            .put("checkCanDropSchema", OWN)
            .put("checkCanRenameSchema", OWN)
            .put("checkCanShowSchemas", READ)
            .put("filterSchemas", READ)
            .put("checkCanShowCreateSchema", OWN)
            .put("checkCanShowCreateTable", OWN)
            .put("checkCanCreateTable", OWN)
            .put("checkCanDropTable", OWN)
            .put("checkCanRenameTable", OWN)
            .put("checkCanSetTableProperties", OWN)
            .put("checkCanSetTableComment", OWN)
            .put("checkCanSetViewComment", OWN)
            .put("checkCanSetColumnComment", OWN)
            .put("checkCanShowTables", READ)
            .put("filterTables", READ)
            .put("checkCanShowColumns", READ)
            .put("filterColumns", READ)
            .put("checkCanAddColumn", OWN)
            .put("checkCanAlterColumn", OWN)
            .put("checkCanDropColumn", OWN)
            .put("checkCanRenameColumn", OWN)
            .put("checkCanSelectFromColumns", READ)
            .put("checkCanInsertIntoTable", WRITE)
            .put("checkCanUpdateTableColumns", WRITE)
            .put("checkCanDeleteFromTable", WRITE)
            .put("checkCanTruncateTable", OWN)
            .put("checkCanShowBranches", OWN)
            .put("checkCanCreateBranch", OWN)
            .put("checkCanDropBranch", OWN)
            .put("checkCanFastForwardBranch", OWN)
            .put("getRowFilters", Case.of("owner", "reader"))
            .put("getColumnMasks", Case.of("owner", "reader"))
            .put("getColumnMask", Case.of("owner", "reader"))
            .put("checkCanCreateView", OWN)
            .put("checkCanRenameView", OWN)
            .put("checkCanRefreshView", OWN)
            .put("checkCanDropView", OWN)
            .put("checkCanCreateViewWithSelectFromColumns", READ)
            .put("checkCanCreateMaterializedView", OWN)
            .put("checkCanRefreshMaterializedView", OWN)
            .put("checkCanSetMaterializedViewProperties", OWN)
            .put("checkCanDropMaterializedView", OWN)
            .put("checkCanRenameMaterializedView", OWN)
            .put("checkCanExecuteProcedure", EXEMPT)
            .put("checkCanExecuteTableProcedure", EXEMPT)
            .put("canExecuteFunction", EXEMPT)
            .put("canCreateViewWithExecuteFunction", EXEMPT)
            .put("checkCanShowFunctions", READ)
            .put("filterFunctions", READ)
            .put("checkCanCreateFunction", OWN)
            .put("checkCanDropFunction", OWN)
            .put("checkCanShowCreateFunction", OWN)
            .put("checkCanGrantSchemaPrivilege", NOBODY)
            .put("checkCanGrantTablePrivilege", NOBODY)
            .put("checkCanGrantTableBranchPrivilege", NOBODY)
            .put("checkCanGrantEntityPrivilege", NOBODY)
            .put("checkCanDenySchemaPrivilege", NOBODY)
            .put("checkCanDenyTablePrivilege", NOBODY)
            .put("checkCanDenyTableBranchPrivilege", NOBODY)
            .put("checkCanDenyEntityPrivilege", NOBODY)
            .put("checkCanRevokeSchemaPrivilege", NOBODY)
            .put("checkCanRevokeTablePrivilege", NOBODY)
            .put("checkCanRevokeTableBranchPrivilege", NOBODY)
            .put("checkCanRevokeEntityPrivilege", NOBODY)
            .put("checkCanCreateRole", NOBODY)
            .put("checkCanDropRole", NOBODY)
            .put("checkCanGrantRoles", NOBODY)
            .put("checkCanRevokeRoles", NOBODY)
            .put("checkCanShowRoles", NOBODY)
            .put("checkCanShowCurrentRoles", NOBODY)
            .put("checkCanShowRoleGrants", NOBODY)
            .put("checkCanSetSchemaAuthorization", NOBODY)
            .put("checkCanSetTableAuthorization", NOBODY)
            .put("checkCanSetViewAuthorization", NOBODY)
            .put("checkCanSetMaterializedViewAuthorization", NOBODY)
            .put("checkCanSetEntityAuthorization", NOBODY)
            .buildOrThrow();

    static List<Method> checks() {
        return Arrays.stream(SystemAccessControl.class.getMethods()).filter(method -> !LIFE.contains(method.getName()))
                .collect(toImmutableList());
    }

    @ParameterizedTest
    @MethodSource("checks")
    @DisplayName("Each check passes for one user and refuses another")
    void testCheck(Method check) throws ReflectiveOperationException {
        assertThat(CASES).containsKey(check.getName());
        Case expected = requireNonNull(CASES.get(check.getName()));
        for (String user : expected.allowed().stream().toList()) {
            assertThat(isDenied(check, user)).as("%s for %s", check, user).isFalse();
        }
        assertThat(isDenied(check, expected.refused())).as("%s for %s", check, expected.refused()).isTrue();
    }

    @Test
    void testNoCaseIsLeftOver() {
        assertThat(checks().stream().map(Method::getName).collect(toImmutableSet())).containsExactlyInAnyOrderElementsOf(CASES.keySet());
    }

    @Test
    void testEachCheckIsDocumented() throws IOException {
        String semantics = Files.readString(Path.of("..", "docs", "semantics.md"));
        for (Method check : checks()) {
            // those that say how a table looks are whole chapters; the old form of one falls to the new one
            if (!ImmutableList.of("getColumnMask").contains(check.getName())) {
                assertThat(semantics).contains("`%s`".formatted(check.getName()));
            }
        }
    }

    private static boolean isDenied(Method check, String user) throws ReflectiveOperationException {
        TestingEnforcement enforcement = new TestingEnforcement(STORE);
        // nobody is the enforcement user in a query
        SystemSecurityContext context = user.startsWith("policy-enforcer-")
                ? new SystemSecurityContext(login(user), new QueryId("new"), TestingEnforcement.NOW)
                : enforcement.query(user);
        return new TestingCheck(check, login(user), context, TABLE).isDenied(enforcement.accessControl);
    }
}
