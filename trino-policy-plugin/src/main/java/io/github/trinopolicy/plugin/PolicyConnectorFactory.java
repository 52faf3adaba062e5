package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import com.google.inject.Injector;
import io.airlift.bootstrap.Bootstrap;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.snapshot.NodeIdentity;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import java.util.Map;

/// Makes the catalog `policy` of a node, which opens the store and fails when it cannot.
final class PolicyConnectorFactory implements ConnectorFactory {
    private final SupportedTrino supported;
    private final InstalledNodes nodes;

    PolicyConnectorFactory(SupportedTrino supported, InstalledNodes nodes) {
        this.supported = requireNonNull(supported, "supported is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    @Override
    public String getName() {
        return "policy";
    }

    @Override
    public Connector create(String catalogName, Map<String, String> config, ConnectorContext context) {
        supported.require(context.getCurrentNode().getVersion());
        NodeIdentity node = new NodeIdentity(context.getCurrentNode().getNodeIdentifier(), context.getCurrentNode().isCoordinator());
        nodes.reserve(node, catalogName);
        try {
            if (!catalogName.equals(PolicyCatalog.NAME)) {
                throw new IllegalArgumentException(
                        "The policy catalog must be named policy, not %s: rename the file to etc/catalog/policy.properties"
                                .formatted(catalogName));
            }
            Injector injector = new Bootstrap(new PolicyModule(node, context, nodes))
                    .doNotInitializeLogging()
                    .disableSystemProperties()
                    .setRequiredConfigurationProperties(config)
                    .initialize();
            return injector.getInstance(NodeAssembly.class).connector();
        }
        catch (RuntimeException e) {
            nodes.release(node);
            throw e;
        }
    }
}
