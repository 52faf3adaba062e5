package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.RevisionChange;
import java.util.Optional;

/// Tells how tables are called that were renamed through Trino. Thread-safe.
public final class RenameHistory {
    private final PolicyStore store;

    public RenameHistory(PolicyStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    /// The name that the table got when it was last renamed; it may have got others since.
    Optional<ObjectName> newName(ObjectName table) {
        // all that such an act does, it does to what has the new name
        return store.newestChanges(EventualRegistry.RENAME, table.toString()).stream().findFirst().map(RevisionChange::name)
                .map(ObjectName::parse);
    }
}
