package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.store.Act;
import io.trino.spi.QueryId;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.security.AccessDeniedException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Who may administer what. It is always the user who asks, found by the query, whatever identity the engine gives to the call.
public final class Authorization {
    private final QueryRegistry queries;
    private final Roles roles;
    private final BooleanSupplier enforcing;
    private final Consumer<MessageCode> refused;

    /// @param enforcing whether the access control is active on this node
    /// @param refused is told the code of each refusal
    public Authorization(QueryRegistry queries, Roles roles, BooleanSupplier enforcing, Consumer<MessageCode> refused) {
        this.queries = requireNonNull(queries, "queries is null");
        this.roles = requireNonNull(roles, "roles is null");
        this.enforcing = requireNonNull(enforcing, "enforcing is null");
        this.refused = requireNonNull(refused, "refused is null");
    }

    /// The query that a call belongs to.
    ///
    /// @throws AccessDeniedException when nothing is enforced, or somebody else calls in the asking user's name
    public QueryContext query(ConnectorSession session) {
        if (!enforcing.getAsBoolean()) {
            throw refusal(MessageCode.NOT_ENFORCING, "The policy catalog refuses to work while policies are not enforced: "
                    + "write access-control.name=policy into etc/access-control.properties of the coordinator and restart it");
        }
        QueryContext query = queries.require(QueryId.valueOf(session.getQueryId()));
        if (!session.getUser().equals(query.asker().user())) {
            throw refusal(MessageCode.ADMINISTRATION_IN_VIEW, "The policy catalog answers the asking user only, not the owner of a view");
        }
        return query;
    }

    /// What the asking user does now, for the history.
    public static Act act(QueryContext query, String action) {
        return act(query, action, Optional.empty(), Optional.empty());
    }

    static Act act(QueryContext query, String action, Optional<String> source, Optional<String> reason) {
        return new Act(query.asker().user(), source, reason, action,
                Optional.of(new Act.Call(query.id().id(), query.impersonator())));
    }

    public boolean isAdministrator(Subject subject) {
        return roles.isAdministrator(subject);
    }

    public boolean isAuditor(Subject subject) {
        return roles.isAuditor(subject);
    }

    public boolean isKeyAdministrator(Subject subject) {
        return roles.isKeyAdministrator(subject);
    }

    /// Administrators, auditors and operators do.
    public boolean seesHealth(Subject subject) {
        return roles.isAuditor(subject) || roles.isOperator(subject);
    }

    void requireKeyAdministrator(Subject subject, String act) {
        require(roles.isKeyAdministrator(subject), subject, act,
                "an administrator or key administrator (policy.administrators, policy.key-administrators)");
    }

    void requireAdministrator(Subject subject, String act) {
        require(roles.isAdministrator(subject), subject, act, "an administrator (policy.administrators)");
    }

    void requireAuditor(Subject subject, String act) {
        require(roles.isAuditor(subject), subject, act, "an administrator or auditor (policy.administrators, policy.auditors)");
    }

    void requireEntitlementAdministrator(Subject subject, String act) {
        require(roles.isEntitlementAdministrator(subject), subject, act,
                "an entitlement administrator (policy.entitlement-administrators)");
    }

    void requireOwner(PolicySnapshot snapshot, Subject subject, ObjectName object, String act) {
        require(roles.isAdministrator(subject) || isOwner(snapshot, subject, object), subject, act,
                "an administrator or an owner of the data source");
    }

    /// True for owners of the object and of what holds it.
    public boolean isOwner(PolicySnapshot snapshot, Subject subject, ObjectName object) {
        for (Optional<ObjectName> name = Optional.of(object); name.isPresent(); name = name.get().parent()) {
            if (snapshot.dataSource(name.get()).filter(dataSource -> dataSource.owners().contains(subject.user(), subject.groups()))
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private void require(boolean holds, Subject subject, String act, String who) {
        if (!holds) {
            throw refusal(MessageCode.OFFICE, "Cannot %s: %s is not %s".formatted(act, subject.user(), who));
        }
    }

    /// A refusal that is counted.
    public AccessDeniedException refusal(MessageCode code, String message) {
        refused.accept(code);
        return code.refusal(message);
    }
}
