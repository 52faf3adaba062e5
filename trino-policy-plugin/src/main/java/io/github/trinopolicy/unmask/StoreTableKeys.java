package io.github.trinopolicy.unmask;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Ticker;
import io.github.trinopolicy.masking.UnmaskableColumn;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Which keys the tables have. One that is not known is looked up at once, since it may be a moment old; otherwise the store is asked again after
/// a while, and what it said before holds while it is out of reach: the keys themselves have a maximum age. Thread-safe.
final class StoreTableKeys {
    private static final long MAXIMUM_TABLES = 10_000;

    private final PolicyStore store;
    private final Duration fresh;
    private final Ticker ticker;
    private final Cache<UUID, Known> tables = Caffeine.newBuilder().maximumSize(MAXIMUM_TABLES).build();

    /// @param keys that were not destroyed
    /// @param nanos when the store was asked, by the ticker
    private record Known(Map<UUID, KeyReference> keys, long nanos) {}

    StoreTableKeys(PolicyStore store, Duration fresh, Ticker ticker) {
        this.store = requireNonNull(store, "store is null");
        this.fresh = requireNonNull(fresh, "fresh is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
    }

    /// For a short time: destroyed keys are among them until then.
    UnmaskableColumn.Keys of(UUID table) {
        return new OfTable(table, known(table));
    }

    private Known known(UUID table) {
        return tables.asMap().compute(table,
                (_, last) -> last != null && ticker.read() - last.nanos() < fresh.toNanos() ? last : ask(table, Optional.ofNullable(last)));
    }

    private Known ask(UUID table, Optional<Known> last) {
        long started = ticker.read();
        try {
            return new Known(Stream.of(KeyFamily.REVERSIBLE, KeyFamily.FORMAT_PRESERVING)
                    .flatMap(family -> store.keysOf(table, family).stream())
                    .filter(key -> key.state() != KeyState.DESTROYED)
                    .collect(toImmutableMap(KeyReference::id, key -> key)), started);
        }
        catch (PolicyStoreException e) {
            return last.orElseThrow(
                    () -> new TrinoException(POLICY_STORE_ERROR, "The list of keys to unmask with cannot be read: " + e.getMessage(), e));
        }
    }

    private final class OfTable implements UnmaskableColumn.Keys {
        private final UUID table;
        private volatile Known known;

        private OfTable(UUID table, Known known) {
            this.table = requireNonNull(table, "table is null");
            this.known = requireNonNull(known, "known is null");
        }

        @Override
        public Optional<Integer> reversibleVersion(UUID key) {
            return find(key).or(() -> {
                known = tables.asMap().compute(table, (_, last) -> ask(table, Optional.ofNullable(last)));
                return find(key);
            }).map(KeyReference::version);
        }

        private Optional<KeyReference> find(UUID key) {
            return Optional.ofNullable(known.keys().get(key)).filter(reference -> reference.family() == KeyFamily.REVERSIBLE);
        }

        @Override
        public Optional<UUID> formatPreserving(int version) {
            return known.keys().values().stream()
                    .filter(key -> key.family() == KeyFamily.FORMAT_PRESERVING && key.version() == version)
                    .map(KeyReference::id).findFirst();
        }
    }
}
