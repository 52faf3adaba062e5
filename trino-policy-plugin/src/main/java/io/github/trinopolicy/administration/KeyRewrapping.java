package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.airlift.log.Logger;
import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.NodeStatus;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoredKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Wraps under the present key-encryption key what is wrapped under a previous one. The data keys stay the same: no masked value changes, and
/// queries run on. It waits until all nodes that live have the present key-encryption key, or they would lose the data keys. The first key is
/// wrapped alone: by the next run all nodes have tried to unwrap it, and where one cannot, the others stay as they are.
public final class KeyRewrapping {
    private static final Logger log = Logger.get(KeyRewrapping.class);
    private static final int CHUNK = 100;
    // a node reports every few seconds
    private static final Duration LIVES = Duration.ofMinutes(1);
    private static final UUID FIRST = new UUID(0, 0);

    private final PolicyStore store;
    private final KeyProvider keyProvider;

    public KeyRewrapping(PolicyStore store, KeyProvider keyProvider) {
        this.store = requireNonNull(store, "store is null");
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
    }

    /// @return how many keys were wrapped anew
    int run() {
        List<StoredKey> chunk = store.keysNotWrappedBy(keyProvider.id(), FIRST, CHUNK);
        if (chunk.isEmpty()) {
            return 0;
        }
        List<NodeStatus> nodes = store.nodes().stream().filter(node -> node.age().compareTo(LIVES) < 0).toList();
        Optional<NodeStatus> behind = nodes.stream().filter(node -> !node.report().keyFingerprint().equals(keyProvider.id())).findFirst();
        if (behind.isPresent()) {
            log.info("Data keys are wrapped anew under %s once all nodes have it; node %s has %s", keyProvider.id(),
                    behind.get().report().nodeId(), behind.get().report().keyFingerprint());
            return 0;
        }
        Optional<NodeStatus> failing = nodes.stream().filter(node -> node.report().keyProblem().isPresent()).findFirst();
        if (failing.isPresent()) {
            log.warn("Data keys are wrapped anew under %s once all nodes can unwrap keys; node %s cannot: %s", keyProvider.id(),
                    failing.get().report().nodeId(), failing.get().report().keyProblem().orElseThrow());
            return 0;
        }
        boolean tried = store.newestKeyOfEachProvider().stream().anyMatch(key -> key.wrapped().provider().equals(keyProvider.id()));
        if (!tried) {
            chunk = chunk.subList(0, 1);
        }
        int done = 0;
        int failed = 0;
        while (!chunk.isEmpty()) {
            Map<StoredKey, WrappedKey> anew = wrap(chunk);
            failed += chunk.size() - anew.size();
            done += store
                    .change(new Act("policy", Optional.empty(), Optional.of("key-encryption key replaced"), "rewrap keys"), transaction -> {
                        int written = 0;
                        for (Map.Entry<StoredKey, WrappedKey> entry : anew.entrySet()) {
                            if (transaction.rewrapKey(entry.getKey().reference().id(), entry.getKey().wrapped(), entry.getValue())) {
                                written++;
                            }
                        }
                        return written;
                    }).value();
            log.info("Wrapped %s data keys anew under %s", done, keyProvider.id());
            if (!tried) {
                break;
            }
            chunk = store.keysNotWrappedBy(keyProvider.id(), chunk.getLast().reference().id(), CHUNK);
        }
        if (failed > 0) {
            log.warn("%s data keys cannot be wrapped anew: keep the key-encryption keys that policy.metadata.keys names for them", failed);
        }
        return done;
    }

    /// Before the transaction, since others wait for its end and a key-management service may be slow.
    private Map<StoredKey, WrappedKey> wrap(List<StoredKey> keys) {
        Map<StoredKey, WrappedKey> wrapped = new LinkedHashMap<>();
        for (StoredKey stored : keys) {
            KeyContext context = KeyContext.of(stored.storeId(), stored.reference());
            try (DataKey key = keyProvider.unwrap(stored.wrapped(), context)) {
                wrapped.put(stored, keyProvider.wrap(key, context));
            }
            catch (KeyWrappingException e) {
                log.warn("A data key stays wrapped as it is: %s", e.getMessage());
            }
        }
        return wrapped;
    }
}
