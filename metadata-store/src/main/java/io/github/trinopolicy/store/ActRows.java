package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Records acts in the audit log, in their own transactions: there is no act that the log does not know.
final class ActRows {
    private final Handle handle;

    ActRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    /// @param object what the act is about, in a few words
    /// @param version the one that the act makes; what it changed is in the revision
    AuditEvent insert(Act act, String object, Optional<StoreVersion> version) {
        Instant now = handle.createQuery("SELECT clock_timestamp()").mapTo(OffsetDateTime.class).one().toInstant();
        AuditEvent.Builder builder = AuditEvent.of(AuditEvent.Kind.ADMINISTRATION, now)
                .put(AuditField.QUERY_ID, act.call().map(Act.Call::queryId))
                .put(AuditField.USER_NAME, act.author())
                .put(AuditField.ORIGINAL_USER, act.call().flatMap(Act.Call::originalUser))
                .put(AuditField.ACTION, act.action())
                .put(AuditField.OBJECT, object)
                .put(AuditField.REASON, act.reason());
        version.ifPresent(made -> builder.put(AuditField.POLICY_VERSION, made.version()));
        AuditEvent event = builder.build();
        new AuditRows(handle).insert(Optional.empty(), ImmutableList.of(event));
        return event;
    }
}
