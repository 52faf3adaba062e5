package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.trinopolicy.decision.ImpersonationDecision;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.security.Identity;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Answers who may act as whom, and knows who does.
///
/// Trino names the groups of the other user only when his query begins, and does not say then who logged in. The login's principal stays
/// the same, though, and Trino asks for each request anew before it lets a query begin. So what was allowed is remembered by principal and
/// user for a while, which is refreshed before each use. Thread-safe.
final class ImpersonationGuard {
    private static final String REFUSED = MessageCode.IMPERSONATION.on("no policy of type impersonation allows it");
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private final QueryRegistry queries;
    private final PolicyEvaluator evaluator;
    private final Roles roles;
    // without a limit, as one that is forgotten too early would be taken for a login; policies limit how many there can be
    private final Cache<Actor, Impersonation> impersonations = Caffeine.newBuilder().expireAfterWrite(REMEMBERED).build();

    ImpersonationGuard(QueryRegistry queries, PolicyEvaluator evaluator, Roles roles) {
        this.queries = requireNonNull(queries, "queries is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.roles = requireNonNull(roles, "roles is null");
    }

    private record Actor(String principal, String user) {}

    private record Impersonation(String login, ImpersonationDecision decision) {}

    /// Why the user who logged in may not act as another one. The answer does not tell what the other user is.
    Optional<String> denies(Identity login, String user) {
        if (queries.serviceUser().mayBecome(login, user)) {
            return Optional.empty();
        }
        if (EnforcementUser.isReserved(user) || EnforcementUser.isReserved(login.getUser())) {
            return Optional.of(EnforcementUser.NAME_IS_RESERVED);
        }
        if (login.getUser().equals(user)) {
            return Optional.empty();
        }
        Optional<Principal> principal = login.getPrincipal();
        // whoever acts as somebody already goes no further, else what two policies allow would add up to what nobody has allowed
        if (principal.isEmpty() || find(login).isPresent()) {
            return Optional.of(REFUSED);
        }
        PolicySnapshot snapshot = queries.currentSnapshot();
        Instant now = queries.now();
        // of the other user's groups Trino says nothing here, so those of the store count
        Subject other = queries.subject(Identity.ofUser(user), snapshot, now);
        ImpersonationDecision decision = evaluator.impersonation(snapshot, queries.subject(login, snapshot, now), other);
        if (decision == ImpersonationDecision.REFUSED || isMemberInOffice(decision, other)) {
            return Optional.of(REFUSED);
        }
        impersonations.put(new Actor(principal.get().getName(), user), new Impersonation(login.getUser(), decision));
        return Optional.empty();
    }

    /// Why a query may not run as the user of the session, now that Trino has said of which groups he is.
    Optional<String> deniesQuery(Identity session) {
        return find(session)
                .filter(impersonation -> isMemberInOffice(impersonation.decision(), queries.subject(session)))
                .map(impersonation -> "User %s cannot impersonate user %s: %s".formatted(impersonation.login(), session.getUser(),
                        REFUSED));
    }

    /// The user who logged in, where he acts as the user of the session.
    Optional<String> impersonator(Identity session) {
        return find(session).map(Impersonation::login);
    }

    private Optional<Impersonation> find(Identity identity) {
        return identity.getPrincipal()
                .map(principal -> impersonations.getIfPresent(new Actor(principal.getName(), identity.getUser())));
    }

    /// Membership in a group is given by many. It must not lead to what configuration gives.
    private boolean isMemberInOffice(ImpersonationDecision decision, Subject other) {
        return decision == ImpersonationDecision.AS_MEMBER && roles.holdsAny(other);
    }
}
