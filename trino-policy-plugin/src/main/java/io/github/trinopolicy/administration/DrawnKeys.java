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

/// Keys that tables lack, drawn for their identity. Of what somebody else makes in the meantime nothing is replaced.
///
/// @param ids for tables that are not known yet
/// @param keys by the identity of the table
record DrawnKeys(Map<ObjectName, UUID> ids, ListMultimap<UUID, NewKey> keys) {
    static final DrawnKeys NONE = new DrawnKeys(ImmutableMap.of(), ImmutableListMultimap.of());

    DrawnKeys {
        ids = ImmutableMap.copyOf(ids);
        keys = ImmutableListMultimap.copyOf(keys);
    }

    Optional<UUID> id(ObjectName table) {
        return Optional.ofNullable(ids.get(table));
    }

    List<NewKey> of(Collection<UUID> tables) {
        return tables.stream().flatMap(table -> keys.get(table).stream()).collect(ImmutableList.toImmutableList());
    }
}
