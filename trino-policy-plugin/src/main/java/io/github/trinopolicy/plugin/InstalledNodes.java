package io.github.trinopolicy.plugin;

import io.github.trinopolicy.snapshot.NodeIdentity;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The services of the nodes in this process. A server process has one; test clusters have several in one process. Thread-safe.
final class InstalledNodes {
    private final Map<NodeIdentity, CoordinatorServices> coordinators = new ConcurrentHashMap<>();
    private final Map<NodeIdentity, Boolean> reserved = new ConcurrentHashMap<>();

    /// Reserves the node for one policy catalog.
    ///
    /// @throws IllegalStateException when the node has one already
    void reserve(NodeIdentity node, String catalog) {
        if (reserved.putIfAbsent(node, true) != null) {
            throw new IllegalStateException(
                    "Catalog '%s': there is a policy catalog already; keep one file with connector.name=policy in etc/catalog"
                            .formatted(catalog));
        }
    }

    void release(NodeIdentity node) {
        coordinators.remove(node);
        reserved.remove(node);
    }

    void install(NodeIdentity node, CoordinatorServices services) {
        coordinators.put(node, services);
    }

    Optional<CoordinatorServices> coordinator() {
        return coordinators.values().stream().findFirst();
    }

    boolean hasWorker() {
        return reserved.keySet().stream().anyMatch(node -> !node.coordinator());
    }
}
