package io.github.trinopolicy.snapshot;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoreVersion;

/// What a worker knows of the store: its version. Policies are decided on coordinators; keys are loaded when an expression refers to them.
/// Thread-safe.
public final class WorkerView {
    private final PolicyStore store;
    private volatile StoreVersion version;

    /// Looks at the store once; fails when it cannot.
    public WorkerView(PolicyStore store) {
        this.store = requireNonNull(store, "store is null");
        this.version = store.currentVersion();
    }

    public void refresh() {
        version = store.currentVersion();
    }

    public StoreVersion version() {
        return version;
    }
}
