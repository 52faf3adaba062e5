package io.github.trinopolicy.audit;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.masking.UnmaskAudit;
import io.github.trinopolicy.masking.UnmaskUse;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import java.io.UncheckedIOException;
import java.time.Clock;

/// Writes each use to the log before anything is given out, on whichever node. Thread-safe.
public final class StoreUnmaskAudit implements UnmaskAudit {
    private final AuditSink sink;
    private final Clock clock;

    public StoreUnmaskAudit(AuditSink sink, Clock clock) {
        this.sink = requireNonNull(sink, "sink is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void record(UnmaskUse use) {
        AuditEvent event = AuditEvent.of(AuditEvent.Kind.UNMASK, clock.instant())
                .put(AuditField.QUERY_ID, use.queryId())
                .put(AuditField.USER_NAME, use.user())
                .put(AuditField.ACTION, use.function())
                .put(AuditField.OBJECT, use.columnName())
                .put(AuditField.COLUMN_ID, use.columnId().toString())
                .put(AuditField.UNMASKED, use.unmasked())
                .put(AuditField.REFUSED, use.refused())
                .build();
        try {
            sink.append(ImmutableList.of(event));
        }
        catch (PolicyStoreException | UncheckedIOException e) {
            throw new TrinoException(POLICY_STORE_ERROR,
                    "Nothing is unmasked unrecorded, and the audit log cannot be written: " + e.getMessage(), e);
        }
    }
}
