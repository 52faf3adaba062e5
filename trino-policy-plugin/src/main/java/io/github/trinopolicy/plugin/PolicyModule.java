package io.github.trinopolicy.plugin;

import static io.airlift.configuration.ConfigBinder.configBinder;
import static java.util.Objects.requireNonNull;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Scopes;
import io.github.trinopolicy.audit.AuditConfig;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.keyring.KeyCacheConfig;
import io.github.trinopolicy.keyring.KeyRolloverConfig;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KmsConfig;
import io.github.trinopolicy.service.ServiceConfig;
import io.github.trinopolicy.snapshot.NodeIdentity;
import io.github.trinopolicy.store.StoreConfig;
import io.trino.spi.connector.ConnectorContext;

/// Reads the properties of the catalog; what is made of them is in [NodeAssembly].
final class PolicyModule implements Module {
    private final NodeIdentity node;
    private final ConnectorContext context;
    private final InstalledNodes nodes;

    PolicyModule(NodeIdentity node, ConnectorContext context, InstalledNodes nodes) {
        this.node = requireNonNull(node, "node is null");
        this.context = requireNonNull(context, "context is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    @Override
    public void configure(Binder binder) {
        configBinder(binder).bindConfig(StoreConfig.class);
        configBinder(binder).bindConfig(KeyEncryptionConfig.class);
        configBinder(binder).bindConfig(KmsConfig.class);
        configBinder(binder).bindConfig(KeyCacheConfig.class);
        configBinder(binder).bindConfig(KeyRolloverConfig.class);
        configBinder(binder).bindConfig(PolicyConfig.class);
        configBinder(binder).bindConfig(ServiceConfig.class);
        configBinder(binder).bindConfig(AuditConfig.class);
        binder.bind(NodeIdentity.class).toInstance(node);
        binder.bind(ConnectorContext.class).toInstance(context);
        binder.bind(InstalledNodes.class).toInstance(nodes);
        binder.bind(NodeAssembly.class).in(Scopes.SINGLETON);
    }
}
