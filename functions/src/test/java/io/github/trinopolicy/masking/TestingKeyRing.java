package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.GENERIC_INTERNAL_ERROR;

import io.github.trinopolicy.crypto.DataKey;
import io.trino.spi.TrinoException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Keys that a test puts in. Thread-safe.
final class TestingKeyRing implements KeyRing {
    private final Map<UUID, DataKey> keys = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();

    TestingKeyRing put(UUID keyId, DataKey key) {
        keys.put(keyId, key);
        return this;
    }

    void remove(UUID keyId) {
        keys.remove(keyId);
    }

    int requests() {
        return requests.get();
    }

    @Override
    public DataKey get(UUID keyId) {
        requests.incrementAndGet();
        DataKey key = keys.get(keyId);
        if (key == null) {
            throw new TrinoException(GENERIC_INTERNAL_ERROR, "This node has no data key " + keyId);
        }
        return key;
    }
}
