package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.KnownTable;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The keys that there would be after a change, as references: each table that has none yet gets one when the change is made.
final class ProposedKeys {
    private ProposedKeys() {
    }

    static List<KeyReference> of(List<KeyReference> keys, Iterable<KnownTable> tables) {
        Set<UUID> scopes = keys.stream().map(KeyReference::scope).collect(toImmutableSet());
        ImmutableList.Builder<KeyReference> proposed = ImmutableList.<KeyReference>builder().addAll(keys);
        for (KnownTable table : tables) {
            if (!scopes.contains(table.id())) {
                proposed.add(new KeyReference(UUID.randomUUID(), table.id(), KeyFamily.HASH, 1, KeyState.PRIMARY));
            }
        }
        return proposed.build();
    }
}
