package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.UnmaskRight;
import io.github.trinopolicy.model.UnmaskRight.LiteralMask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The tables `unmask_right_set`, `unmask_right` and `unmask_query` within one transaction.
final class UnmaskRightRows {
    private static final int BATCH = 1000;

    private final Handle handle;

    UnmaskRightRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    /// Empty when the query is not known as one of that user.
    Optional<UnmaskGrant> find(String queryId, String user, ColumnName column) {
        return handle.createQuery("""
                SELECT (extract(epoch FROM clock_timestamp() - checked_at) * 1000)::bigint AS age_millis,
                    table_id, column_id, column_type, format_key, alphabet, literal_function, literal_key,
                    literal_alphabet
                FROM unmask_query
                LEFT JOIN unmask_right ON unmask_right.set_id = unmask_query.set_id AND column_name = :column
                WHERE query_id = :query AND user_name = :user
                """)
                .bind("column", column.toString())
                .bind("query", queryId)
                .bind("user", user)
                .map((row, _) -> new UnmaskGrant(right(row, column), Duration.ofMillis(row.getLong("age_millis"))))
                .findOne();
    }

    private static Optional<UnmaskRight> right(ResultSet row, ColumnName column)
            throws SQLException {
        UUID table = row.getObject("table_id", UUID.class);
        if (table == null) {
            return Optional.empty();
        }
        UUID literalKey = row.getObject("literal_key", UUID.class);
        Optional<LiteralMask> literal = literalKey == null
                ? Optional.empty()
                : Optional.of(new LiteralMask(row.getString("literal_function"), literalKey,
                        Optional.ofNullable(row.getString("literal_alphabet"))));
        return Optional.of(new UnmaskRight(column, table, row.getObject("column_id", UUID.class), row.getString("column_type"),
                Optional.ofNullable(row.getObject("format_key", UUID.class)),
                Optional.ofNullable(row.getString("alphabet")), literal));
    }

    /// Replaces what the query may unmask. Equal rights are kept once.
    void write(String queryId, String user, UnmaskRights rights) {
        byte[] digest = rights.digest().asBytes();
        UUID set = used(digest).orElseGet(() -> insert(digest, rights.rights()));
        handle.createUpdate("""
                INSERT INTO unmask_query (query_id, user_name, set_id) VALUES (:query, :user, :set)
                ON CONFLICT (query_id) DO UPDATE
                SET user_name = excluded.user_name, set_id = excluded.set_id, checked_at = excluded.checked_at
                """).bind("query", queryId).bind("user", user).bind("set", set).execute();
    }

    private Optional<UUID> used(byte[] digest) {
        return handle.createQuery("UPDATE unmask_right_set SET used_at = clock_timestamp() WHERE digest = :digest RETURNING set_id")
                .bind("digest", digest)
                .mapTo(UUID.class)
                .findOne();
    }

    private UUID insert(byte[] digest, List<UnmaskRight> rights) {
        UUID set = UUID.randomUUID();
        int inserted = handle.createUpdate("""
                INSERT INTO unmask_right_set (set_id, digest) VALUES (:set, :digest)
                ON CONFLICT (digest) DO NOTHING
                """).bind("set", set).bind("digest", digest).execute();
        if (inserted == 0) {
            // another coordinator was faster; it has committed, or this statement would still wait for it
            return used(digest).orElseThrow();
        }
        try (PreparedBatch batch = handle.prepareBatch(
                """
                        INSERT INTO unmask_right (set_id, column_name, table_id, column_id, column_type, format_key, alphabet, literal_function,
                            literal_key, literal_alphabet)
                        VALUES (:set, :column, :table, :id, :type, CAST(:formatKey AS uuid), :alphabet, :function, CAST(:key AS uuid), :literalAlphabet)
                        """)) {
            for (UnmaskRight right : rights) {
                batch.bind("set", set)
                        .bind("column", right.column().toString())
                        .bind("table", right.table())
                        .bind("id", right.id())
                        .bind("type", right.type())
                        .bind("formatKey", right.formatKey().orElse(null))
                        .bind("alphabet", right.alphabet().orElse(null))
                        .bind("function", right.literal().map(LiteralMask::function).orElse(null))
                        .bind("key", right.literal().map(LiteralMask::key).orElse(null))
                        .bind("literalAlphabet", right.literal().flatMap(LiteralMask::alphabet).orElse(null))
                        .add();
                if (batch.size() == BATCH) {
                    batch.execute();
                }
            }
            if (batch.size() > 0) {
                batch.execute();
            }
        }
        return set;
    }

    /// The rights of these queries were found to hold.
    void confirm(Collection<String> queryIds) {
        handle.createUpdate("UPDATE unmask_query SET checked_at = clock_timestamp() WHERE query_id = ANY(:queries)")
                .bindArray("queries", String.class, List.copyOf(queryIds))
                .execute();
    }

    void remove(Collection<String> queryIds) {
        handle.createUpdate("DELETE FROM unmask_query WHERE query_id = ANY(:queries)")
                .bindArray("queries", String.class, List.copyOf(queryIds))
                .execute();
    }

    /// What dead coordinators have left, and rights that no query has.
    void deleteOlderThan(Duration age) {
        handle.createUpdate("DELETE FROM unmask_query WHERE checked_at < clock_timestamp() - :seconds * interval '1 second'")
                .bind("seconds", age.toSeconds())
                .execute();
        handle.createUpdate("DELETE FROM unmask_right_set WHERE used_at < clock_timestamp() - :seconds * interval '1 second'"
                + " AND NOT EXISTS (SELECT 1 FROM unmask_query q WHERE q.set_id = unmask_right_set.set_id)")
                .bind("seconds", age.toSeconds())
                .execute();
    }
}
