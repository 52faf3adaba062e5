package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Everything of one store version, decoded.
///
/// @param token tells versions of the same number apart when a store was restored from an older dump
/// @param currentProjects user to the project that he chose
public record SnapshotSource(long version, UUID token, List<LayeredObject> objects, List<KnownTable> tables, List<KeyReference> keys,
        Map<String, String> currentProjects) {
    public SnapshotSource {
        requireNonNull(token, "token is null");
        objects = ImmutableList.copyOf(objects);
        tables = ImmutableList.copyOf(tables);
        keys = ImmutableList.copyOf(keys);
        currentProjects = ImmutableMap.copyOf(currentProjects);
    }
}
