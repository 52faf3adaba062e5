package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import com.google.common.collect.Sets;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.snapshot.PolicyObjects;
import io.github.trinopolicy.store.NewKey;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoreTransaction;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// Draws the data keys of tables and projects and wraps them before they reach the store: where many may be needed, before the transaction
/// that stores them, as a key-management service may be slow and others wait for the end of it. Thread-safe.
public final class DataKeyMaker {
    /// What every table has a key for.
    public static final Set<KeyFamily> OF_EACH_TABLE = Sets.immutableEnumSet(KeyFamily.HASH, KeyFamily.REVERSIBLE,
            KeyFamily.FORMAT_PRESERVING);

    private final KeyProvider keyProvider;

    public DataKeyMaker(KeyProvider keyProvider) {
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
    }

    /// First keys of tables, and identities for those that are not known yet.
    DrawnKeys drawn(PolicyStore store, PolicyObjects known, SetMultimap<ObjectName, KeyFamily> families) {
        if (families.isEmpty()) {
            return DrawnKeys.NONE;
        }
        UUID storeId = store.storeId();
        ImmutableMap.Builder<ObjectName, UUID> ids = ImmutableMap.builder();
        ImmutableListMultimap.Builder<UUID, NewKey> keys = ImmutableListMultimap.builder();
        Multimaps.asMap(families).forEach((table, ofTable) -> {
            Optional<UUID> present = known.table(table).map(KnownTable::id);
            UUID id = present.orElseGet(UUID::randomUUID);
            if (present.isEmpty()) {
                ids.put(table, id);
            }
            ofTable.forEach(family -> keys.put(id, first(storeId, id, family)));
        });
        return new DrawnKeys(ids.buildOrThrow(), keys.build());
    }

    /// The key with which a table or project begins.
    NewKey first(UUID storeId, UUID scope, KeyFamily family) {
        return draw(storeId, scope, family, 1);
    }

    /// The keys that may take the places of these.
    Map<KeyReference, NewKey> successors(UUID storeId, Collection<KeyReference> primaries) {
        return primaries.stream().collect(toImmutableMap(Function.identity(),
                primary -> draw(storeId, primary.scope(), primary.family(), primary.version() + 1)));
    }

    private NewKey draw(UUID storeId, UUID scope, KeyFamily family, int version) {
        KeyReference key = new KeyReference(UUID.randomUUID(), scope, family, version, KeyState.PRIMARY);
        return new NewKey(key, wrap(storeId, key));
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
    static int rotate(StoreTransaction transaction, Map<KeyReference, NewKey> successors) {
        int rotated = 0;
        for (Map.Entry<KeyReference, NewKey> successor : successors.entrySet()) {
            if (transaction.rotateKey(successor.getKey(), successor.getValue())) {
                rotated++;
            }
        }
        return rotated;
    }

    private WrappedKey wrap(UUID storeId, KeyReference key) {
        return keyProvider.create(KeyContext.of(storeId, key));
    }
}
