package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.github.trinopolicy.decision.Entitlements;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.QueryId;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Knows the running queries. A query is entered by the first check that Trino makes for it and left when it completes; one that is not
/// here is denied. Thread-safe.
public final class QueryRegistry {
    /// Names the project for one connection. It wins over the project that the user chose.
    private static final String PROJECT_CREDENTIAL = "policy.project";
    private static final int MAXIMUM_QUERIES = 100_000;
    private static final Duration MAXIMUM_AGE = Duration.ofDays(2);

    private final Cache<QueryId, QueryContext> queries = Caffeine.newBuilder().maximumSize(MAXIMUM_QUERIES).expireAfterAccess(MAXIMUM_AGE)
            .build();
    private final SnapshotSupplier snapshots;
    private final Roles roles;
    private final Clock clock;
    private final MovingObjects moving = new MovingObjects();
    private final ServiceUser serviceUser;

    public QueryRegistry(SnapshotSupplier snapshots, Roles roles, Clock clock, ServiceUser serviceUser) {
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.roles = requireNonNull(roles, "roles is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.serviceUser = requireNonNull(serviceUser, "serviceUser is null");
    }

    /// @param impersonator the user who logged in, where he acts as another one
    void enter(QueryId query, Identity identity, Optional<String> impersonator) {
        moving.await(identity.getUser());
        PolicySnapshot snapshot = snapshots.current();
        Optional<ServiceReach> service = serviceUser.readableBy(identity);
        if (service.isPresent()) {
            Subject reader = subject(Identity.ofUser(identity.getUser()), snapshot, clock.instant());
            queries.put(query, new QueryContext(query, reader, Optional.empty(), Optional.empty(), true, service, snapshot));
            return;
        }
        Subject asker = asker(identity, snapshot);
        queries.put(query,
                new QueryContext(query, asker, Optional.of(entitling(identity)), impersonator, roles.isExempt(asker), service,
                        snapshot));
    }

    void leave(QueryId query) {
        queries.invalidate(query);
    }

    /// The query is about to make a name mean something else.
    void changeName(QueryId query, NameChange change) {
        QueryContext context = require(query);
        moving.begin(query, context.asker().user(), change);
        context.changeName(change);
    }

    MovingObjects moving() {
        return moving;
    }

    public Optional<QueryContext> find(QueryId query) {
        return Optional.ofNullable(queries.getIfPresent(query));
    }

    /// @throws AccessDeniedException when the query is not known
    public QueryContext require(QueryId query) {
        QueryContext context = queries.getIfPresent(query);
        if (context == null) {
            throw MessageCode.UNKNOWN_QUERY.refusal("Query %s is not known to the policy plugin".formatted(query));
        }
        return context;
    }

    ServiceUser serviceUser() {
        return serviceUser;
    }

    PolicySnapshot currentSnapshot() {
        return snapshots.current();
    }

    /// The groups that the store knows of a user now.
    public Set<String> groups(String user) {
        return Entitlements.outsideProjects(snapshots.current(), user, ImmutableSet.of(), clock.instant()).groups();
    }

    /// No more of the identity than what entitles: its other credentials are not kept.
    private static Identity entitling(Identity identity) {
        Map<String, String> project = Maps.filterKeys(identity.getExtraCredentials(), PROJECT_CREDENTIAL::equals);
        return Identity.forUser(identity.getUser()).withGroups(identity.getGroups()).withExtraCredentials(project).build();
    }

    private Subject asker(Identity identity, PolicySnapshot snapshot) {
        String named = identity.getExtraCredentials().get(PROJECT_CREDENTIAL);
        if (named == null) {
            return Entitlements.of(snapshot, identity.getUser(), identity.getGroups(), clock.instant());
        }
        Subject subject = Entitlements.inProject(snapshot, subject(identity, snapshot, clock.instant()), named);
        if (subject.lostProject().isPresent()) {
            throw NoSuchProject.denied(subject.user(), named);
        }
        return subject;
    }

    /// The asker as the newest snapshot knows him; empty when the query is over, or he has lost its project.
    public Optional<Subject> newestAsker(QueryId query) {
        return find(query).flatMap(QueryContext::identity).flatMap(identity -> {
            try {
                return Optional.of(asker(identity, snapshots.current())).filter(subject -> subject.lostProject().isEmpty());
            }
            catch (AccessDeniedException e) {
                // the project that the connection names is gone
                return Optional.empty();
            }
        });
    }

    Instant now() {
        return clock.instant();
    }

    /// What the identity is entitled to now, by the newest snapshot, outside of projects: offices, and what an owner shows in views, do
    /// not depend on what he works at.
    Subject subject(Identity identity) {
        return subject(identity, snapshots.current(), clock.instant());
    }

    /// @param now of a query: when it began, since all of it sees one moment
    Subject subject(Identity identity, PolicySnapshot snapshot, Instant now) {
        return Entitlements.outsideProjects(snapshot, identity.getUser(), identity.getGroups(), now);
    }
}
