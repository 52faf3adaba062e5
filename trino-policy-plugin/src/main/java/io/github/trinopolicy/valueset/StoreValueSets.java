package io.github.trinopolicy.valueset;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.NOT_FOUND;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.trinopolicy.masking.ValueSet;
import io.github.trinopolicy.masking.ValueSets;
import io.github.trinopolicy.snapshot.StoreWait;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Loads a set the first time that an expression refers to it, once for all who wait for it, and keeps those that are used. A coordinator
/// writes a set while the query is being planned, so one that is not there yet is waited for. Thread-safe.
public final class StoreValueSets implements ValueSets {
    private static final long MAXIMUM_VALUES = 10_000_000;

    private final PolicyStore store;
    private final String node;
    private final StoreWait wait;
    private final LoadingCache<UUID, ValueSet> sets;

    /// @param node named in errors, since another node may well have the set
    /// @param wait for a set that is not there yet
    public StoreValueSets(PolicyStore store, String node, StoreWait wait) {
        this.store = requireNonNull(store, "store is null");
        this.node = requireNonNull(node, "node is null");
        this.wait = requireNonNull(wait, "wait is null");
        this.sets = Caffeine.newBuilder().maximumWeight(MAXIMUM_VALUES).weigher((UUID _, ValueSet set) -> set.size()).build(this::load);
    }

    @Override
    public ValueSet get(UUID reference) {
        return sets.get(reference);
    }

    /// Spares this node the way to the store.
    void keep(UUID reference, Set<String> values) {
        sets.put(reference, new ValueSet(values));
    }

    private ValueSet load(UUID reference) {
        return wait.await(() -> read(reference), "set %s".formatted(reference)).map(ValueSet::new)
                .orElseThrow(() -> new TrinoException(NOT_FOUND,
                        ("The values that a row filter or mask compares with (set %s) are not in the store of node"
                                + " %s: the coordinator could not write them, or the query is older than they are kept; run it again")
                                .formatted(reference, node)));
    }

    private Optional<Set<String>> read(UUID reference) {
        try {
            return store.valueSet(reference);
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR,
                    "The values that a row filter or mask compares with (set %s) cannot be loaded on node %s: %s".formatted(reference, node,
                            e.getMessage()),
                    e);
        }
    }
}
