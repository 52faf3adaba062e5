package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.decision.PolicySnapshot;

/// Gives the newest snapshot that this node has. Thread-safe and without I/O.
public interface SnapshotSupplier {
    /// @throws io.trino.spi.security.AccessDeniedException with the cause when there is none or it is too old to decide by
    PolicySnapshot current();
}
