package io.github.trinopolicy.unmask;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static io.trino.spi.StandardErrorCode.PERMISSION_DENIED;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Ticker;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.masking.UnmaskAuthority;
import io.github.trinopolicy.masking.UnmaskableColumn;
import io.github.trinopolicy.masking.UnmaskableColumn.Literal;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.UnmaskRight;
import io.github.trinopolicy.snapshot.StoreWait;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.UnmaskGrant;
import io.trino.spi.TrinoException;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeManager;
import java.time.Duration;
import java.util.Optional;

/// Reads on a node what its queries may unmask. Asks the store again after [#FRESH]; when that is out of reach, what was read before holds until
/// it is as old as policies may be. Thread-safe.
public final class StoreUnmaskAuthority implements UnmaskAuthority {
    static final Duration FRESH = Duration.ofMillis(500);
    private static final long MAXIMUM_ENTRIES = 100_000;

    private final PolicyStore store;
    private final TypeManager typeManager;
    private final StoreTableKeys keys;
    private final UnmaskUses uses;
    private final String node;
    private final Duration maximumStaleness;
    private final StoreWait wait;
    private final Ticker ticker;
    private final Cache<Question, Answer> answers;

    private record Question(String queryId, String user, ColumnName column) {}

    /// @param asked when the store was asked, in nanoseconds by the ticker
    /// @param confirmed when the coordinator had last found that this holds, by the same
    private record Answer(Optional<UnmaskRight> right, Optional<Type> type, long asked, long confirmed) {}

    /// @param node named in errors, since another node may well know
    /// @param maximumStaleness for how long rights hold that cannot be looked at
    /// @param wait for a query that the store does not know yet
    public StoreUnmaskAuthority(PolicyStore store, TypeManager typeManager, UnmaskUses uses, String node, Duration maximumStaleness,
            StoreWait wait, Ticker ticker) {
        this.store = requireNonNull(store, "store is null");
        this.typeManager = requireNonNull(typeManager, "typeManager is null");
        this.uses = requireNonNull(uses, "uses is null");
        this.node = requireNonNull(node, "node is null");
        this.maximumStaleness = requireNonNull(maximumStaleness, "maximumStaleness is null");
        this.wait = requireNonNull(wait, "wait is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
        this.keys = new StoreTableKeys(store, FRESH, ticker);
        this.answers = Caffeine.newBuilder().ticker(ticker::read).maximumSize(MAXIMUM_ENTRIES).expireAfterAccess(maximumStaleness).build();
    }

    @Override
    public UnmaskableColumn column(String queryId, String user, String columnName, String function) {
        ColumnName column = parse(columnName, function);
        Answer answer = answers.asMap().compute(new Question(queryId, user, column),
                (question, last) -> last != null && since(last.asked()).compareTo(FRESH) < 0
                        ? last
                        : ask(question, Optional.ofNullable(last)));
        if (answer.right().isEmpty()) {
            throw new TrinoException(PERMISSION_DENIED,
                    MessageCode.UNMASK.on(
                            "Access Denied: %s: no policy of type unmask gives user %s a right to the column that column_name names, or there is none such"
                                    .formatted(function, user)));
        }
        UnmaskRight right = answer.right().get();
        return new UnmaskableColumn(column.toString(), right.id(), answer.type().orElseThrow(), right.formatKey(), right.alphabet(),
                right.literal().map(literal -> new Literal(literal.function(), literal.key(), literal.alphabet())),
                keys.of(right.table()), uses.of(queryId, user, column, right.id(), function));
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(ticker.read() - nanos);
    }

    /// The messages do not repeat the name, which may be a value of a table.
    private static ColumnName parse(String name, String function) {
        try {
            return ColumnName.parse(name);
        }
        catch (IllegalArgumentException _) {
            // its message quotes the name
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT,
                    "%s: column_name is no name of a column: catalog.schema.table.column is expected".formatted(function));
        }
    }

    private Answer ask(Question question, Optional<Answer> last) {
        long started = ticker.read();
        try {
            UnmaskGrant grant = await(question);
            if (grant.age().compareTo(maximumStaleness) > 0) {
                throw new TrinoException(PERMISSION_DENIED,
                        MessageCode.UNMASK_UNCONFIRMED.on(
                                "Access Denied: the coordinator has not confirmed since %s seconds what query %s may unmask, which is longer than policy.max-staleness"
                                        .formatted(grant.age().toSeconds(), question.queryId())));
            }
            return new Answer(grant.right(), grant.right().map(right -> typeManager.fromSqlType(right.type())), started,
                    started - grant.age().toNanos());
        }
        catch (PolicyStoreException e) {
            return last.filter(answer -> since(answer.confirmed()).compareTo(maximumStaleness) <= 0)
                    .orElseThrow(() -> new TrinoException(POLICY_STORE_ERROR,
                            "What query %s may unmask cannot be read on node %s: %s".formatted(question.queryId(), node, e.getMessage()),
                            e));
        }
    }

    private UnmaskGrant await(Question question) {
        return wait.await(() -> store.unmaskGrant(question.queryId(), question.user(), question.column()),
                "what query %s may unmask".formatted(question.queryId()))
                .orElseThrow(() -> new TrinoException(PERMISSION_DENIED,
                        MessageCode.UNMASK_UNCONFIRMED.on(
                                "Access Denied: what query %s may unmask is not in the store of node %s: the coordinator could not write it, or the query is over"
                                        .formatted(question.queryId(), node))));
    }
}
