package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.newKeyEncryptionKey;
import static io.github.trinopolicy.plugin.TestingPolicyServer.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import io.trino.plugin.base.security.testing.TestingSystemAccessControlContext;
import io.trino.spi.Plugin;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemAccessControlFactory;
import io.trino.testing.TestingConnectorContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the plugin is loaded, and what it says to somebody whose configuration is wrong: one sentence with the remedy.
class TestPolicyPlugin {
    private static final String VERSION = new TestingConnectorContext().getCurrentNode().getVersion();

    @Test
    void testServiceFileNamesThePlugin() {
        assertThat(ServiceLoader.load(Plugin.class).stream().map(ServiceLoader.Provider::type))
                .filteredOn(type -> type.getPackageName().startsWith("io.github.trinopolicy"))
                .<Object>map(type -> type)
                .containsExactly(PolicyPlugin.class);
        assertThat(connectorFactory(plugin()).getName()).isEqualTo("policy");
        assertThat(accessControlFactory(plugin()).getName()).isEqualTo("policy");
    }

    @Test
    void testConnectorAndAccessControlShareServices() {
        try (TestingPolicyServer server = TestingPolicyServer.start()) {
            assertThat(server.value("alice", "SELECT enforcing FROM policy.metadata.snapshot_status")).isEqualTo(true);
            long before = server.version();
            server.execute(PIPELINE, "CREATE TABLE memory.default.guarded AS SELECT 1 AS id");
            server.execute("alice", "TABLE memory.default.guarded");
            // what the connector's procedure changes, the access control decides by in the next query
            server.execute(GOVERNOR, "CALL policy.admin.register('memory.default.guarded')");
            assertThat(server.version()).isEqualTo(before + 1);
            server.assertRefused("alice", "TABLE memory.default.guarded",
                    "Access Denied: Cannot select from columns [id] in table or view memory.default.guarded: "
                            + "no policy lets alice read memory.default.guarded; "
                            + "SELECT * FROM TABLE(policy.session.explain('memory.default.guarded')) tells why");
            assertThat(server.execute(PIPELINE, "TABLE memory.default.guarded").getRowCount()).isEqualTo(1);
        }
    }

