package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The table `object` within one transaction.
final class ObjectRows {
    private static final int FETCH_SIZE = 1000;

    private final Handle handle;

    ObjectRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    List<StoredObject> all() {
        return handle.createQuery("""
                SELECT kind, name, origin, source, document FROM object
                WHERE document IS NOT NULL
                ORDER BY kind, name, origin
                """).setFetchSize(FETCH_SIZE).map((row, _) -> object(row)).list();
    }

    List<StoredObject> ofKind(Kind kind) {
        return handle.createQuery("""
                SELECT kind, name, origin, source, document FROM object
                WHERE kind = :kind AND document IS NOT NULL
                ORDER BY kind, name, origin
                """).bind("kind", kind.documentName()).setFetchSize(FETCH_SIZE).map((row, _) -> object(row)).list();
    }

    Optional<StoredObject> find(ObjectKey key) {
        return handle.createQuery("""
                SELECT kind, name, origin, source, document FROM object
                WHERE kind = :kind AND name = :name AND origin = :origin AND document IS NOT NULL
                """)
                .bind("kind", key.kind().documentName())
                .bind("name", key.name())
                .bind("origin", key.origin().name())
                .map((row, _) -> object(row))
                .findOne();
    }

    List<StoredObject> writtenSince(long version) {
        return handle.createQuery("""
                SELECT kind, name, origin, source, document FROM object
                WHERE version > :version AND document IS NOT NULL
                ORDER BY kind, name, origin
                """).bind("version", version).setFetchSize(FETCH_SIZE).map((row, _) -> object(row)).list();
    }

    /// By name, the version that wrote or removed the policy last.
    Map<String, Long> policyVersionsSince(long version) {
        return handle.createQuery("SELECT name, max(version) FROM object WHERE kind = :kind AND version > :version GROUP BY name")
                .bind("kind", Kind.POLICY.documentName())
                .bind("version", version)
                .reduceRows(new HashMap<>(), (versions, row) -> {
                    versions.put(row.getColumn(1, String.class), row.getColumn(2, Long.class));
                    return versions;
                });
    }

    List<ObjectKey> removedSince(long version) {
        return handle.createQuery("""
                SELECT kind, name, origin FROM object
                WHERE version > :version AND document IS NULL
                ORDER BY kind, name, origin
                """).bind("version", version).map((row, _) -> key(row)).list();
    }

    /// Those of the keys that exist.
    List<StoredObject> find(Collection<ObjectKey> keys) {
        return handle.createQuery("""
                SELECT kind, name, origin, source, document
                FROM object
                JOIN unnest(:kinds, :names, :origins) AS wanted (wanted_kind, wanted_name, wanted_origin)
                    ON kind = wanted_kind AND name = wanted_name AND origin = wanted_origin
                WHERE document IS NOT NULL
                """)
                .bindArray("kinds", String.class, keys.stream().map(key -> key.kind().documentName()).toList())
                .bindArray("names", String.class, keys.stream().map(ObjectKey::name).toList())
                .bindArray("origins", String.class, keys.stream().map(key -> key.origin().name()).toList())
                .map((row, _) -> object(row))
                .list();
    }

    void write(Collection<StoredObject> objects, long version) {
        PreparedBatch batch = upsert();
        objects.forEach(object -> add(batch, object.key(), object.source(), Optional.of(object.document()), version));
        batch.execute();
    }

    void writeTombstones(Collection<ObjectKey> keys, long version) {
        PreparedBatch batch = upsert();
        keys.forEach(key -> add(batch, key, Optional.empty(), Optional.empty(), version));
        batch.execute();
    }

    private PreparedBatch upsert() {
        return handle.prepareBatch("""
                INSERT INTO object (kind, name, origin, source, document, version)
                VALUES (:kind, :name, :origin, :source, :document, :version)
                ON CONFLICT (kind, name, origin) DO UPDATE
                SET source = excluded.source, document = excluded.document, version = excluded.version
                """);
    }

    private static void add(PreparedBatch batch, ObjectKey key, Optional<String> source, Optional<String> document, long version) {
        batch.bind("kind", key.kind().documentName())
                .bind("name", key.name())
                .bind("origin", key.origin().name())
                .bind("source", source)
                .bind("document", document)
                .bind("version", version)
                .add();
    }

    private static StoredObject object(ResultSet row)
            throws SQLException {
        ObjectKey key = key(row);
        return new StoredObject(
                key.kind(), key.name(), key.origin(), Optional.ofNullable(row.getString("source")), row.getString("document"));
    }

    private static ObjectKey key(ResultSet row)
            throws SQLException {
        String kind = row.getString("kind");
        return new ObjectKey(
                Kind.fromDocumentName(kind).orElseThrow(() -> new PolicyStoreException(
                        PolicyStoreException.Category.INCOMPATIBLE,
                        "the policy store holds a %s, which this version of the plugin does not know: upgrade this node".formatted(kind))),
                row.getString("name"),
                Origin.valueOf(row.getString("origin")));
    }
}
