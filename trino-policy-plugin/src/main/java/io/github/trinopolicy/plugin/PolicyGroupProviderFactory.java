package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.trino.spi.security.GroupProvider;
import io.trino.spi.security.GroupProviderFactory;
import java.util.Map;

/// Gives the groups of the store to all of Trino, for resource groups and `current_groups()`. Policies know them without it.
final class PolicyGroupProviderFactory implements GroupProviderFactory {
    private final InstalledNodes nodes;

    PolicyGroupProviderFactory(InstalledNodes nodes) {
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    @Override
    public String getName() {
        return "policy";
    }

    @Override
    public GroupProvider create(Map<String, String> config) {
        if (!config.isEmpty()) {
            throw new IllegalArgumentException(
                    "etc/group-provider.properties holds group-provider.name=policy alone; remove %s".formatted(config.keySet()));
        }
        // nobody asks on a worker
        return user -> nodes.coordinator().map(services -> services.queries().groups(user)).orElse(ImmutableSet.of());
    }
}
