package io.github.trinopolicy.keyring;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.CONFIGURATION_INVALID;
import static io.trino.spi.StandardErrorCode.NOT_FOUND;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
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

/// Loads and unwraps a data key the first time that an expression refers to it, once for all who wait for it, and keeps it for the
/// configured age at most. Thread-safe.
public final class StoreKeyRing implements KeyRing, AutoCloseable {
    private static final int MAXIMUM_KEYS = 100_000;

    private final PolicyStore store;
    private final KeyProvider keyProvider;
    private final String node;
    private final LoadingCache<UUID, DataKey> keys;

    /// @param node named in errors, since another node may well have the key
    public StoreKeyRing(PolicyStore store, KeyProvider keyProvider, String node, Duration maximumAge) {
        this.store = requireNonNull(store, "store is null");
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
        this.node = requireNonNull(node, "node is null");
        this.keys = Caffeine.newBuilder().maximumSize(MAXIMUM_KEYS).expireAfterWrite(maximumAge).build(this::load);
    }

    @Override
    public DataKey get(UUID keyId) {
        return keys.get(keyId);
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

    @Override
    public void close() {
        keys.asMap().values().forEach(DataKey::close);
        keys.invalidateAll();
    }
}
