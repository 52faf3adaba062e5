package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Kind;
import java.util.Optional;

/// One layer of an object.
///
/// @param source the bundle that owns it
/// @param document text that the store keeps and does not read
public record StoredObject(Kind kind, String name, Origin origin, Optional<String> source, String document) {
    public StoredObject {
        requireNonNull(kind, "kind is null");
        requireNonNull(name, "name is null");
        requireNonNull(origin, "origin is null");
        requireNonNull(source, "source is null");
        requireNonNull(document, "document is null");
    }

    public ObjectKey key() {
        return new ObjectKey(kind, name, origin);
    }

    /// Leaves the document out: it may hold entitlements.
    @Override
    public String toString() {
        return "StoredObject[%s %s, %s]".formatted(kind.documentName(), name, origin);
    }
}