    @Test
    void testAccessControlThatEndedIsNotEnforcing() {
        try (TestingPolicyServer server = TestingPolicyServer.start()) {
            server.accessControl().shutdown();
            assertThat(server.value("alice", "SELECT enforcing FROM policy.metadata.snapshot_status")).isEqualTo(false);
            server.assertRefused(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal("{kind: Tag, name: PII}")),
                    "Access Denied: The policy catalog refuses to work while policies are not enforced: "
                            + "write access-control.name=policy into etc/access-control.properties of the coordinator and restart it");
        }
    }

    @Test
    void testCatalogOfAnotherName() {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            Map<String, String> properties = TestingPolicyServer.properties(database, newKeyEncryptionKey());
            assertThatThrownBy(() -> connectorFactory(plugin()).create("governance", properties, new TestingConnectorContext()))
                    .hasMessage(
                            "The policy catalog must be named policy, not governance: rename the file to etc/catalog/policy.properties");
        }
    }

    @Test
    void testSecondPolicyCatalog() {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            Map<String, String> properties = TestingPolicyServer.properties(database, newKeyEncryptionKey());
            PolicyPlugin plugin = plugin();
            Connector first = connectorFactory(plugin).create("policy", properties, new TestingConnectorContext());
            for (String name : ImmutableList.of("policy", "second")) {
                assertThatThrownBy(() -> connectorFactory(plugin).create(name, properties, new TestingConnectorContext()))
                        .hasMessage(
                                "Catalog '%s': there is a policy catalog already; keep one file with connector.name=policy in etc/catalog"
                                        .formatted(name));
            }
            first.shutdown();
            // one that ended makes room
            connectorFactory(plugin).create("policy", properties, new TestingConnectorContext()).shutdown();
        }
    }

    @Test
    void testMissingRequiredProperties() {
        assertThat(startFailure(properties -> properties.remove("policy.ungoverned-tables")))
                .contains("must say what is allowed on tables that are not registered: deny, read or allow")
                .contains("policy.ungoverned-tables");
        assertThat(startFailure(properties -> properties.remove("policy.administrators")))
                .contains("must name at least one user or group:name who may administer policies")
                .contains("policy.administrators");
        assertThat(startFailure(properties -> properties.remove("policy.store.url"))).contains("policy.store.url").contains("must be set");
        assertThat(startFailure(properties -> properties.remove("policy.store.user"))).contains("policy.store.user")
                .contains("must be set");
        assertThat(startFailure(properties -> properties.remove("policy.key-encryption-key")))
                .contains("Exactly one of policy.key-encryption-key-file, policy.key-encryption-key and policy.kms.key-arn must be set");
    }

    @Test
    void testMisspeltProperty() {
        assertThat(startFailure(properties -> properties.put("policy.max-stalenes", "1m")))
                .contains("Configuration property 'policy.max-stalenes' was not used")
                .contains("policy.max-staleness");
    }

    @Test
    void testInvalidValueDoesNotShowSecrets() {
        String failure = startFailure(properties -> {
            properties.put("policy.store.url", "jdbc:postgresql://somebody:letmein@localhost/policy");
            properties.put("policy.store.password", "opensesame");
        });
        assertThat(failure).contains("must not carry credentials; set policy.store.user and policy.store.password")
                .doesNotContain("opensesame");
    }

    @Test
    void testUnreachableStore() {
        assertThat(startFailure(properties -> properties.put("policy.store.url", "jdbc:postgresql://localhost:1/policy")))
                .startsWith("policy store at jdbc:postgresql://localhost:1/policy cannot be reached: Connection to localhost:1 refused.");
    }

    @Test
    void testMissingDatabase() {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            String url = database.url() + "_missing";
            assertThat(startFailure(properties -> properties.put("policy.store.url", url)))
                    .startsWith("policy store at %s cannot be reached: FATAL: database".formatted(url));
        }
    }

    @Test
    void testWrongPassword() {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            assertThat(startFailure(properties -> {
                properties.put("policy.store.url", database.url());
                properties.put("policy.store.user", TestingPostgres.USER_WITH_PASSWORD);
                properties.put("policy.store.password", "guessed");
            })).isEqualTo(("policy store at %s refused the user 'with_password': check policy.store.user and policy.store.password "
                    + "(FATAL: password authentication failed for user \"with_password\")").formatted(database.url()))
                    .doesNotContain("guessed");
        }
    }

    @Test
    void testWrongKeyEncryptionKey(@TempDir Path directory) {
        try (TestingPolicyServer server = TestingPolicyServer.start()) {
            server.execute(PIPELINE, "CREATE TABLE memory.default.person AS SELECT 'ann' AS name");
            server.execute(GOVERNOR, "CALL policy.admin.register('memory.default.person')");
            String wrong = newKeyEncryptionKey();
            Map<String, String> properties = TestingPolicyServer.properties(server.database(), wrong);
            Throwable failure = catchThrowable(
                    () -> connectorFactory(plugin()).create("policy", properties, new TestingConnectorContext()));
            assertThat(failure)
                    .hasMessageMatching("Policy key [0-9a-f-]{36} cannot be used on node [^ ]+: data key [0-9a-f-]{36} is wrapped "
                            + "under the key-encryption key [0-9a-f]{16}, which this node does not have: name the file that holds it in "
                            + "policy.key-encryption-key-file or policy.previous-key-encryption-key-files");
            assertThat(String.join("\n", TestingPolicyServer.messages(failure))).doesNotContain(wrong).doesNotContain(server.secrets());
        }
        Path missing = directory.resolve("missing.key");
        assertThat(startFailure(properties -> {
            properties.remove("policy.key-encryption-key");
            properties.put("policy.key-encryption-key-file", missing.toString());
        })).contains("policy.key-encryption-key-file").contains(missing.toString()).contains("does not exist");
        assertThat(startFailure(properties -> properties.put("policy.key-encryption-key", "c2hvcnQ=")))
                .contains("policy.key-encryption-key").contains("32 bytes").doesNotContain("c2hvcnQ=");
    }

    @Test
    void testAccessControlWithoutCatalog() {
        SystemAccessControlFactory factory = accessControlFactory(plugin());
        assertThatThrownBy(() -> factory.create(ImmutableMap.of(), new TestingSystemAccessControlContext(VERSION)))
                .hasMessage(
                        "access-control.name=policy needs the policy catalog: write etc/catalog/policy.properties with connector.name=policy");
    }

    @Test
    void testPropertiesOfAccessControl() {
        SystemAccessControlFactory factory = accessControlFactory(plugin());
        assertThatThrownBy(() -> factory.create(ImmutableMap.of("policy.store.password", "opensesame"),
                new TestingSystemAccessControlContext(VERSION)))
                .hasMessage("etc/access-control.properties holds access-control.name=policy alone; "
                        + "move [policy.store.password] to etc/catalog/policy.properties");
    }

    @Test
    void testStartThatFailedLeavesNothingBehind() {
        PolicyPlugin plugin = plugin();
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            Map<String, String> properties = TestingPolicyServer.properties(database, newKeyEncryptionKey());
            Map<String, String> broken = Maps.filterKeys(properties, name -> !name.equals("policy.ungoverned-tables"));
            assertThatThrownBy(() -> connectorFactory(plugin).create("policy", broken, new TestingConnectorContext()))
                    .hasMessageContaining("policy.ungoverned-tables");
            assertThatThrownBy(() -> accessControlFactory(plugin).create(ImmutableMap.of(), new TestingSystemAccessControlContext(VERSION)))
                    .hasMessageStartingWith("access-control.name=policy needs the policy catalog");
            connectorFactory(plugin).create("policy", properties, new TestingConnectorContext()).shutdown();
        }
    }

    /// Trino makes the catalog first, on coordinators and workers; a coordinator makes the access control after that.
    @Test
    void testAnotherTrino() {
        String built = SupportedTrino.ofBuild().version();
        assertThat(built).isEqualTo(Strings.nullToEmpty(SystemAccessControl.class.getPackage().getImplementationVersion()));
        String message = ("The policy plugin in this node's plugin directory was built for Trino %s, and the node runs Trino %s: install the plugin "
                + "for %2$s, or Trino %1$s; the name of the plugin's zip says which it is for");
        assertThatThrownBy(() -> connectorFactory(new PolicyPlugin()).create("policy", ImmutableMap.of(), new TestingConnectorContext()))
                .hasMessage(message.formatted(built, VERSION));
        for (String other : ImmutableList.of("482", "484", built + "-e", "")) {
            assertThatThrownBy(() -> accessControlFactory(new PolicyPlugin()).create(ImmutableMap.of(),
                    new TestingSystemAccessControlContext(other))).hasMessage(message.formatted(built, other));
        }
        // whose version fits, or which is the server of a test, only fails for want of the catalog
        for (String fitting : ImmutableList.of(built, "testversion")) {
            assertThatThrownBy(() -> accessControlFactory(new PolicyPlugin()).create(ImmutableMap.of(),
                    new TestingSystemAccessControlContext(fitting))).hasMessageContaining("needs the policy catalog");
        }
    }

    private interface Edit {
        void edit(Map<String, String> properties);
    }

    /// The message of a catalog that must not start.
    private static String startFailure(Edit edit) {
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            Map<String, String> properties = new HashMap<>(TestingPolicyServer.properties(database, newKeyEncryptionKey()));
            edit.edit(properties);
            Throwable failure = catchThrowable(
                    () -> connectorFactory(plugin()).create("policy", properties, new TestingConnectorContext()));
            assertThat(failure).isNotNull();
            return String.valueOf(failure.getMessage());
        }
    }

    private static ConnectorFactory connectorFactory(Plugin plugin) {
        return only(plugin.getConnectorFactories());
    }

    private static SystemAccessControlFactory accessControlFactory(Plugin plugin) {
        return only(plugin.getSystemAccessControlFactories());
    }

    /// One that takes the node of the testing context for what it was built for.
    private static PolicyPlugin plugin() {
        return new PolicyPlugin(new SupportedTrino(VERSION));
    }
}
