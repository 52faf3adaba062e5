package io.github.trinopolicy.connector;

import static io.github.trinopolicy.connector.MetadataTable.column;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.administration.KeyFamilyName;
import io.github.trinopolicy.administration.KeyScopes;
import io.github.trinopolicy.administration.KeyScopes.Scope;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.store.KeyStatus;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.SystemTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `policy.metadata.keys`: the data keys that there are and were, without their material. Administrators, key administrators and auditors see
/// all, owners those of their tables.
final class KeyTable {
    private final PolicyStore store;
    private final Authorization authorization;

    KeyTable(PolicyStore store, Authorization authorization) {
        this.store = requireNonNull(store, "store is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    SystemTable table() {
        return new MetadataTable("keys", "Data keys, without their material", ImmutableList.of(
                column("id", VARCHAR, "What expressions carry, and policy.admin.destroy_key takes"),
                column("object", VARCHAR, "The table, or project as project:name, whose values it masks; NULL: forgotten"),
                column("family", VARCHAR, "hash, reversible, format-preserving, minimize and so on"),
                column("version", BIGINT, "Counts from 1 within object and family"),
                column("state", VARCHAR, "primary masks and unmasks, retired only unmasks, destroyed is erased"),
                column("provider", VARCHAR, "Who wrapped it: local or aws-kms"),
                column("key_encryption_key", VARCHAR,
                        "Names the key under which it is wrapped: an identifier, or the ARN; NULL: destroyed"),
                column("created_at", VARCHAR, "When it was made, as an instant in UTC"),
                column("retired_at", VARCHAR, "When another key took its place; NULL: not yet"),
                column("destroyed_at", VARCHAR, "When its material was erased; NULL: not yet")), this::rows);
    }

    private List<List<@Nullable Object>> rows(ConnectorSession session) {
        QueryContext query = authorization.query(session);
        boolean seesAll = authorization.isAuditor(query.asker()) || authorization.isKeyAdministrator(query.asker());
        KeyScopes scopes = new KeyScopes(query.snapshot());
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (KeyStatus status : statuses()) {
            Optional<Scope> scope = scopes.scope(status.key().scope());
            if (seesAll || scope.flatMap(Scope::table)
                    .filter(table -> authorization.isOwner(query.snapshot(), query.asker(), table)).isPresent()) {
                rows.add(row(status, scope));
            }
        }
        return rows;
    }

    private List<KeyStatus> statuses() {
        try {
            return store.keyStatuses();
        }
        catch (PolicyStoreException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<@Nullable Object> row(KeyStatus status, Optional<Scope> scope) {
        // provider:key, of which an ARN has more colons
        int colon = status.provider().indexOf(':');
        return Arrays.asList(status.key().id().toString(), scope.map(Scope::name).orElse(null), KeyFamilyName.of(status.key().family()),
                (long) status.key().version(), status.key().state().name().toLowerCase(ENGLISH), status.provider().substring(0, colon),
                status.destroyed().isPresent() ? null : status.provider().substring(colon + 1), status.created().toString(),
                status.retired().map(Instant::toString).orElse(null), status.destroyed().map(Instant::toString).orElse(null));
    }
}
