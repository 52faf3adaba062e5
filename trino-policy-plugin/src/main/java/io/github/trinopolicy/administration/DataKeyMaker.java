package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Sets;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.store.StoreTransaction;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;

/// Draws the data keys of tables and projects and wraps them before they reach the store. Thread-safe.
public final class DataKeyMaker {
    /// What every table has a key for.
    static final Set<KeyFamily> OF_EACH_TABLE = Sets.immutableEnumSet(KeyFamily.HASH, KeyFamily.REVERSIBLE, KeyFamily.FORMAT_PRESERVING);

    private final KeyProvider keyProvider;

    public DataKeyMaker(KeyProvider keyProvider) {
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
    }

    /// Each table has its keys before a policy can ask for them, whoever writes the policy.
    void ensureKeys(StoreTransaction transaction, KeyFamily family, Collection<UUID> tables) {
        transaction.ensureKeys(tables, family, key -> wrap(transaction.storeId(), key));
    }

    /// Draws a new key for a project of which the tables shall join: what was hashed before, perhaps for others, joins with nothing.
    void renewKey(StoreTransaction transaction, KeyFamily family, Project project) {
        transaction.rotateKey(project.id(), family, key -> wrap(transaction.storeId(), key));
    }

    /// Each of these primary keys gives way to a new one, unless somebody else has put another in its place already.
    ///
    /// @return how many did
    int rotate(StoreTransaction transaction, Collection<KeyReference> primaries) {
        int rotated = 0;
        for (KeyReference primary : primaries) {
            if (transaction.rotateKey(primary, key -> wrap(transaction.storeId(), key))) {
                rotated++;
            }
        }
        return rotated;
    }

    private WrappedKey wrap(UUID storeId, KeyReference key) {
        return keyProvider.create(KeyContext.of(storeId, key));
    }
}
