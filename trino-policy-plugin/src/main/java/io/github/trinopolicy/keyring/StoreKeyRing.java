package io.github.trinopolicy.keyring;

import static com.google.common.base.Preconditions.checkState;
import static com.google.common.base.Throwables.throwIfUnchecked;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.CONFIGURATION_INVALID;
import static io.trino.spi.StandardErrorCode.GENERIC_INTERNAL_ERROR;
import static io.trino.spi.StandardErrorCode.NOT_FOUND;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.concurrent.Executors.newThreadPerTaskExecutor;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.google.common.base.Ticker;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.masking.KeyRing;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.StoredKey;
import io.trino.spi.TrinoException;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// Loads and unwraps a data key the first time that an expression refers to it, once for all who wait for it, and keeps it for the
/// configured age at most. A key that has aged is wiped, whether or not anybody asks again. A failure is told to all who wait, and forgotten:
/// the next one tries anew. Thread-safe.
public final class StoreKeyRing implements KeyRing, AutoCloseable {
    private static final int MAXIMUM_KEYS = 100_000;
    // far longer than from receiving a key to deriving another one from it
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final PolicyStore store;
    private final KeyProvider keyProvider;
    private final String node;
    private final KeyWiper wiper;
    // the query that asked first may be cancelled, while others wait for the same key
    private final ExecutorService loads = newThreadPerTaskExecutor(Thread.ofVirtual().name("policy-key-load-", 0).factory());
    private final AsyncLoadingCache<UUID, DataKey> keys;
    private volatile boolean closed;

    /// @param node named in errors, since another node may well have the key
    public StoreKeyRing(PolicyStore store, KeyProvider keyProvider, String node, Duration maximumAge) {
        this(store, keyProvider, node, maximumAge, GRACE);
    }

    /// @param grace between the end of a key in the cache and its wiping
    StoreKeyRing(PolicyStore store, KeyProvider keyProvider, String node, Duration maximumAge, Duration grace) {
        this.store = requireNonNull(store, "store is null");
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
        this.node = requireNonNull(node, "node is null");
        KeyWiper keyWiper = new KeyWiper(grace, Ticker.systemTicker());
        this.wiper = keyWiper;
        this.keys = Caffeine.newBuilder()
                .maximumSize(MAXIMUM_KEYS)
                .recordStats()
                .expireAfterWrite(maximumAge)
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .removalListener((@Nullable UUID _, @Nullable DataKey key, RemovalCause _) -> keyWiper.wipeLater(requireNonNull(key)))
                .buildAsync((keyId, _) -> supplyAsync(() -> load(keyId), loads));
        keyWiper.start();
    }

    @Override
    public DataKey get(UUID keyId) {
        requireOpen();
        CompletableFuture<DataKey> key = keys.get(keyId);
        if (closed) {
            wipe(key);
            requireOpen();
        }
        try {
            return key.get();
        }
        catch (ExecutionException e) {
            Throwable cause = requireNonNull(e.getCause());
            throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrinoException(GENERIC_INTERNAL_ERROR,
                    "The query ended while policy key %s was being loaded on node %s".formatted(keyId, node), e);
        }
    }

    /// Hits, loads and failures since the start.
    public CacheStats statistics() {
        return keys.synchronous().stats();
    }

    /// How many keys are in memory.
    public long size() {
        return keys.synchronous().estimatedSize();
    }

    private void requireOpen() {
        checkState(!closed, "the keys of this node were wiped, as it shuts down");
    }

    private DataKey load(UUID keyId) {
        try {
            StoredKey stored = store.key(keyId)
                    .orElseThrow(() -> missing(keyId));
            try (io.github.trinopolicy.keys.DataKey unwrapped = keyProvider.unwrap(stored.wrapped(),
                    KeyContext.of(stored.storeId(), stored.reference()))) {
                byte[] secret = unwrapped.bytes();
                try {
                    return DataKey.copyOf(secret);
                }
                finally {
                    Arrays.fill(secret, (byte) 0);
                }
            }
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR,
                    "Policy key %s cannot be loaded on node %s: %s".formatted(keyId, node, e.getMessage()), e);
        }
        catch (KeyWrappingException e) {
            throw new TrinoException(CONFIGURATION_INVALID,
                    "Policy key %s cannot be used on node %s: %s".formatted(keyId, node, e.getMessage()), e);
        }
    }

    private TrinoException missing(UUID keyId) {
        return new TrinoException(NOT_FOUND, store.keyReference(keyId).isPresent()
                ? "Policy key %s was destroyed: what was masked under it cannot be read by anybody any more".formatted(keyId)
                : "Policy key %s is not in the store of node %s".formatted(keyId, node));
    }

    /// Wipes all keys, also those that are just being loaded.
    @Override
    public void close() {
        closed = true;
        keys.asMap().values().forEach(StoreKeyRing::wipe);
        keys.synchronous().invalidateAll();
        wiper.close();
        loads.shutdown();
    }

    private static void wipe(CompletableFuture<DataKey> key) {
        // a load that fails leaves nothing to wipe
        CompletableFuture<Void> _ = key.thenAccept(DataKey::close);
    }
}
