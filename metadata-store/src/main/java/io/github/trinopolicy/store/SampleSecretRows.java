package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The table `sample_secret` within one transaction.
final class SampleSecretRows {
    private final Handle handle;

    SampleSecretRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    void write(String user, ObjectName object, String hash) {
        handle.createUpdate("""
                INSERT INTO sample_secret (user_name, object, secret_hash, set_at) VALUES (:user, :object, :hash, clock_timestamp())
                ON CONFLICT (user_name, object) DO UPDATE SET secret_hash = excluded.secret_hash, set_at = excluded.set_at
                """).bind("user", user).bind("object", object.toString()).bind("hash", hash).execute();
    }

    Optional<String> find(String user, ObjectName object) {
        return handle.createQuery("SELECT secret_hash FROM sample_secret WHERE user_name = :user AND object = :object")
                .bind("user", user).bind("object", object.toString()).mapTo(String.class).findOne();
    }

    /// Of one user, those for the object and for what holds it.
    void removeAbove(String user, ObjectName object) {
        for (Optional<ObjectName> name = Optional.of(object); name.isPresent(); name = name.get().parent()) {
            handle.createUpdate("DELETE FROM sample_secret WHERE user_name = :user AND object = :object")
                    .bind("user", user).bind("object", name.get().toString()).execute();
        }
    }

    /// Of all users, those for the object and for what it holds.
    void removeWithin(ObjectName object) {
        handle.createUpdate("DELETE FROM sample_secret WHERE object = :object OR starts_with(object, :object || '.')")
                .bind("object", object.toString()).execute();
    }
}
