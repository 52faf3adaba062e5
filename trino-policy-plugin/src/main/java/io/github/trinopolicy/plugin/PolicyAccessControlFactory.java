package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemAccessControlFactory;
import java.util.Map;

/// Makes the access control from what the catalog has already set up.
final class PolicyAccessControlFactory implements SystemAccessControlFactory {
    private final SupportedTrino supported;
    private final InstalledNodes nodes;

    PolicyAccessControlFactory(SupportedTrino supported, InstalledNodes nodes) {
        this.supported = requireNonNull(supported, "supported is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    @Override
    public String getName() {
        return "policy";
    }

    @Override
    public SystemAccessControl create(Map<String, String> config, SystemAccessControlContext context) {
        supported.require(context.getVersion());
        if (!config.isEmpty()) {
            throw new IllegalArgumentException(
                    "etc/access-control.properties holds access-control.name=policy alone; move %s to etc/catalog/policy.properties"
                            .formatted(config.keySet()));
        }
        return nodes.coordinator().map(CoordinatorServices::createAccessControl).orElseGet(() -> {
            if (nodes.hasWorker()) {
                // nothing is decided on a worker; should anybody ask, the defaults of Trino's interface deny
                return new SystemAccessControl() {
                };
            }
            throw new IllegalStateException(
                    "access-control.name=policy needs the policy catalog: write etc/catalog/policy.properties with connector.name=policy");
        });
    }
}
