package io.github.trinopolicy.masking;

import io.trino.spi.TrinoException;

/// Says of which columns a query may unmask values, by the newest policies, and notes that it does. Thread-safe.
public interface UnmaskAuthority {
    /// Callers ask again at short intervals, since rights end.
    ///
    /// @param columnName as the user writes it
    /// @param function `unmask` or `mask_literal`
    /// @throws TrinoException with a message for the user when the query may not, or when it cannot be told
    UnmaskableColumn column(String queryId, String user, String columnName, String function);
}
