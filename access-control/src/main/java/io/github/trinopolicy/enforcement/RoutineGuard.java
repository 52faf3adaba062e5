package io.github.trinopolicy.enforcement;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.security.SystemSecurityContext;
import java.util.Set;

/// Answers who may call functions, table functions and procedures. Thread-safe.
final class RoutineGuard {
    private static final String SYSTEM = "system";
    private static final String BUILTIN = "builtin";
    private static final Set<String> ADMINISTRATION = ImmutableSet.of(PolicyCatalog.ADMIN_SCHEMA, PolicyCatalog.SESSION_SCHEMA);

    /// What fingerprints make of values before they leave Trino.
    private static final Set<String> FINGERPRINTS = ImmutableSet.of("fingerprint", "shape");

    private final QueryRegistry queries;
    private final TableGuard guard;
    private final EnforcementUser enforcementUser;
    private final UnmaskGuard unmasking;
    private final Set<String> allowedRoutines;

    RoutineGuard(QueryRegistry queries, TableGuard guard, EnforcementUser enforcementUser, UnmaskGuard unmasking, PolicyConfig config) {
        this.queries = requireNonNull(queries, "queries is null");
        this.guard = requireNonNull(guard, "guard is null");
        this.enforcementUser = requireNonNull(enforcementUser, "enforcementUser is null");
        this.unmasking = requireNonNull(unmasking, "unmasking is null");
        this.allowedRoutines = config.getAllowedRoutines().stream().map(name -> name.toLowerCase(ENGLISH)).collect(toImmutableSet());
    }

    /// Scalar and table functions. Trino never asks about its own builtin scalar functions.
    boolean canExecuteFunction(SystemSecurityContext context, CatalogSchemaRoutineName function) {
        if (isOfServiceUser(context)) {
            return (function.getCatalogName().equals(SYSTEM) && function.getSchemaName().equals(BUILTIN))
                    || (isOfFingerprints(function)
                            && queries.serviceUser().reachOf(context.getIdentity()).filter(ServiceReach::fingerprint).isPresent());
        }
        if (isPolicyCatalog(function)) {
            if (function.getSchemaName().equals(PolicyCatalog.MASKING_SCHEMA)) {
                return enforcementUser.is(context.getIdentity());
            }
            if (ADMINISTRATION.contains(function.getSchemaName())) {
                // these authorise the asking user themselves; a view must not call them for somebody else
                QueryContext query = queries.require(context.getQueryId());
                query.callAdministration();
                return query.isAskedBy(context.getIdentity());
            }
            if (function.getSchemaName().equals(PolicyCatalog.FUNCTIONS_SCHEMA)) {
                unmasking.checkCanCall(context, function);
                return true;
            }
            return false;
        }
        if (function.getCatalogName().equals(SYSTEM)) {
            return function.getSchemaName().equals(BUILTIN);
        }
        return isAllowed(context, function, Level.READ);
    }

    boolean canCreateViewWithExecuteFunction(SystemSecurityContext context, CatalogSchemaRoutineName function) {
        if (isPolicyCatalog(function)) {
            return function.getSchemaName().equals(PolicyCatalog.MASKING_SCHEMA) && enforcementUser.is(context.getIdentity());
        }
        return canExecuteFunction(context, function);
    }

    boolean canExecuteProcedure(SystemSecurityContext context, CatalogSchemaRoutineName procedure) {
        if (queries.require(context.getQueryId()).isService()) {
            return false;
        }
        if (isPolicyCatalog(procedure)) {
            return ADMINISTRATION.contains(procedure.getSchemaName());
        }
        if (procedure.getCatalogName().equals(SYSTEM)) {
            // killing a query is judged by its owner
            return procedure.getSchemaName().equals("runtime") && procedure.getRoutineName().equals("kill_query");
        }
        return isAllowed(context, procedure, Level.WRITE);
    }

    boolean canExecuteTableProcedure(SystemSecurityContext context, CatalogSchemaTableName table, String procedure) {
        CatalogSchemaRoutineName name = new CatalogSchemaRoutineName(table.getCatalogName(), SYSTEM, procedure.toLowerCase(ENGLISH));
        return isAllowed(context, name, Level.OWN) && guard.denies(context, TableGuard.nameOf(table), Level.OWN).isEmpty();
    }

    Set<SchemaFunctionName> visible(SystemSecurityContext context, String catalog, Set<SchemaFunctionName> functions) {
        queries.require(context.getQueryId());
        return functions.stream()
                .filter(function -> !(catalog.equals(PolicyCatalog.NAME) && function.schemaName().equals(PolicyCatalog.MASKING_SCHEMA)))
                .filter(function -> guard.isVisible(context, ObjectName.ofSchema(catalog, function.schemaName())))
                .collect(toImmutableSet());
    }

    /// @param level what the routine might do at most to tables that are not registered
    private boolean isAllowed(SystemSecurityContext context, CatalogSchemaRoutineName routine, Level level) {
        if (guard.isExempt(context) || allowedRoutines.contains(routine.toString().toLowerCase(ENGLISH))) {
            return true;
        }
        return !guard.holdsGoverned(context, routine.getCatalogName()) && guard.allowsUngoverned(level);
    }

    private boolean isOfServiceUser(SystemSecurityContext context) {
        return context.getIdentity().getUser().equals(queries.serviceUser().name());
    }

    private static boolean isOfFingerprints(CatalogSchemaRoutineName function) {
        return isPolicyCatalog(function) && function.getSchemaName().equals(PolicyCatalog.MASKING_SCHEMA)
                && FINGERPRINTS.contains(function.getRoutineName());
    }

    private static boolean isPolicyCatalog(CatalogSchemaRoutineName routine) {
        return routine.getCatalogName().equals(PolicyCatalog.NAME);
    }
}
