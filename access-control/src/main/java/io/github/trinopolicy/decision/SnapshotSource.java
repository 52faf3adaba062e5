package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import java.util.List;
import java.util.UUID;

/// Everything of one store version, decoded.
///
/// @param token tells versions of the same number apart when a store was restored from an older dump
public record SnapshotSource(long version, UUID token, List<LayeredObject> objects, List<KnownTable> tables, List<KeyReference> keys) {
    public SnapshotSource {
        requireNonNull(token, "token is null");
        objects = ImmutableList.copyOf(objects);
        tables = ImmutableList.copyOf(tables);
        keys = ImmutableList.copyOf(keys);
    }
}
