package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static io.trino.spi.StandardErrorCode.NOT_FOUND;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Changed;
import io.github.trinopolicy.store.NewKey;
import io.github.trinopolicy.store.PolicyStore;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What calls do to data keys: for administrators and key administrators, in effect on this node when the call returns. Thread-safe.
public final class KeyActions {
    private final PolicyStore store;
    private final SnapshotRefresher snapshots;
    private final DataKeyMaker keyMaker;
    private final Authorization authorization;

    public KeyActions(PolicyStore store, SnapshotRefresher snapshots, DataKeyMaker keyMaker, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.snapshots = requireNonNull(snapshots, "snapshots is null");
        this.keyMaker = requireNonNull(keyMaker, "keyMaker is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    /// Makes new primary keys, all in one transaction. Of calls that began with the same keys one makes the new ones, whichever
    /// coordinators they are made on.
    ///
    /// @param object a table, a schema or catalog for all its tables, or `project:name`
    /// @param family hash, reversible or format-preserving
    public void rotate(ConnectorSession session, String object, String family) {
        QueryContext query = authorization.query(session);
        authorization.requireKeyAdministrator(query.asker(), "rotate keys");
        KeyFamily rotated = KeyFamilyName.rotated(family);
        Set<UUID> scopes = new KeyScopes(query.snapshot()).named(object);
        List<KeyReference> primaries = snapshots.objects().source().keys().values().stream()
                .filter(key -> key.state() == KeyState.PRIMARY && key.family() == rotated && scopes.contains(key.scope()))
                .collect(toImmutableList());
        if (primaries.isEmpty()) {
            throw new TrinoException(NOT_FOUND,
                    "%s has no key for %s: policy.metadata.keys lists those there are; a project is written project:name"
                            .formatted(Wording.quoted(object), family));
        }
        Map<KeyReference, NewKey> successors = keyMaker.successors(store.storeId(), primaries);
        Changed<?> changed = store.change(Authorization.act(query, "rotate_keys"),
                transaction -> DataKeyMaker.rotate(transaction, successors));
        snapshots.await(changed.version());
    }

    /// Erases a retired key for good.
    ///
    /// @param confirm the identifier again
    public void destroy(ConnectorSession session, String id, String confirm) {
        QueryContext query = authorization.query(session);
        authorization.requireKeyAdministrator(query.asker(), "destroy a key");
        UUID key = parse(id);
        if (!id.equals(confirm)) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                    "confirm: repeat the id; what was masked under a destroyed key cannot be unmasked by anybody any more");
        }
        Changed<Boolean> changed = store.change(Authorization.act(query, "destroy_key"), transaction -> transaction.destroyKey(key));
        snapshots.await(changed.version());
    }

    private static UUID parse(String id) {
        try {
            UUID key = UUID.fromString(id);
            // the JDK also reads abbreviated forms
            if (key.toString().equals(id)) {
                return key;
            }
        }
        catch (IllegalArgumentException _) {
            // said below
        }
        throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                "id: %s is no identifier of a key: policy.metadata.keys lists them".formatted(Wording.quoted(id)));
    }
}
