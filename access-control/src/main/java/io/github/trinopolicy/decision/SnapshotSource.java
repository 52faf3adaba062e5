package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/// Everything of one store version, decoded. The maps never change. What is made of one of them is taken over for the next version when
/// that has the same map.
///
/// @param token tells versions of the same number apart when a store was restored from an older dump
/// @param objects by kind and name, with their layers merged
/// @param tables by their present name
/// @param currentProjects user to the project that he chose
/// @param readAttributes what attribute sources said, by the name of the source
/// @param policyVersions by name the version that wrote the policy last
public record SnapshotSource(long version, UUID token, Map<Kind, Map<String, PolicyObject>> objects, Map<ObjectName, KnownTable> tables,
        Map<UUID, KeyReference> keys, Map<String, String> currentProjects, Map<String, ReadAttributes> readAttributes,
        Map<String, Long> policyVersions) {
    public SnapshotSource {
        requireNonNull(token, "token is null");
        requireNonNull(objects, "objects is null");
        requireNonNull(tables, "tables is null");
        requireNonNull(keys, "keys is null");
        requireNonNull(currentProjects, "currentProjects is null");
        requireNonNull(readAttributes, "readAttributes is null");
        requireNonNull(policyVersions, "policyVersions is null");
    }

    /// Merges the layers. No attribute source was read, and all policies are of this version.
    public static SnapshotSource of(long version, UUID token, Collection<LayeredObject> layers, Collection<KnownTable> tables,
            Collection<KeyReference> keys, Map<String, String> currentProjects) {
        Map<Kind, Map<String, PolicyObject>> merged = new EnumMap<>(Kind.class);
        for (Layer layer : Layer.values()) {
            for (LayeredObject object : layers) {
                if (object.layer() == layer) {
                    merged.computeIfAbsent(object.object().kind(), _ -> new HashMap<>())
                            .merge(object.object().name(), object.object(), LayerMerge::merge);
                }
            }
        }
        return new SnapshotSource(version, token, merged,
                tables.stream().collect(toImmutableMap(KnownTable::name, Function.identity())),
                keys.stream().collect(toImmutableMap(KeyReference::id, Function.identity())), currentProjects, ImmutableMap.of(),
                Maps.toMap(merged.getOrDefault(Kind.POLICY, ImmutableMap.of()).keySet(), _ -> version));
    }
}
