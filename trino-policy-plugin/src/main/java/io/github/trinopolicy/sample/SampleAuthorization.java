package io.github.trinopolicy.sample;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Ticker;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.audit.SampleAudit;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.SubmittedQuery;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.SampleSecrets;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.security.AccessDeniedException;
import java.time.Duration;
import java.util.Optional;

/// Who may see raw rows: an owner of the table, as everything is now and not when the query began, who logged in himself, proves it by a
/// secret, and asks in a way that keeps the rows nowhere. Administrators who are no owners may not. Thread-safe.
public final class SampleAuthorization {
    /// By which a connection presents the secret.
    public static final String CREDENTIAL = "policy.sample-secret";
    /// A query is asked for when it is analyzed and again when it runs; a slow hash is computed once.
    private static final int REMEMBERED_QUERIES = 1_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Authorization authorization;
    private final QueryRegistry queries;
    private final SnapshotRefresher snapshots;
    private final SampleSecrets secrets;
    private final SampleAudit audit;
    private final GuessLimit guesses;
    private final Cache<Proof, Boolean> proofs = Caffeine.newBuilder().maximumSize(REMEMBERED_QUERIES).expireAfterWrite(REMEMBERED).build();

    private record Proof(String queryId, ObjectName table) {}

    public SampleAuthorization(Authorization authorization, QueryRegistry queries, SnapshotRefresher snapshots, SampleSecrets secrets,
            SampleAudit audit, Ticker ticker) {
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.queries = requireNonNull(queries, "queries is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.guesses = new GuessLimit(ticker);
    }

    static Optional<String> presentedBy(ConnectorSession session) {
        return Optional.ofNullable(session.getIdentity().getExtraCredentials().get(CREDENTIAL));
    }

    /// @throws AccessDeniedException when no rows of the table may be shown in this query
    public QueryContext requireSample(ConnectorSession session, ObjectName table) {
        QueryContext query = requireOwner(session, table, "sample " + table);
        if (query.submitted().filter(SubmittedQuery::showsSampleOnly).isEmpty()) {
            throw refusal("Cannot sample %s: the statement must be SELECT columns FROM TABLE(policy.admin.sample(...)), and nothing else"
                    .formatted(table));
        }
        if (query.submitted().filter(SubmittedQuery::spooled).isPresent()) {
            throw refusal(("Cannot sample %s: the client asks for spooled results, which may be written to storage: "
                    + "connect with encoding=, (a comma alone)").formatted(table));
        }
        if (query.submitted().filter(SubmittedQuery::retried).isPresent()) {
            throw refusal("Cannot sample %s: retry_policy keeps results to try again: set it to NONE".formatted(table));
        }
        requireSecret(session, query, table);
        return query;
    }

    /// @throws AccessDeniedException when the asking user does not own the object, or somebody else asks in his name
    QueryContext requireOwner(ConnectorSession session, ObjectName object, String act) {
        QueryContext query = authorization.query(session);
        boolean owns = queries.newestAsker(query.id()).filter(asker -> authorization.isOwner(snapshots.current(), asker, object))
                .isPresent();
        if (!owns) {
            forget(query.asker().user(), object);
            throw authorization.refusal(MessageCode.OFFICE,
                    "Cannot %s: %s is not an owner of the data source".formatted(act, query.asker().user()));
        }
        if (query.impersonator().isPresent() || query.submitted().filter(submitted -> !submitted.forAnother()).isEmpty()) {
            throw refusal("Cannot %s: log in as %s, who is asked himself".formatted(act, query.asker().user()));
        }
        return query;
    }

    /// A secret does not outlive the ownership, whenever that is noticed.
    private void forget(String user, ObjectName object) {
        try {
            if (secrets.nearest(user, object).isPresent()) {
                secrets.remove(user, object);
            }
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private void requireSecret(ConnectorSession session, QueryContext query, ObjectName table) {
        Proof proof = new Proof(query.id().id(), table);
        if (proofs.getIfPresent(proof) != null) {
            return;
        }
        if (!presents(session, query.asker().user(), table)) {
            AccessDeniedException refusal = authorization.refusal(MessageCode.SAMPLE_SECRET,
                    ("Cannot sample %s: the connection does not present your sample secret of it as extra credential %s; "
                            + "CALL policy.admin.set_sample_secret sets one, and after wrong ones you have to wait")
                            .formatted(table, CREDENTIAL));
            audit.refused(query.id().id(), query.asker().user(), table, MessageCode.SAMPLE_SECRET);
            throw refusal;
        }
        proofs.put(proof, true);
    }

    private boolean presents(ConnectorSession session, String user, ObjectName table) {
        Optional<String> presented = presentedBy(session);
        if (presented.isEmpty() || !guesses.begin(user)) {
            return false;
        }
        try {
            boolean right = secrets.nearest(user, table).filter(hash -> SecretHash.matches(presented.get(), hash)).isPresent();
            if (right) {
                guesses.succeed(user);
            }
            return right;
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private AccessDeniedException refusal(String message) {
        return authorization.refusal(MessageCode.SAMPLE_QUERY, message);
    }
}
