package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AuditEvent;
import java.util.Optional;

/// An event as the log has it, as far as the reader may know.
///
/// @param node that saw it; empty for acts of administration
/// @param changes what an act of administration changed, before and after, as JSON; for readers of everything
public record AuditEntry(AuditEvent event, Optional<String> node, Optional<String> changes) {
    public AuditEntry {
        requireNonNull(event, "event is null");
        requireNonNull(node, "node is null");
        requireNonNull(changes, "changes is null");
    }
}
