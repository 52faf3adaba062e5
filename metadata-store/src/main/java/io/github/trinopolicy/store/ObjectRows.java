package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

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

    List<ObjectKey> removedSince(long version) {
        return handle.createQuery("""
                SELECT kind, name, origin FROM object
                WHERE version > :version AND document IS NULL
                ORDER BY kind, name, origin
                """).bind("version", version).map((row, _) -> key(row)).list();
    }

    void write(StoredObject object, long version) {
        write(object.key(), object.source(), Optional.of(object.document()), version);
    }

    void writeTombstone(ObjectKey key, long version) {
        write(key, Optional.empty(), Optional.empty(), version);
    }

    private void write(ObjectKey key, Optional<String> source, Optional<String> document, long version) {
        handle.createUpdate("""
                INSERT INTO object (kind, name, origin, source, document, version)
                VALUES (:kind, :name, :origin, :source, :document, :version)
                ON CONFLICT (kind, name, origin) DO UPDATE
                SET source = excluded.source, document = excluded.document, version = excluded.version
                """)
                .bind("kind", key.kind().documentName())
                .bind("name", key.name())
                .bind("origin", key.origin().name())
                .bind("source", source)
                .bind("document", document)
                .bind("version", version)
                .execute();
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
