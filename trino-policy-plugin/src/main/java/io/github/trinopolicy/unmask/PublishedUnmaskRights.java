package io.github.trinopolicy.unmask;

import static com.google.common.collect.Sets.difference;
import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.airlift.log.Logger;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.SnapshotSupplier;
import io.github.trinopolicy.enforcement.UnmaskAnnouncement;
import io.github.trinopolicy.policy.Subject;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.UnmaskRights;
import io.trino.spi.QueryId;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.type.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Writes into the store what the queries of this coordinator may unmask, for the nodes that run them to read: in the background, while a query
/// is being planned, and anew when the policies have changed, as long as it runs. Thread-safe.
public final class PublishedUnmaskRights implements UnmaskAnnouncement, AutoCloseable {
    private static final Logger log = Logger.get(PublishedUnmaskRights.class);
    private static final Duration KEPT = Duration.ofDays(1);

    private final PolicyStore store;
    private final QueryRegistry queries;
    private final SnapshotSupplier snapshots;
    private final PolicyEvaluator evaluator;
    private final Function<String, Optional<Type>> types;
    private final Duration interval;
    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-unmask-rights-%s"));
    private final Set<QueryId> announced = ConcurrentHashMap.newKeySet();
    // these belong to the executor's thread
    private final Map<QueryId, UnmaskRights> written = new HashMap<>();
    private final Map<Asked, UnmaskRights> derived = new HashMap<>();

    /// What rights follow from; the moments of the subjects are left out.
    private record Asked(PolicySnapshot snapshot, Entitled now, PolicySnapshot queried, Entitled asker) {}

    private record Entitled(String user, Set<String> groups, Map<String, ?> attributes, Set<String> purposes, Optional<String> project) {
        private static Entitled of(Subject subject) {
            return new Entitled(subject.user(), subject.groups(), subject.attributes().asMap(), subject.purposes(), subject.project());
        }

        @Override
        public String toString() {
            return "Entitled[" + user + "]";
        }
    }

    /// @param evaluator one that refers to nothing that would have to be published for a query
    /// @param types what Trino's display name of a type stands for; empty where it is none that Trino knows
    /// @param interval in which rights are looked at again
    public PublishedUnmaskRights(PolicyStore store, QueryRegistry queries, SnapshotSupplier snapshots, PolicyEvaluator evaluator,
            Function<String, Optional<Type>> types, Duration interval) {
        this.store = requireNonNull(store, "store is null");
        this.queries = requireNonNull(queries, "queries is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.types = requireNonNull(types, "types is null");
        this.interval = requireNonNull(interval, "interval is null");
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::refresh, interval.toMillis(), interval.toMillis(), MILLISECONDS);
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::removeOld, 1, 1, TimeUnit.HOURS);
    }

    @Override
    public void willUnmask(QueryId query) {
        if (announced.add(query)) {
            executor.execute(() -> writeSafely(query));
        }
    }

    /// Queries that are over lose their rights; those of the others are confirmed, or written anew.
    private void refresh() {
        try {
            Set<QueryId> running = announced.stream().filter(query -> queries.find(query).isPresent())
                    .collect(ImmutableSet.toImmutableSet());
            Set<QueryId> over = ImmutableSet.copyOf(difference(announced, running));
            announced.removeAll(over);
            written.keySet().removeAll(over);
            if (!over.isEmpty()) {
                store.removeUnmaskRights(over.stream().map(QueryId::id).toList());
            }
            if (running.isEmpty()) {
                derived.clear();
                return;
            }
            PolicySnapshot snapshot = snapshots.current();
            derived.keySet().removeIf(asked -> asked.snapshot() != snapshot);
            ImmutableList.Builder<String> confirmed = ImmutableList.builder();
            for (QueryId query : running) {
                UnmaskRights last = written.get(query);
                if (last != null && last.digest().equals(rights(query, snapshot).digest())) {
                    confirmed.add(query.id());
                }
                else {
                    write(query);
                }
            }
            store.confirmUnmaskRights(confirmed.build());
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure; nodes do not trust rights that nobody has confirmed for long
            log.warn(e, "What running queries may unmask cannot be confirmed; it is tried again in %s", interval);
        }
    }

    private void writeSafely(QueryId query) {
        try {
            write(query);
        }
        catch (RuntimeException e) {
            // the nodes wait for a while, and the next refresh tries again
            log.warn(e, "What query %s may unmask cannot be written", query);
        }
    }

    private void write(QueryId query) {
        Optional<QueryContext> context = queries.find(query);
        if (context.isEmpty()) {
            return;
        }
        PolicySnapshot snapshot = snapshots.current();
        UnmaskRights rights = rights(query, snapshot);
        store.putUnmaskRights(query.id(), context.get().asker().user(), rights);
        written.put(query, rights);
    }

    /// None for a query that is over.
    private UnmaskRights rights(QueryId query, PolicySnapshot snapshot) {
        Optional<QueryContext> context = queries.find(query);
        Optional<Subject> now = newestAsker(query);
        if (context.isEmpty() || now.isEmpty()) {
            return UnmaskRights.of(ImmutableList.of());
        }
        PolicySnapshot queried = context.get().snapshot();
        Subject asker = context.get().asker();
        return derived.computeIfAbsent(new Asked(snapshot, Entitled.of(now.get()), queried, Entitled.of(asker)),
                _ -> UnmaskRights.of(evaluator.unmaskRights(snapshot, now.get(), queried, asker, types)));
    }

    private Optional<Subject> newestAsker(QueryId query) {
        try {
            return queries.newestAsker(query);
        }
        catch (AccessDeniedException e) {
            return Optional.empty();
        }
    }

    private void removeOld() {
        try {
            store.removeUnmaskRightsOlderThan(KEPT);
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.warn(e, "Rights to unmask that no query has any more cannot be removed from the store; it is tried again in an hour");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
