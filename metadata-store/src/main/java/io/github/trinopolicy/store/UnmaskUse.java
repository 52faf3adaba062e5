package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ColumnName;
import java.util.UUID;

/// One query's use of a function on one node and column.
///
/// @param function `unmask` or `mask_literal`
public record UnmaskUse(String queryId, String nodeId, String user, ColumnName column, UUID columnId, String function) {
    public UnmaskUse {
        requireNonNull(queryId, "queryId is null");
        requireNonNull(nodeId, "nodeId is null");
        requireNonNull(user, "user is null");
        requireNonNull(column, "column is null");
        requireNonNull(columnId, "columnId is null");
        requireNonNull(function, "function is null");
    }
}
