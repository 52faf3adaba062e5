package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The table `data_key` within one transaction.
final class DataKeyRows {
    private final Handle handle;

    DataKeyRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    List<KeyReference> writtenSince(long version) {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state FROM data_key
                WHERE version > :version
                ORDER BY scope_id, family, key_version
                """).bind("version", version).setFetchSize(1000).map((row, _) -> reference(row)).list();
    }

    List<KeyReference> all() {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state FROM data_key
                ORDER BY scope_id, family, key_version
                """).setFetchSize(1000).map((row, _) -> reference(row)).list();
    }

    /// Oldest first.
    List<KeyReference> of(UUID scope, KeyFamily family) {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state FROM data_key
                WHERE scope_id = :scope AND family = :family
                ORDER BY key_version
                """).bind("scope", scope).bind("family", family.name()).map((row, _) -> reference(row)).list();
    }

    /// Those of the scopes that have a primary key.
    Set<UUID> primaryScopes(Collection<UUID> scopes, KeyFamily family) {
        return handle.createQuery("""
                SELECT scope_id FROM data_key
                WHERE scope_id = ANY(:scopes) AND family = :family AND state = 'PRIMARY'
                """).bindArray("scopes", UUID.class, List.copyOf(scopes)).bind("family", family.name()).mapTo(UUID.class).set();
    }

    Optional<KeyReference> find(UUID id) {
        return handle.createQuery("SELECT key_id, scope_id, family, key_version, state FROM data_key WHERE key_id = :id")
                .bind("id", id)
                .map((row, _) -> reference(row))
                .findOne();
    }

    /// Empty when the key does not exist or was destroyed.
    Optional<WrappedKey> wrapped(UUID id) {
        return handle.createQuery("SELECT provider, wrapped FROM data_key WHERE key_id = :id AND wrapped IS NOT NULL")
                .bind("id", id)
                .map((row, _) -> new WrappedKey(row.getString("provider"), row.getBytes("wrapped")))
                .findOne();
    }

    /// By scope, family and version.
    List<KeyStatus> statuses() {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state, provider, created_at, retired_at, destroyed_at FROM data_key
                ORDER BY scope_id, family, key_version
                """).setFetchSize(1000).map((row, _) -> status(row)).list();
    }

    /// Primary keys that were made longer ago than `age`.
    List<KeyReference> primariesOlderThan(KeyFamily family, Duration age) {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state FROM data_key
                WHERE family = :family AND state = 'PRIMARY' AND created_at < clock_timestamp() - :seconds * interval '1 second'
                ORDER BY scope_id
                """).bind("family", family.name()).bind("seconds", age.toSeconds()).map((row, _) -> reference(row)).list();
    }

    /// The first keys behind `after`, by their identifiers, that another provider than this one has wrapped.
    List<StoredKey> notWrappedBy(String provider, UUID storeId, UUID after, int limit) {
        return handle.createQuery("""
                SELECT key_id, scope_id, family, key_version, state, provider, wrapped FROM data_key
                WHERE provider <> :provider AND wrapped IS NOT NULL AND key_id > :after
                ORDER BY key_id
                LIMIT :limit
                """)
                .bind("provider", provider)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, _) -> new StoredKey(storeId, reference(row),
                        new WrappedKey(row.getString("provider"), row.getBytes("wrapped"))))
                .list();
    }

    /// Of each provider that has wrapped keys the key that was written last, at a cost that does not grow with the number of keys.
    List<StoredKey> newestOfEachProvider(UUID storeId) {
        return handle.createQuery("""
                WITH RECURSIVE wrapper AS (
                    SELECT min(provider) AS provider FROM data_key WHERE wrapped IS NOT NULL
                    UNION ALL
                    SELECT (SELECT min(provider) FROM data_key WHERE wrapped IS NOT NULL AND provider > wrapper.provider)
                    FROM wrapper
                    WHERE provider IS NOT NULL
                )
                SELECT key_id, scope_id, family, key_version, state, newest.provider, wrapped
                FROM wrapper CROSS JOIN LATERAL (
                    SELECT * FROM data_key
                    WHERE data_key.provider = wrapper.provider AND wrapped IS NOT NULL
                    ORDER BY version DESC, key_id
                    LIMIT 1
                ) newest
                """)
                .map((row, _) -> new StoredKey(storeId, reference(row),
                        new WrappedKey(row.getString("provider"), row.getBytes("wrapped"))))
                .list();
    }

    void insert(KeyReference key, WrappedKey wrapped, long version) {
        handle.createUpdate("""
                INSERT INTO data_key (key_id, scope_id, family, key_version, state, provider, wrapped, version)
                VALUES (:id, :scope, :family, :keyVersion, :state, :provider, :wrapped, :version)
                """)
                .bind("id", key.id())
                .bind("scope", key.scope())
                .bind("family", key.family().name())
                .bind("keyVersion", key.version())
                .bind("state", key.state().name())
                .bind("provider", wrapped.provider())
                .bind("wrapped", wrapped.bytes())
                .bind("version", version)
                .execute();
    }

    void retire(UUID id, long version) {
        handle.createUpdate("""
                UPDATE data_key
                SET state = 'RETIRED', changed_at = clock_timestamp(), retired_at = clock_timestamp(), version = :version
                WHERE key_id = :id
                """).bind("id", id).bind("version", version).execute();
    }

    void destroy(UUID id, long version) {
        handle.createUpdate(
                """
                        UPDATE data_key
                        SET state = 'DESTROYED', wrapped = NULL, changed_at = clock_timestamp(), destroyed_at = clock_timestamp(), version = :version
                        WHERE key_id = :id
                        """)
                .bind("id", id).bind("version", version).execute();
    }

    void rewrap(UUID id, WrappedKey wrapped, long version) {
        handle.createUpdate("""
                UPDATE data_key
                SET provider = :provider, wrapped = :wrapped, changed_at = clock_timestamp(), version = :version
                WHERE key_id = :id
                """)
                .bind("id", id)
                .bind("provider", wrapped.provider())
                .bind("wrapped", wrapped.bytes())
                .bind("version", version)
                .execute();
    }

    private static KeyStatus status(ResultSet row)
            throws SQLException {
        return new KeyStatus(reference(row), row.getString("provider"), row.getObject("created_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("retired_at", OffsetDateTime.class)).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getObject("destroyed_at", OffsetDateTime.class)).map(OffsetDateTime::toInstant));
    }

    private static KeyReference reference(ResultSet row)
            throws SQLException {
        return new KeyReference(
                row.getObject("key_id", UUID.class),
                row.getObject("scope_id", UUID.class),
                KeyFamily.valueOf(row.getString("family")),
                row.getInt("key_version"),
                KeyState.valueOf(row.getString("state")));
    }
}
