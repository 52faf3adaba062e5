package io.github.trinopolicy.enforcement;

import static io.github.trinopolicy.decision.TestingPolicies.impersonation;
import static io.github.trinopolicy.decision.TestingPolicies.staged;
import static io.github.trinopolicy.decision.TestingStore.user;
import static io.github.trinopolicy.enforcement.TestingEnforcement.login;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.User;
import io.trino.spi.QueryId;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who may act as whom. The group provider of Trino is played by the groups of identities.
final class TestImpersonation {
    private static final TestingStore STORE = TestingStore.of(
            user("ann", ImmutableSet.of("analysts"), ImmutableMap.of()),
            user("boss", ImmutableSet.of("analysts", "administrators"), ImmutableMap.of()),
            user("etl", ImmutableSet.of("analysts"), ImmutableMap.of()),
            user("ops", ImmutableSet.of("analysts"), ImmutableMap.of()),
            user("loader", ImmutableSet.of("analysts", "pipelines"), ImmutableMap.of()),
            new User("gone", Optional.empty(),
                    ImmutableList.of(new Membership("analysts", Optional.of(TestingEnforcement.NOW))), ImmutableMap.of()),
            user("policy-enforcer-x", ImmutableSet.of("analysts"), ImmutableMap.of()),
            impersonation("dashboards", "current_user = 'superset' OR in_any_group('tools')", ImmutableSet.of("zed", "policy-enforcer-y"),
                    ImmutableSet.of("analysts")),
            impersonation("break-glass", "current_user = 'guard'", ImmutableSet.of("etl", "root"), ImmutableSet.of()),
            impersonation("helpers", "current_user = 'ann'", ImmutableSet.of("dave"), ImmutableSet.of("analysts")),
            impersonation("broken", "in_any_group(", ImmutableSet.of("everybody"), ImmutableSet.of()),
            staged(impersonation("staged", "true", ImmutableSet.of("later"), ImmutableSet.of())));

    private final TestingEnforcement enforcement = new TestingEnforcement(STORE);
    private final PolicyAccessControl accessControl = enforcement.accessControl;

    @Test
    void testAllowed() {
        assertAllowed(login("superset"), "ann");
        assertAllowed(login("superset"), "zed");
        // the groups of the login, here as Trino knows them
        assertAllowed(login("metabase", "tools"), "ann");
    }

    @Test
    void testRefused() {
        assertRefused(login("superset"), "dave");
        assertRefused(login("superset"), "gone");
        assertRefused(login("superset"), "undeclared");
        assertRefused(login("Superset"), "ann");
        assertRefused(login("superset"), "Ann");
        assertRefused(login("superset"), "analysts");
        assertRefused(login("mallory"), "ann");
        assertRefused(login("root"), "ann");
        assertRefused(login("etl"), "ann");
        // a policy that does not compile, or is only staged, gives nothing
        assertRefused(login("superset"), "everybody");
        assertRefused(login("superset"), "later");
        // nobody has logged in
        assertRefused(Identity.ofUser("superset"), "ann");
    }

    @Test
    @DisplayName("Invariant 2: no policy leads to the enforcement user")
    void testReservedUsers() {
        for (String name : List.of("policy-enforcer-x", "policy-enforcer-y")) {
            assertThatThrownBy(() -> accessControl.checkCanImpersonateUser(login("superset"), name))
                    .hasMessage("Access Denied: User superset cannot impersonate user %s: the user name is reserved (POLICY-101)"
                            .formatted(name));
        }
    }

    @Test
    @DisplayName("Membership leads to nobody who is exempt or has an office")
    void testOfficesAreNamed() {
        for (String user : List.of("boss", "etl", "ops", "loader", "root")) {
            assertRefused(login("superset"), user);
        }
        assertAllowed(login("guard"), "etl");
        assertAllowed(login("guard"), "root");
    }

    @Test
    @DisplayName("Nor where only Trino knows of the office: the query is refused")
    void testOfficesThatTrinoKnows() {
        assertAllowed(login("superset"), "ann");
        for (String group : List.of("pipelines", "administrators", "operators")) {
            assertThatThrownBy(() -> begin(session("superset", "ann", group))).isInstanceOf(AccessDeniedException.class)
                    .hasMessage("Access Denied: Cannot execute query: User superset cannot impersonate user ann: "
                            + "no policy of type impersonation allows it (POLICY-102)");
        }
        begin(session("superset", "ann", "analysts"));
        // her own login is another thing
        begin(login("ann", "pipelines"));
        // and so is one who is named
        assertAllowed(login("guard"), "etl");
        begin(session("guard", "etl", "pipelines"));
    }

    @Test
    @DisplayName("Two policies do not add up to a chain")
    void testChain() {
        assertAllowed(login("superset"), "ann");
        // what Trino asks of superset, who acts as ann, who may act as dave
        assertRefused(session("superset", "ann"), "dave");
        assertRefused(session("superset", "ann"), "superset");
        assertAllowed(login("ann"), "dave");
    }

    @Test
    void testRevocation() {
        assertAllowed(login("superset"), "ann");
        enforcement.publish(TestingStore.of(impersonation("dashboards", "current_user = 'superset'", ImmutableSet.of("zed"), Set.of())));
        assertRefused(login("superset"), "ann");
        assertAllowed(login("superset"), "zed");
    }

    @Test
    void testOriginalUserIsKept() {
        assertAllowed(login("superset"), "ann");
        assertThat(begin(session("superset", "ann"))).contains("superset");
        assertThat(begin(login("ann"))).isEmpty();
        assertThat(begin(login("superset"))).isEmpty();
    }

    private Optional<String> begin(Identity identity) {
        QueryId query = new QueryId("query_of_%s_%s".formatted(identity.getUser(), identity.getPrincipal().orElseThrow().getName()));
        accessControl.checkCanExecuteQuery(identity, query);
        return enforcement.queries.require(query).impersonator();
    }

    private static Identity session(String principal, String user, String... groups) {
        return Identity.forUser(user).withPrincipal(new BasicPrincipal(principal)).withGroups(Set.of(groups)).build();
    }

    private void assertAllowed(Identity login, String user) {
        assertThatCode(() -> accessControl.checkCanImpersonateUser(login, user)).doesNotThrowAnyException();
    }

    private void assertRefused(Identity login, String user) {
        assertThatThrownBy(() -> accessControl.checkCanImpersonateUser(login, user)).isInstanceOf(AccessDeniedException.class)
                .hasMessage("Access Denied: User %s cannot impersonate user %s: no policy of type impersonation allows it (POLICY-102)"
                        .formatted(login.getUser(), user));
    }
}
