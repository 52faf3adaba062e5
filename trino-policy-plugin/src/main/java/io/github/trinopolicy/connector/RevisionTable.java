package io.github.trinopolicy.connector;

import static com.google.common.collect.Iterables.concat;
import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.Revision;
import io.github.trinopolicy.store.RevisionChange;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.policy_revisions`: who changed what, when and why. For administrators and auditors.
final class RevisionTable {
    private static final int NEWEST = 1_000;

    private final PolicyStore store;
    private final Authorization authorization;

    RevisionTable(PolicyStore store, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    SystemTable table() {
        return new MetadataTable("policy_revisions",
                "Changes of the store: the newest thousand of policies, and the newest thousand choices of projects", ImmutableList.of(
                        column("version", BIGINT, "Version that the change made"),
                        column("created_at", VARCHAR, "When, as an instant in UTC"),
                        column("author", VARCHAR, "Who made the change"),
                        column("action", VARCHAR, "apply, register, add_tag, use_project and so on"),
                        column("source", VARCHAR, "Source that apply was called with"),
                        column("reason", VARCHAR, "Reason that the author gave"),
                        column("kind", VARCHAR, "Kind of the changed object; CurrentProject: the project that a user works in"),
                        column("name", VARCHAR, "Name of the changed object; of the user whose project it is"),
                        column("before", VARCHAR, "Document before the change; NULL: there was none"),
                        column("after", VARCHAR, "Document after the change; NULL: there is none")),
                this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        if (!authorization.isAuditor(authorization.query(session).asker())) {
            return rows;
        }
        try {
            for (Revision revision : concat(store.policyRevisions(NEWEST), store.projectRevisions(NEWEST))) {
                for (RevisionChange change : store.revisionChanges(revision.version().version())) {
                    rows.add(row(revision, change));
                }
            }
            return rows;
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(Revision revision, RevisionChange change) {
        return Arrays.asList(revision.version().version(), revision.createdAt().toString(), revision.act().author(),
                revision.act().action(),
                revision.act().source().orElse(null), revision.act().reason().orElse(null), change.kind(), change.name(),
                change.before().orElse(null), change.after().orElse(null));
    }
}
