package io.github.trinopolicy.policy;

import io.trino.spi.type.Type;
import java.util.List;
import java.util.Optional;

/// The row that a text is evaluated over, as far as it is known while a query is decided: names, types and tags of its columns.
public interface RowScope {
    /// The type of a column, or empty when the table has none of that name.
    ///
    /// @param column name in lower case
    Optional<Type> type(String column);

    /// Names of the columns that carry the tag, or a tag below it, themselves.
    List<String> columnsTagged(String tag);

    /// The column being masked; empty where nothing is masked.
    Optional<String> maskedColumn();
}
