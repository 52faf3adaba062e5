package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

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
        revisions.advance(after, act, transaction.draft().changes());
        handle.createQuery("SELECT pg_notify(:channel, :version)")
                .bind("channel", channel)
                .bind("version", Long.toString(after.version()))
                .mapToMap()
                .one();
        Changed<T> result = new Changed<>(value, after);
        written = Optional.of(result);
        return result;
    }

    /// Present when all was written, so that only the commit can have failed.
    Optional<Changed<T>> written() {
        return written;
    }
}
