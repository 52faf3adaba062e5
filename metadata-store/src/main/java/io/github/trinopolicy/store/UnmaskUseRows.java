package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import org.jdbi.v3.core.Handle;

/// The table `unmask_use` within one transaction.
final class UnmaskUseRows {
    private final Handle handle;

    UnmaskUseRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    /// Makes the row, unless it is there.
    void begin(UnmaskUse use) {
        handle.createUpdate("""
                INSERT INTO unmask_use (query_id, node_id, column_id, function_name, user_name, column_name)
                VALUES (:query, :node, :column, :function, :user, :name)
                ON CONFLICT (query_id, node_id, column_id, function_name) DO NOTHING
                """)
                .bind("query", use.queryId())
                .bind("node", use.nodeId())
                .bind("column", use.columnId())
                .bind("function", use.function())
                .bind("user", use.user())
                .bind("name", use.column().toString())
                .execute();
    }

    void add(UnmaskUse use, long answered, long refused) {
        handle.createUpdate("""
                UPDATE unmask_use
                SET answered = answered + :answered, refused = refused + :refused, changed_at = clock_timestamp()
                WHERE query_id = :query AND node_id = :node AND column_id = :column AND function_name = :function
                """)
                .bind("answered", answered)
                .bind("refused", refused)
                .bind("query", use.queryId())
                .bind("node", use.nodeId())
                .bind("column", use.columnId())
                .bind("function", use.function())
                .execute();
    }
}
