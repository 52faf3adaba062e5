package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.SystemSecurityContext;
import java.util.Optional;

/// Answers who may call the functions that turn masked values back. Who has no right at all may not even name them; of which columns, is
/// decided where the call runs, by the rights that are told to the nodes here. Thread-safe.
final class UnmaskGuard {
    private final QueryRegistry queries;
    private final PolicyEvaluator evaluator;
    private final UnmaskAnnouncement announcement;

    UnmaskGuard(QueryRegistry queries, PolicyEvaluator evaluator, UnmaskAnnouncement announcement) {
        this.queries = requireNonNull(queries, "queries is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.announcement = requireNonNull(announcement, "announcement is null");
    }

    /// @throws AccessDeniedException with the reason when the asking user may not call the function in this place
    void checkCanCall(SystemSecurityContext context, CatalogSchemaRoutineName function) {
        QueryContext query = queries.require(context.getQueryId());
        if (!query.isAskedBy(context.getIdentity())) {
            throw denied(function, MessageCode.UNMASK.on("a view or routine cannot call it for somebody else"));
        }
        Optional<Subject> asker = queries.newestAsker(context.getQueryId());
        if (asker.filter(subject -> evaluator.mayUnmask(queries.currentSnapshot(), subject)).isEmpty()) {
            throw denied(function, MessageCode.UNMASK.on("no policy of type unmask means user %s".formatted(query.asker().user())));
        }
        // what comes out must not be copied to where nobody guards it
        query.readUnderException();
        TableGuard.deniesCarryingOut(query).ifPresent(reason -> {
            throw denied(function, reason);
        });
        announcement.willUnmask(context.getQueryId());
    }

    private static AccessDeniedException denied(CatalogSchemaRoutineName function, String reason) {
        return new AccessDeniedException("Cannot execute function %s: %s".formatted(function, reason));
    }
}
