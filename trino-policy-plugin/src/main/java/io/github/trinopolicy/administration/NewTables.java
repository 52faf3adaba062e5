package io.github.trinopolicy.administration;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.NewKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What tables that are not known yet would get: their identity, and keys that are drawn for it. What turns out to be known is left alone.
///
/// @param keys by the identity of the table
record NewTables(Map<ObjectName, UUID> ids, ListMultimap<UUID, NewKey> keys) {
    static final NewTables NONE = new NewTables(ImmutableMap.of(), ImmutableListMultimap.of());

    NewTables {
        ids = ImmutableMap.copyOf(ids);
        keys = ImmutableListMultimap.copyOf(keys);
    }

    Optional<UUID> id(ObjectName table) {
        return Optional.ofNullable(ids.get(table));
    }

    /// Those of the tables that were made as intended.
    List<NewKey> keys(Collection<UUID> tables) {
        return tables.stream().flatMap(table -> keys.get(table).stream()).collect(ImmutableList.toImmutableList());
    }
}
