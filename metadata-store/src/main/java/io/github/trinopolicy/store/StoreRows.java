package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The store as a whole, or what changed in it, within one transaction.
final class StoreRows {
    private final RevisionRows revisions;
    private final ObjectRows objects;
    private final KnownTableRows tables;
    private final DataKeyRows keys;
    private final CurrentProjectRows projects;
    private final AttributeReadingRows readings;

    StoreRows(Handle handle) {
        requireNonNull(handle, "handle is null");
        revisions = new RevisionRows(handle);
        objects = new ObjectRows(handle);
        tables = new KnownTableRows(handle);
        keys = new DataKeyRows(handle);
        projects = new CurrentProjectRows(handle);
        readings = new AttributeReadingRows(handle);
    }

    StoreContents contents() {
        return new StoreContents(revisions.current(), revisions.storeId(), objects.all(), tables.all(), keys.all(), projects.all(),
                readings.all(), objects.policyVersionsSince(0));
    }

    /// Empty when the version is not part of the history of this store.
    Optional<StoreChanges> changesSince(StoreVersion version) {
        if (!revisions.contains(version)) {
            return Optional.empty();
        }
        return Optional.of(new StoreChanges(
                revisions.current(),
                objects.writtenSince(version.version()),
                objects.removedSince(version.version()),
                tables.writtenSince(version.version()),
                tables.removedSince(version.version()),
                keys.writtenSince(version.version()),
                projects.writtenSince(version.version()),
                projects.leftSince(version.version()),
                readings.writtenSince(version.version()),
                objects.policyVersionsSince(version.version())));
    }
}
