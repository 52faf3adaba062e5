package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.store.PolicyStoreException.Category;
import org.jdbi.v3.core.Handle;

/// The newest migration that this plugin knows. A newer plugin may migrate the store under running nodes, and from then on these do not
/// know what its rows mean.
final class SchemaVersion {
    private final StoreLocation location;
    private final String newest;

    /// @param newest numbers with dots between them
    SchemaVersion(StoreLocation location, String newest) {
        this.location = requireNonNull(location, "location is null");
        this.newest = requireNonNull(newest, "newest is null");
    }

    /// @throws PolicyStoreException when the store was migrated further
    void require(Handle handle) {
        boolean ahead = handle.createQuery("""
                SELECT EXISTS (SELECT FROM flyway_schema_history
                WHERE success AND string_to_array(version, '.')::bigint[] > string_to_array(:newest, '.')::bigint[])
                """).bind("newest", newest).mapTo(Boolean.class).one();
        if (ahead) {
            throw ahead(location);
        }
    }

    static PolicyStoreException ahead(StoreLocation location) {
        return new PolicyStoreException(
                Category.INCOMPATIBLE,
                "%s was migrated by a newer version of the plugin: install that version on this node".formatted(location));
    }
}
