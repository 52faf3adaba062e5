package io.github.trinopolicy.connector;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.CurrentProjects;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.procedure.Procedure;
import io.trino.spi.procedure.Procedure.Argument;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The procedures of the schema `policy.session`: what each user may do for himself.
public final class SessionProcedures {
    private final CurrentProjects projects;

    public SessionProcedures(CurrentProjects projects) {
        this.projects = requireNonNull(projects, "projects is null");
    }

    public Set<Procedure> procedures() {
        return ImmutableSet.of(
                procedure("use_project", "useProject", ImmutableList.of(new Argument("NAME", VARCHAR)),
                        MethodType.methodType(void.class, String.class, ConnectorSession.class)),
                procedure("leave_project", "leaveProject", ImmutableList.of(), MethodType.methodType(void.class, ConnectorSession.class)));
    }

    public void useProject(@Nullable String name, ConnectorSession session) {
        if (name == null) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                    "Argument name must not be NULL; leave_project() ends the work in a project");
        }
        run(() -> projects.use(session, name));
    }

    public void leaveProject(ConnectorSession session) {
        run(() -> projects.leave(session));
    }

    private static void run(Runnable action) {
        try {
            action.run();
        }
        catch (PolicyStoreException | IllegalStateException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private Procedure procedure(String name, String method, List<Argument> arguments, MethodType type) {
        try {
            return new Procedure(PolicyCatalog.SESSION_SCHEMA, name, arguments,
                    MethodHandles.lookup().findVirtual(SessionProcedures.class, method, type).bindTo(this));
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no method for procedure " + name, e);
        }
    }
}
