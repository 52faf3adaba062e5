package io.github.trinopolicy.snapshot;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import io.airlift.log.Logger;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.enforcement.SnapshotSupplier;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoreVersion;
import java.time.Duration;
import java.util.Optional;

/// Publishes, whole, a new snapshot for each version of the store. Thread-safe.
public final class SnapshotRefresher implements SnapshotSupplier, AutoCloseable {
    private static final Logger log = Logger.get(SnapshotRefresher.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final PolicyStore store;
    private final BundleReader reader;
    private final PolicyCompiler compiler;
    private final Duration maxStaleness;
    private final StoreWatcher watcher;
    private final Object published = new Object();
    private volatile State state;

    private record State(PolicyObjects objects, PolicySnapshot snapshot) {}

    /// Loads the store once; fails when it cannot.
    public SnapshotRefresher(PolicyStore store, BundleReader reader, PolicyCompiler compiler, Duration refreshInterval,
            Duration maxStaleness, Ticker ticker) {
        this.store = requireNonNull(store, "store is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.compiler = requireNonNull(compiler, "compiler is null");
        this.maxStaleness = requireNonNull(maxStaleness, "maxStaleness is null");
        this.state = compile(PolicyObjects.of(store.load(), reader), Optional.empty());
        this.watcher = new StoreWatcher(this::refresh, refreshInterval, ticker);
    }

    public void start() {
        watcher.start();
    }

    /// A hint that the store changed.
    public void refreshSoon() {
        watcher.lookNow();
    }

    @Override
    public PolicySnapshot current() {
        if (watcher.age().compareTo(maxStaleness) > 0) {
            throw MessageCode.STALE.refusal(
                    "Policies cannot be read since %s seconds, which is longer than policy.max-staleness: %s".formatted(
                            watcher.age().toSeconds(), watcher.failure().orElse("the store does not answer")));
        }
        return state.snapshot();
    }

    /// What this node works with, however old.
    public PolicySnapshot latest() {
        return state.snapshot();
    }

    /// What the latest snapshot was made of.
    public PolicyObjects objects() {
        return state.objects();
    }

    public StoreVersion version() {
        return state.objects().version();
    }

    public Duration age() {
        return watcher.age();
    }

    /// Looks at the store, for the metrics.
    public StoreWatcher watcher() {
        return watcher;
    }

    public Optional<String> failure() {
        return watcher.failure();
    }

    /// Returns when this node decides by the version or a later one.
    ///
    /// @throws IllegalStateException when that takes too long
    public void await(StoreVersion version) {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        watcher.lookNow();
        synchronized (published) {
            while (version().version() < version.version()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException(
                            "The change is made as version %s, but this node has not taken it up yet: %s".formatted(version.version(),
                                    watcher.failure().orElse("it still decides by version " + version().version())));
                }
                try {
                    published.wait(Math.max(1, left / 1_000_000));
                }
                catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(
                            "The change is made as version %s; waiting for it was interrupted".formatted(version.version()), e);
                }
            }
        }
    }

    private void refresh() {
        State before = state;
        if (store.currentVersion().equals(before.objects().version())) {
            return;
        }
        PolicyObjects objects = store.changesSince(before.objects().version())
                .map(changes -> before.objects().with(changes, reader))
                .orElseGet(() -> {
                    log.warn("The policy store does not continue version %s of this node; it was restored, and everything is loaded anew",
                            before.objects().version().version());
                    return PolicyObjects.of(store.load(), reader);
                });
        State after = compile(objects, Optional.of(before.snapshot()));
        synchronized (published) {
            state = after;
            published.notifyAll();
        }
    }

    private State compile(PolicyObjects objects, Optional<PolicySnapshot> previous) {
        return new State(objects, PolicySnapshot.compile(objects.source(), compiler, previous));
    }

    @Override
    public void close() {
        watcher.close();
    }
}
