package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemSecurityContext;
import java.util.Set;

/// Answers what is neither a table nor a routine: system information, queries of others, session properties. Thread-safe.
final class SystemGuard {
    private static final Set<String> OPEN_SYSTEM_SCHEMAS = ImmutableSet.of("jdbc", "information_schema", "metadata");

    /// What the service user sets: when to give up, and that nothing is kept to try again.
    private static final Set<String> SERVICE_PROPERTIES = ImmutableSet.of("query_max_run_time", "retry_policy");

    private final QueryRegistry queries;
    private final Roles roles;
    private final Set<String> allowedSessionProperties;

    SystemGuard(QueryRegistry queries, Roles roles, PolicyConfig config) {
        this.queries = requireNonNull(queries, "queries is null");
        this.roles = requireNonNull(roles, "roles is null");
        this.allowedSessionProperties = ImmutableSet.copyOf(config.getAllowedSessionProperties());
    }

    boolean isOperator(Identity identity) {
        return roles.isOperator(queries.subject(identity));
    }

    boolean isAdministrator(SystemSecurityContext context) {
        return roles.isAdministrator(queries.require(context.getQueryId()).asker());
    }

    boolean mayKillQueryOf(Identity identity, Identity owner) {
        return !EnforcementUser.isReserved(identity.getUser()) && (identity.getUser().equals(owner.getUser()) || isOperator(identity));
    }

    /// The failure of a query may quote a value. Queries of the service user read everything, so those see them who write them.
    boolean maySeeQueryOf(Identity identity, Identity owner) {
        return EnforcementUser.isReserved(owner.getUser())
                ? roles.isAdministrator(queries.subject(identity))
                : mayKillQueryOf(identity, owner);
    }

    /// Tables of the `system` catalog. Trino filters those of `jdbc` and `metadata` by the other checks.
    boolean mayReadSystemTable(SystemSecurityContext context, ObjectName table) {
        return table.schema().filter(OPEN_SYSTEM_SCHEMAS::contains).isPresent()
                || roles.isOperator(queries.require(context.getQueryId()).asker());
    }

    boolean maySetSystemProperty(Identity identity, String property) {
        if (queries.serviceUser().reachOf(identity).isPresent()) {
            return SERVICE_PROPERTIES.contains(property);
        }
        Subject subject = queries.subject(identity);
        return allowedSessionProperties.contains(property) || roles.isExempt(subject);
    }

    boolean maySetCatalogProperty(SystemSecurityContext context, String catalog, String property) {
        QueryContext query = queries.require(context.getQueryId());
        return !query.isService() && (allowedSessionProperties.contains(catalog + "." + property) || query.exempt());
    }
}
