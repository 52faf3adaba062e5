package io.github.trinopolicy.snapshot;

import static io.airlift.concurrent.Threads.daemonThreadsNamed;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.Executors.newSingleThreadScheduledExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.airlift.log.Logger;
import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreException;
import io.github.trinopolicy.store.StoredKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/// Tries again and again whether this node can unwrap keys: under each key-encryption key that is in use, the newest. So that it shows before
/// a query fails. Thread-safe.
public final class KeyProbe implements AutoCloseable {
    private static final Logger log = Logger.get(KeyProbe.class);

    private final ScheduledExecutorService executor = newSingleThreadScheduledExecutor(daemonThreadsNamed("policy-key-probe-%s"));
    private final PolicyStore store;
    private final KeyProvider keyProvider;
    private final Duration interval;
    private volatile Optional<String> problem = Optional.empty();

    public KeyProbe(PolicyStore store, KeyProvider keyProvider, Duration interval) {
        this.store = requireNonNull(store, "store is null");
        this.keyProvider = requireNonNull(keyProvider, "keyProvider is null");
        this.interval = requireNonNull(interval, "interval is null");
    }

    public void start() {
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::probe, 0, interval.toMillis(), MILLISECONDS);
    }

    /// Why keys of the store cannot be unwrapped here; empty when they can, as far as it was tried.
    public Optional<String> problem() {
        return problem;
    }

    private void probe() {
        try {
            for (StoredKey key : store.newestKeyOfEachProvider()) {
                // whether it can be done is all that is asked
                try (DataKey _ = keyProvider.unwrap(key.wrapped(), KeyContext.of(key.storeId(), key.reference()))) {
                    log.debug("Unwrapped key %s", key.reference().id());
                }
            }
            become(Optional.empty());
        }
        catch (KeyWrappingException | PolicyStoreException e) {
            become(Optional.of(String.valueOf(e.getMessage())));
        }
        catch (RuntimeException e) {
            // the schedule must outlive every failure
            log.error(e, "Whether this node can unwrap keys could not be tried");
            become(Optional.of("it could not be tried; the log of the node says why"));
        }
    }

    private void become(Optional<String> now) {
        // what was tried while everything was being closed means nothing
        if (!now.equals(problem) && !executor.isShutdown()) {
            now.ifPresentOrElse(reason -> log.error("This node cannot unwrap keys, and fails the queries that need them: %s", reason),
                    () -> log.info("This node can unwrap keys again"));
            problem = now;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
