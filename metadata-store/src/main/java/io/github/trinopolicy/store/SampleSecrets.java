package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// By what owners prove themselves who want to see raw rows: one for each user and object, kept as a slow hash. It is state, no policy, and
/// makes no version of the store; [StoreTransaction#removeSampleSecrets] ends it with the ownership. Every method throws
/// [PolicyStoreException] when the database does not serve it. Safe for use by several threads.
public final class SampleSecrets {
    private final StoreDatabase database;
    private final ActListener acts;

    SampleSecrets(StoreDatabase database, ActListener acts) {
        this.database = requireNonNull(database, "database is null");
        this.acts = requireNonNull(acts, "acts is null");
    }

    /// Sets or replaces the one of the author. The log names the object, and nothing of the secret.
    public void set(Act act, ObjectName object, String hash) {
        acts.committed(database.write(handle -> {
            new SampleSecretRows(handle).write(act.author(), object, hash);
            return new ActRows(handle).insert(act, object.toString(), Optional.empty());
        }));
    }

    /// The hash of the nearest: that for the object itself, else for what holds it.
    public Optional<String> nearest(String user, ObjectName object) {
        return database.run(handle -> {
            SampleSecretRows secrets = new SampleSecretRows(handle);
            Optional<String> hash = Optional.empty();
            for (Optional<ObjectName> name = Optional.of(object); name.isPresent() && hash.isEmpty(); name = name.get().parent()) {
                hash = secrets.find(user, name.get());
            }
            return hash;
        });
    }

    /// Forgets those of a user that the object could be shown by.
    public void remove(String user, ObjectName object) {
        database.<@Nullable Void>write(handle -> {
            new SampleSecretRows(handle).removeAbove(user, object);
            return null;
        });
    }
}
