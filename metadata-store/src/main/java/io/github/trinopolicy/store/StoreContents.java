package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.CurrentProject;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Everything of one version. Lists are ordered by their identifying fields.
///
/// @param tables without forgotten ones
/// @param currentProjects without users who left theirs
/// @param policyVersions by name the version that wrote the policy last; policies that are gone may be among them
public record StoreContents(
        StoreVersion version,
        UUID storeId,
        List<StoredObject> objects,
        List<KnownTable> tables,
        List<KeyReference> keys,
        List<CurrentProject> currentProjects,
        AttributeReadings attributeReadings,
        Map<String, Long> policyVersions) {
    public StoreContents {
        requireNonNull(version, "version is null");
        requireNonNull(storeId, "storeId is null");
        objects = ImmutableList.copyOf(objects);
        tables = ImmutableList.copyOf(tables);
        keys = ImmutableList.copyOf(keys);
        currentProjects = ImmutableList.copyOf(currentProjects);
        requireNonNull(attributeReadings, "attributeReadings is null");
        policyVersions = ImmutableMap.copyOf(policyVersions);
    }
}
