package io.github.trinopolicy.store;

import io.github.trinopolicy.model.AuditEvent;

/// Hears of each act of administration of this node after it was committed. Must be safe for use by several threads, and must not fail: the
/// act is done.
@FunctionalInterface
public interface ActListener {
    ActListener NONE = _ -> {
    };

    void committed(AuditEvent act);
}
