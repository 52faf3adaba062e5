package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.grant;
import static io.github.trinopolicy.decision.TestingStore.registered;
import static io.github.trinopolicy.enforcement.TestingEnforcement.as;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static io.github.trinopolicy.enforcement.TestingEnforcement.viewOwner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class TestServiceUser {
    private static final CatalogSchemaTableName NAMED = new CatalogSchemaTableName("lake", "hr", "territories");
    private static final CatalogSchemaTableName OTHER = new CatalogSchemaTableName("lake", "hr", "people");
    private static final QueryId QUERY = new QueryId("service");

    private final TestingEnforcement enforcement = new TestingEnforcement(TestingStore.of(registered("lake"),
            grant("r", Level.READ, "current_user = 'owner'", everywhere())));
    private final PolicyAccessControl accessControl = enforcement.accessControl;
    private final ServiceUser serviceUser = enforcement.serviceUser;

    @Test
    void testRunReadsTheTablesThatItIsAbout() {
        try (ServiceUser.Run run = begin()) {
            SystemSecurityContext context = query(run);
            assertThatCode(() -> accessControl.checkCanSelectFromColumns(context, NAMED, Set.of("login"))).doesNotThrowAnyException();
            assertThat(accessControl.getRowFilters(context, NAMED)).isEmpty();
            assertThat(accessControl.canAccessCatalog(context, "lake")).isTrue();
            assertThat(accessControl.canAccessCatalog(context, "hive")).isFalse();
            assertDenied(() -> accessControl.checkCanSelectFromColumns(context, OTHER, Set.of("ssn")));
            assertDenied(() -> accessControl.checkCanSelectFromColumns(context, new CatalogSchemaTableName("policy", "metadata", "users"),
                    Set.of("user_name")));
            assertDenied(() -> accessControl.checkCanSelectFromColumns(context, new CatalogSchemaTableName("system", "jdbc", "tables"),
                    Set.of("table_name")));
        }
    }

    @Test
    void testRunOnlyReads() {
        try (ServiceUser.Run run = begin()) {
            SystemSecurityContext context = query(run);
            assertDenied(() -> accessControl.checkCanInsertIntoTable(context, NAMED));
            assertDenied(() -> accessControl.checkCanDeleteFromTable(context, NAMED));
            assertDenied(() -> accessControl.checkCanUpdateTableColumns(context, NAMED, Set.of("login")));
            assertDenied(() -> accessControl.checkCanTruncateTable(context, NAMED));
            assertDenied(() -> accessControl.checkCanDropTable(context, NAMED));
            assertDenied(() -> accessControl.checkCanCreateTable(context, NAMED, Map.of()));
            assertDenied(() -> accessControl.checkCanCreateView(context, NAMED));
            assertDenied(() -> accessControl.checkCanCreateTable(context, new CatalogSchemaTableName("hive", "raw", "copy"), Map.of()));
            assertDenied(() -> accessControl.checkCanExecuteProcedure(context, new CatalogSchemaRoutineName("policy", "admin", "apply")));
            assertDenied(() -> accessControl.checkCanExecuteProcedure(context,
                    new CatalogSchemaRoutineName("policy", "session", "use_project")));
            assertDenied(() -> accessControl.checkCanExecuteProcedure(context, new CatalogSchemaRoutineName("hive", "system", "flush")));
            assertDenied(() -> accessControl.checkCanExecuteTableProcedure(context, NAMED, "optimize"));
            assertDenied(() -> accessControl.checkCanCreateCatalog(context, "new"));
            assertDenied(() -> accessControl.checkCanSetCatalogSessionProperty(context, "lake", "any"));
            for (String function : List.of("policy.masking.hash", "policy.session.explain", "policy.admin.export", "lake.system.query")) {
                List<String> parts = List.of(function.split("\\.", -1));
                assertThat(
                        accessControl.canExecuteFunction(context, new CatalogSchemaRoutineName(parts.get(0), parts.get(1), parts.get(2))))
                        .describedAs(function).isFalse();
            }
            assertThatCode(() -> accessControl.checkCanSetSystemSessionProperty(context.getIdentity(), QUERY, "query_max_run_time"))
                    .doesNotThrowAnyException();
            assertDenied(() -> accessControl.checkCanSetSystemSessionProperty(context.getIdentity(), QUERY, "join_reordering_strategy"));
        }
    }

    @Test
    void testFunctionsOfFingerprints() {
        CatalogSchemaRoutineName fingerprint = new CatalogSchemaRoutineName("policy", "masking", "fingerprint");
        CatalogSchemaRoutineName shape = new CatalogSchemaRoutineName("policy", "masking", "shape");
        ServiceUser.Run run = serviceUser.beginFingerprint(ObjectName.ofTable("lake", "hr", "territories"));
        SystemSecurityContext context = query(run);
        assertThat(accessControl.canExecuteFunction(context, fingerprint)).isTrue();
        assertThat(accessControl.canExecuteFunction(context, shape)).isTrue();
        assertThatCode(() -> accessControl.checkCanSelectFromColumns(context, NAMED, Set.of("login"))).doesNotThrowAnyException();
        assertDenied(() -> accessControl.checkCanSelectFromColumns(context, OTHER, Set.of("ssn")));
        for (String function : List.of("hash", "reversible", "format_preserving", "minimize", "value_in_set", "may_fail")) {
            assertThat(accessControl.canExecuteFunction(context, new CatalogSchemaRoutineName("policy", "masking", function)))
                    .describedAs(function).isFalse();
        }
        for (CatalogSchemaRoutineName function : List.of(fingerprint, shape)) {
            assertThat(accessControl.canCreateViewWithExecuteFunction(context, function)).isFalse();
            // the owner of a view that the table may be
            assertThat(accessControl.canExecuteFunction(as(context, viewOwner("owner")), function)).isFalse();
            assertThat(accessControl.canExecuteFunction(enforcement.query("mallory"), function)).isFalse();
            // a lookup table may be a view with text of somebody who would test guesses by it
            try (ServiceUser.Run reading = begin()) {
                assertThat(accessControl.canExecuteFunction(query(reading), function)).isFalse();
            }
            assertThat(
                    accessControl.canExecuteFunction(context, new CatalogSchemaRoutineName("lake", "masking", function.getRoutineName())))
                    .isFalse();
        }
        run.close();
        assertThat(accessControl.canExecuteFunction(context, fingerprint)).isFalse();
    }

    @Test
    void testUnderAViewItsOwnerDecides() {
        try (ServiceUser.Run run = begin()) {
            SystemSecurityContext context = query(run);
            assertThatCode(() -> accessControl.checkCanSelectFromColumns(as(context, viewOwner("owner")), OTHER, Set.of("ssn")))
                    .doesNotThrowAnyException();
            assertDenied(() -> accessControl.checkCanSelectFromColumns(as(context, viewOwner("mallory")), OTHER, Set.of("ssn")));
            assertDenied(() -> accessControl.checkCanSelectFromColumns(as(context, viewOwner("mallory")), NAMED, Set.of("login")));
            assertDenied(() -> accessControl.checkCanInsertIntoTable(as(context, viewOwner("etl")), NAMED));
        }
    }

    @Test
    void testSecretIsWorthNothingBeforeAndAfterItsRun() {
        ServiceUser.Run run = begin();
        Identity identity = identity(run, serviceUser.name());
        SystemSecurityContext context = query(run);
        run.close();
        assertDenied(() -> accessControl.checkCanExecuteQuery(identity, QUERY));
        // of another process, or another run
        try (ServiceUser.Run foreign = new ServiceUser(Optional.empty()).begin(ImmutableSet.of()); ServiceUser.Run other = begin()) {
            assertDenied(() -> accessControl.checkCanExecuteQuery(identity(foreign, serviceUser.name()), QUERY));
            assertDenied(() -> accessControl.checkCanExecuteQuery(identity, QUERY));
            assertThatCode(() -> accessControl.checkCanExecuteQuery(identity(other, serviceUser.name()), QUERY)).doesNotThrowAnyException();
            // nobody else becomes it by the secret
            SystemSecurityContext mallory = enforcement.query("mallory");
            accessControl.checkCanExecuteQuery(identity(other, "mallory"), mallory.getQueryId());
            assertDenied(() -> accessControl.checkCanSelectFromColumns(mallory, NAMED, Set.of("login")));
        }
        // a query that began in time goes on
        assertThatCode(() -> accessControl.checkCanSelectFromColumns(context, NAMED, Set.of("login"))).doesNotThrowAnyException();
    }

    @Test
    void testWhoMayBecomeIt() {
        String name = serviceUser.name();
        assertThatCode(() -> accessControl.checkCanSetUser(Optional.of(new BasicPrincipal("reader")), name)).doesNotThrowAnyException();
        assertThatCode(() -> accessControl.checkCanImpersonateUser(login("reader"), name)).doesNotThrowAnyException();
        for (String user : List.of("mallory", "root", "etl", name, "reader2")) {
            assertDenied(() -> accessControl.checkCanSetUser(Optional.of(new BasicPrincipal(user)), name));
            assertDenied(() -> accessControl.checkCanImpersonateUser(login(user), name));
        }
        assertDenied(() -> accessControl.checkCanSetUser(Optional.empty(), name));
        assertDenied(() -> accessControl.checkCanImpersonateUser(viewOwner("reader"), name));
        assertDenied(() -> accessControl.checkCanImpersonateUser(login("reader"), name + "0"));
        assertDenied(() -> accessControl.checkCanImpersonateUser(login(name), "mallory"));
        assertDenied(() -> accessControl.checkCanSetUser(Optional.of(new BasicPrincipal(name)), "mallory"));
        // without a configured login it logs in by its own name, where Trino asks for no password
        ServiceUser alone = new ServiceUser(Optional.empty());
        assertThat(alone.mayBeOf(Optional.of(new BasicPrincipal(alone.name())), alone.name())).isTrue();
        assertThat(alone.mayBeOf(Optional.of(new BasicPrincipal("reader")), alone.name())).isFalse();
        assertThat(alone.mayBecome(login("reader"), alone.name())).isFalse();
    }

    @Test
    void testOnlyAdministratorsSeeItsQueries() {
        Identity service = login(serviceUser.name());
        assertThatCode(() -> accessControl.checkCanViewQueryOwnedBy(login("root"), service)).doesNotThrowAnyException();
        for (String user : List.of("ops", "mallory", serviceUser.name())) {
            assertDenied(() -> accessControl.checkCanViewQueryOwnedBy(login(user), service));
            assertThat(accessControl.filterViewQueryOwnedBy(login(user), List.of(service))).isEmpty();
        }
        assertThatCode(() -> accessControl.checkCanKillQueryOwnedBy(login("ops"), service)).doesNotThrowAnyException();
        assertDenied(() -> accessControl.checkCanKillQueryOwnedBy(service, service));
    }

    @Test
    void testNothingSecretInText() {
        try (ServiceUser.Run run = begin()) {
            String secret = run.credential().substring(run.credential().indexOf(':') + 1);
            assertThat(secret).matches("[0-9a-f]{64}");
            assertThat(run.toString() + serviceUser).doesNotContain(secret).doesNotContain(serviceUser.name());
        }
    }

    private ServiceUser.Run begin() {
        return serviceUser.begin(ImmutableSet.of(ObjectName.parse("lake.hr.territories")));
    }

    private SystemSecurityContext query(ServiceUser.Run run) {
        Identity identity = identity(run, serviceUser.name());
        accessControl.checkCanExecuteQuery(identity, QUERY);
        return new SystemSecurityContext(identity, QUERY, Instant.EPOCH);
    }

    private static Identity identity(ServiceUser.Run run, String user) {
        int colon = run.credential().indexOf(':');
        return Identity.forUser(user).withPrincipal(new BasicPrincipal(user))
                .withExtraCredentials(ImmutableMap.of(run.credential().substring(0, colon), run.credential().substring(colon + 1))).build();
    }

    private static void assertDenied(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(AccessDeniedException.class);
    }
}
