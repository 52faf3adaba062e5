package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.trino.spi.Plugin;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.security.GroupProviderFactory;
import io.trino.spi.security.SystemAccessControlFactory;

/// What Trino loads. The connector and the access control of a node share one set of services: Trino makes the connector first.
public final class PolicyPlugin implements Plugin {
    private final InstalledNodes nodes = new InstalledNodes();
    private final SupportedTrino supported;

    /// As Trino makes it.
    public PolicyPlugin() {
        this(SupportedTrino.ofBuild());
    }

    PolicyPlugin(SupportedTrino supported) {
        this.supported = requireNonNull(supported, "supported is null");
    }

    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        return ImmutableList.of(new PolicyConnectorFactory(supported, nodes));
    }

    @Override
    public Iterable<GroupProviderFactory> getGroupProviderFactories() {
        return ImmutableList.of(new PolicyGroupProviderFactory(nodes));
    }

    @Override
    public Iterable<SystemAccessControlFactory> getSystemAccessControlFactories() {
        return ImmutableList.of(new PolicyAccessControlFactory(supported, nodes));
    }
}
