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

/// What leads from an older version to `version`. Something listed may be equal to what it was, when it was changed there and back;
/// something removed may never have been known to the reader.
///
/// @param tables those changed, each with all its columns
/// @param keys those added or changed; keys are never removed
/// @param currentProjects of users who began to work in one
/// @param leftProjects users who work in no project any more
/// @param policyVersions by name the version that wrote the policy last, of policies that were written or removed
public record StoreChanges(
        StoreVersion version,
        List<StoredObject> changed,
        List<ObjectKey> removed,
        List<KnownTable> tables,
        List<UUID> removedTables,
        List<KeyReference> keys,
        List<CurrentProject> currentProjects,
        List<String> leftProjects,
        AttributeReadings attributeReadings,
        Map<String, Long> policyVersions) {
    public StoreChanges {
        requireNonNull(version, "version is null");
        changed = ImmutableList.copyOf(changed);
        removed = ImmutableList.copyOf(removed);
        tables = ImmutableList.copyOf(tables);
        removedTables = ImmutableList.copyOf(removedTables);
        keys = ImmutableList.copyOf(keys);
        currentProjects = ImmutableList.copyOf(currentProjects);
        leftProjects = ImmutableList.copyOf(leftProjects);
        requireNonNull(attributeReadings, "attributeReadings is null");
        policyVersions = ImmutableMap.copyOf(policyVersions);
    }
}
