package io.github.trinopolicy.enforcement;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TestingStore;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.trino.spi.QueryId;
import io.trino.spi.security.BasicPrincipal;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Access control over a store and a configuration that a test chooses, at a fixed moment.
final class TestingEnforcement {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private volatile PolicySnapshot snapshot;
    private final AtomicInteger queryNumber = new AtomicInteger();
    final AtomicInteger shutdowns = new AtomicInteger();
    final TestingObjectRegistry objects = new TestingObjectRegistry();
    final EnforcementUser enforcementUser = new EnforcementUser();
    final ServiceUser serviceUser = new ServiceUser(Optional.of("reader"));
    final QueryRegistry queries;
    final PolicyAccessControl accessControl;

    TestingEnforcement(TestingStore store) {
        this(store, config());
    }

    TestingEnforcement(TestingStore store, PolicyConfig config) {
        snapshot = store.snapshot();
        Roles roles = new Roles(config);
        queries = new QueryRegistry(() -> snapshot, roles, Clock.fixed(NOW, ZoneOffset.UTC), serviceUser);
        accessControl = new PolicyAccessControl(queries, new PolicyEvaluator(new MaskCatalogue(), PolicyCatalog.NAME), enforcementUser,
                roles, config, objects, _ -> {
                }, shutdowns::incrementAndGet);
    }

    /// `root` administers and `ops` operates, neither sees; `etl` and the group `pipelines` are exempt.
    static PolicyConfig config() {
        return new PolicyConfig().setAdministrators("root,group:administrators").setOperators("ops,group:operators").setExemptUsers("etl")
                .setExemptGroups("pipelines").setUngovernedTables(UngovernedTables.DENY);
    }

    void publish(TestingStore store) {
        snapshot = store.snapshot();
    }

    /// A query that the user has just begun; what earlier ones are about to rename keeps its name. Where it is asked which column it renames, it
    /// is one of which no policy speaks.
    SystemSecurityContext query(String user, String... groups) {
        Identity identity = login(user, groups);
        IntStream.rangeClosed(1, queryNumber.get()).forEach(number -> queries.moving().abandon(new QueryId("query_" + number)));
        QueryId query = new QueryId("query_" + queryNumber.incrementAndGet());
        accessControl.checkCanExecuteQuery(identity, query);
        queries.require(query).rememberStatement("ALTER TABLE t RENAME COLUMN unheard TO of");
        return new SystemSecurityContext(identity, query, NOW);
    }

    /// A query of which Trino has told the statement.
    SystemSecurityContext statement(String user, String sql) {
        SystemSecurityContext context = query(user);
        queries.require(context.getQueryId()).rememberStatement(sql);
        return context;
    }

    /// The same query, where Trino asks in the name of somebody else.
    static SystemSecurityContext as(SystemSecurityContext context, Identity identity) {
        return new SystemSecurityContext(identity, context.getQueryId(), NOW);
    }

    /// The identity under which Trino analyzes the expressions of masks and filters.
    Identity enforcer() {
        return Identity.ofUser(enforcementUser.name());
    }

    static Identity login(String user, String... groups) {
        return Identity.forUser(user).withGroups(Set.of(groups)).withPrincipal(new BasicPrincipal(user)).build();
    }

    /// The identity of the owner of a view.
    static Identity viewOwner(String user, String... groups) {
        return Identity.forUser(user).withGroups(ImmutableSet.copyOf(groups)).build();
    }
}
