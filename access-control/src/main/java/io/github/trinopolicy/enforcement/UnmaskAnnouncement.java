package io.github.trinopolicy.enforcement;

import io.trino.spi.QueryId;

/// Is told which queries are about to unmask values, so that the nodes that will run them can be told what they may. Thread-safe.
public interface UnmaskAnnouncement {
    /// Returns at once; may be called several times for a query.
    void willUnmask(QueryId query);
}
