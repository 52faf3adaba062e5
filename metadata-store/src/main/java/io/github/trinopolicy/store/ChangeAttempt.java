package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AuditEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One run of a change up to, and without, the commit. It remembers what it was about to commit.
final class ChangeAttempt<T extends @Nullable Object> {
    private final Act act;
    private final Function<StoreTransaction, T> function;
    private final String channel;
    private Optional<Changed<T>> written = Optional.empty();
    private Optional<AuditEvent> recorded = Optional.empty();

    ChangeAttempt(Act act, Function<StoreTransaction, T> function, String channel) {
        this.act = requireNonNull(act, "act is null");
        this.function = requireNonNull(function, "function is null");
        this.channel = requireNonNull(channel, "channel is null");
    }

    Changed<T> run(Handle handle) {
        RevisionRows revisions = new RevisionRows(handle);
        StoreVersion before = revisions.lockCurrent();
        StoreTransaction transaction = new StoreTransaction(handle, revisions.storeId(), before);
        T value = function.apply(transaction);
        if (transaction.draft().isEmpty()) {
            return new Changed<>(value, before);
        }
        StoreVersion after = new StoreVersion(before.version() + 1, UUID.randomUUID());
        List<RevisionChange> changes = transaction.draft().changes();
        revisions.advance(after, act, changes);
        recorded = Optional.of(new ActRows(handle).insert(act, objectOf(changes), Optional.of(after)));
        handle.createQuery("SELECT pg_notify(:channel, :version)")
                .bind("channel", channel)
                .bind("version", Long.toString(after.version()))
                .mapToMap()
                .one();
        Changed<T> result = new Changed<>(value, after);
        written = Optional.of(result);
        return result;
    }

    private static String objectOf(List<RevisionChange> changes) {
        return changes.size() == 1
                ? "%s %s".formatted(changes.getFirst().kind(), changes.getFirst().name())
                : "%s objects".formatted(changes.size());
    }

    /// Present when all was written, so that only the commit can have failed.
    Optional<Changed<T>> written() {
        return written;
    }

    /// What the audit log says of it; empty when nothing was changed.
    Optional<AuditEvent> recorded() {
        return recorded;
    }
}
