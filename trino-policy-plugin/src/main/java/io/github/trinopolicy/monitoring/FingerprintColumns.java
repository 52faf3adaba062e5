package io.github.trinopolicy.monitoring;

import java.util.List;

/// Reads what the document of a fingerprint says of columns.
public interface FingerprintColumns {
    /// In the order of the columns.
    List<ColumnSummary> read(String document);

    /// @param column name in lower case
    /// @param nulls how many rows have none
    /// @param distinct about how many different values there are
    record ColumnSummary(String column, long nulls, long distinct) {}
}
