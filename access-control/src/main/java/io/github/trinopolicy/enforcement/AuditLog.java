package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.AuditEvent;
import io.trino.spi.security.AccessDeniedException;

/// Takes what users do and what is refused to them. Thread-safe. Does no I/O on the caller's thread.
public interface AuditLog {
    /// Asked before a query begins: what has begun is recorded whatever happens.
    ///
    /// @throws AccessDeniedException when the log could not take what the query does
    void admit();

    void record(AuditEvent event);
}
