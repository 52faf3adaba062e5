package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.airlift.log.Logger;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.NewKey;
import io.github.trinopolicy.store.PolicyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives tables a new key for reversible masks when the present one is old: old tokens carry the identifier of their key, so nothing is lost.
/// Hashes and format-preserving values carry none, and their keys are rotated by calls alone.
public final class KeyRollover {
    private static final Logger log = Logger.get(KeyRollover.class);
    private static final int CHUNK = 100;

    private final PolicyStore store;
    private final DataKeyMaker keyMaker;
    private final Duration maximumAge;

    public KeyRollover(PolicyStore store, DataKeyMaker keyMaker, Duration maximumAge) {
        this.store = requireNonNull(store, "store is null");
        this.keyMaker = requireNonNull(keyMaker, "keyMaker is null");
        this.maximumAge = requireNonNull(maximumAge, "maximumAge is null");
    }

    /// Of several nodes that do so at once, one makes the new key.
    ///
    /// @return how many keys were made
    int run() {
        int made = 0;
        List<KeyReference> old = store.primaryKeysOlderThan(KeyFamily.REVERSIBLE, maximumAge);
        for (List<KeyReference> chunk : Lists.partition(old, CHUNK)) {
            Map<KeyReference, NewKey> successors = keyMaker.successors(store.storeId(), chunk);
            made += store.change(new Act("policy", Optional.empty(), Optional.of("policy.key-rollover-interval"), "roll over keys"),
                    transaction -> DataKeyMaker.rotate(transaction, successors)).value();
        }
        if (made > 0) {
            log.info("Made %s new keys for reversible masks, as the present ones were older than policy.key-rollover-interval", made);
        }
        return made;
    }
}
