package io.github.trinopolicy.valueset;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableSet;
import io.airlift.log.Logger;
import io.github.trinopolicy.policy.LargeSets;
import io.github.trinopolicy.store.PolicyStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// The sets that decisions of this coordinator refer to. The first reference to a set is drawn at random and written to the store in the
/// background, while the query is being planned; the next decisions about the same values of the same user refer to it, too.
///
/// A reference is given out for a day and kept in the store for a week, longer than any query that it was given to. Thread-safe.
public final class PublishedSets implements LargeSets, AutoCloseable {
    /// How long the store keeps a reference.
    public static final Duration KEPT = Duration.ofDays(7);

    private static final Logger log = Logger.get(PublishedSets.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);
    private static final Duration GIVEN_OUT = Duration.ofDays(1);
    private static final long MAXIMUM_VALUES = 10_000_000;

    private final PolicyStore store;
    private final StoreValueSets local;
    private final Cache<Entitled, UUID> references;
    // belongs to the executor's thread
    private final Set<UUID> written = new HashSet<>();
    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-value-sets-%s"));

    /// By user, so that nobody can tell from two references that two users are entitled to the same.
    private record Entitled(String user, Set<String> values) {
        private Entitled {
            requireNonNull(user, "user is null");
            // knows its hash
            values = ImmutableSet.copyOf(values);
        }

        @Override
        public String toString() {
            return "Entitled[" + user + "]";
        }
    }

    /// @param local where this node itself looks for sets
    public PublishedSets(PolicyStore store, StoreValueSets local, Ticker ticker) {
        this.store = requireNonNull(store, "store is null");
        this.local = requireNonNull(local, "local is null");
        this.references = Caffeine.newBuilder().ticker(ticker::read).expireAfterWrite(GIVEN_OUT).maximumWeight(MAXIMUM_VALUES)
                .weigher((Entitled entitled, UUID _) -> entitled.values().size()).build();
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::removeOld, 1, 1, TimeUnit.HOURS);
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::writeLost, LOOK_INTERVAL.toMillis(), LOOK_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public UUID reference(String user, Set<String> values) {
        return references.get(new Entitled(user, values), this::publish);
    }

    private UUID publish(Entitled entitled) {
        UUID reference = UUID.randomUUID();
        local.keep(reference, entitled.values());
        executor.execute(() -> write(reference, entitled));
        return reference;
    }

    private void write(UUID reference, Entitled entitled) {
        try {
            store.putValueSet(reference, entitled.values());
            written.add(reference);
        }
        catch (RuntimeException e) {
            // workers of this query fail; the next decision tries anew
            references.asMap().remove(entitled, reference);
            log.error(e, "The values that policies compare with for user %s (set %s) cannot be written; queries with them fail on workers",
                    entitled.user(), reference);
        }
    }

    /// Looks soon for what was written before and is gone.
    void lookForLost() {
        executor.execute(this::writeLost);
    }

    /// A restored dump, or a standby that lagged behind, does not have all that was written before.
    private void writeLost() {
        try {
            Map<UUID, Entitled> current = references.asMap().entrySet().stream()
                    .collect(toImmutableMap(Map.Entry::getValue, Map.Entry::getKey));
            written.retainAll(current.keySet());
            if (!written.isEmpty()) {
                store.missingValueSets(ImmutableSet.copyOf(written))
                        .forEach(reference -> write(reference, requireNonNull(current.get(reference))));
            }
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.warn(e, "Whether the store has all sets of values cannot be told; it is tried again in %s", LOOK_INTERVAL);
        }
    }

    private void removeOld() {
        try {
            store.removeValueSetsOlderThan(KEPT);
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.warn(e, "Sets of values that nobody uses any more cannot be removed from the store; it is tried again in an hour");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
