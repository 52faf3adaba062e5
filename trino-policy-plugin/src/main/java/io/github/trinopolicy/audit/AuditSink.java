package io.github.trinopolicy.audit;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.store.AuditRecords;
import java.util.List;
import java.util.Optional;

/// Where the events of a node end: in the store, and in a file where there is one. Thread-safe.
public final class AuditSink {
    private final AuditRecords records;
    private final String node;
    private final Optional<AuditFile> file;

    public AuditSink(AuditRecords records, String node, Optional<AuditFile> file) {
        this.records = requireNonNull(records, "records is null");
        this.node = requireNonNull(node, "node is null");
        this.file = requireNonNull(file, "file is null");
    }

    /// Keeps the events for good. After a failure it may be tried again: the store keeps none twice, the file may.
    ///
    /// @throws io.github.trinopolicy.store.PolicyStoreException when the store does not take them
    /// @throws java.io.UncheckedIOException when the file does not
    void append(List<AuditEvent> events) {
        records.append(node, events);
        file.ifPresent(lines -> lines.append(events));
    }
}
