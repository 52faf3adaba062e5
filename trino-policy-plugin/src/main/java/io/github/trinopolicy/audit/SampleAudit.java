package io.github.trinopolicy.audit;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import java.io.UncheckedIOException;
import java.time.Clock;

/// Writes to the log who is shown raw rows, before he is, and who does not prove himself. Thread-safe.
public final class SampleAudit {
    private static final String ACTION = "sample";

    private final AuditSink sink;
    private final Clock clock;

    public SampleAudit(AuditSink sink, Clock clock) {
        this.sink = requireNonNull(sink, "sink is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /// @throws TrinoException when the log cannot be written; then nothing is to be shown
    public void shown(String queryId, String user, ObjectName table, long rows) {
        append(AuditEvent.of(AuditEvent.Kind.SAMPLE, clock.instant())
                .put(AuditField.QUERY_ID, queryId)
                .put(AuditField.USER_NAME, user)
                .put(AuditField.ACTION, ACTION)
                .put(AuditField.OBJECT, table.toString())
                .put(AuditField.OUTPUT_ROWS, rows)
                .build());
    }

    public void refused(String queryId, String user, ObjectName table, MessageCode code) {
        append(AuditEvent.of(AuditEvent.Kind.DENIAL, clock.instant())
                .put(AuditField.QUERY_ID, queryId)
                .put(AuditField.USER_NAME, user)
                .put(AuditField.ACTION, ACTION)
                .put(AuditField.OBJECT, table.toString())
                .put(AuditField.CODE, code.toString())
                .build());
    }

    private void append(AuditEvent event) {
        try {
            sink.append(ImmutableList.of(event));
        }
        catch (PolicyStoreException | UncheckedIOException e) {
            throw new TrinoException(POLICY_STORE_ERROR,
                    "Nothing is sampled unrecorded, and the audit log cannot be written: " + e.getMessage(), e);
        }
    }
}
