package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.Entitlements;
import io.github.trinopolicy.enforcement.NoSuchProject;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Changed;
import io.github.trinopolicy.store.PolicyStore;
import io.trino.spi.connector.ConnectorSession;
import java.util.Optional;

/// Lets users choose the project that they work in: each for himself, in effect on this node when the call returns. Thread-safe.
public final class CurrentProjects {
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final Authorization authorization;

    public CurrentProjects(PolicyStore store, SnapshotRefresher snapshots, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    /// @throws io.trino.spi.security.AccessDeniedException when there is no such project, or the asking user is no member of it
    public void use(ConnectorSession session, String project) {
        QueryContext query = authorization.query(session);
        Subject asker = query.asker();
        if (Entitlements.inProject(query.snapshot(), asker, project).lostProject().isPresent()) {
            throw NoSuchProject.denied(asker.user(), project);
        }
        choose(query, Optional.of(project), "use_project");
    }

    public void leave(ConnectorSession session) {
        choose(authorization.query(session), Optional.empty(), "leave_project");
    }

    private void choose(QueryContext query, Optional<String> project, String action) {
        Changed<?> changed = store.change(Authorization.act(query, action),
                transaction -> transaction.setCurrentProject(query.asker().user(), project));
        snapshots.await(changed.version());
    }
}
