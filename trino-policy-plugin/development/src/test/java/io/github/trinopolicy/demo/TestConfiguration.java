package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.LocalPort;
import io.github.trinopolicy.development.NodeFailedException;
import io.github.trinopolicy.development.NodeSettings;
import io.github.trinopolicy.development.ServerLayout;
import io.github.trinopolicy.development.TrinoProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What an engineer reads who has configured a node wrongly.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestingServers.class)
final class TestConfiguration {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final TestingGovernedCluster governed;
    private final Path keyOfAnother;
    private final int unusedPort = LocalPort.findFree();

    TestConfiguration(TestingGovernedCluster governed, @TempDir Path keys) throws IOException {
        this.governed = governed;
        this.keyOfAnother = keys.resolve("key");
        TestingGovernedCluster.writeNewKey(keyOfAnother);
    }

    List<Arguments> mistakes() {
        return ImmutableList.of(
                mistake("misspelt property", node -> node.withCatalogProperty("policy", "policy.administrator", "admin"),
                        "Configuration property 'policy.administrator' was not used"),
                mistake("missing required property", node -> node.withCatalog("policy", without("policy.ungoverned-tables")),
                        "policy.ungoverned-tables: must say what is allowed on tables that are not registered: deny, read or allow"),
                mistake("unreachable store",
                        node -> node.withCatalogProperty("policy", "policy.store.url",
                                "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(unusedPort)),
                        "policy store at jdbc:postgresql://127.0.0.1:%s/postgres cannot be reached: Connection to 127.0.0.1:%s refused"
                                .formatted(unusedPort, unusedPort)),
                mistake("wrong key-encryption key",
                        node -> node.withCatalogProperty("policy", "policy.key-encryption-key-file", keyOfAnother.toString()),
                        "which this node does not have: name the file that holds it in policy.key-encryption-key-file or policy.previous-key-encryption-key-files"),
                mistake("second policy catalog", node -> node.withCatalog("policy2", governed.policyProperties()),
                        "keep one file with connector.name=policy in etc/catalog"),
                mistake("access control without catalog", node -> node.withoutCatalog("policy"),
                        "access-control.name=policy needs the policy catalog: write etc/catalog/policy.properties with connector.name=policy"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void testNodeRefusesToStart(UnaryOperator<NodeSettings> change, String sentence, @TempDir Path directory) throws Exception {
        try (Cluster cluster = launch(directory, change)) {
            TrinoProcess node = cluster.node(Cluster.COORDINATOR);

            assertThatThrownBy(() -> node.awaitStarted(Deadline.in(LIMIT)))
                    .isInstanceOf(NodeFailedException.class)
                    .hasMessageStartingWith("Node coordinator ended with exit code 100;");
            assertThat(node.log().lines()).anyMatch(line -> line.contains(sentence));
        }
    }

    @Test
    void testCatalogWithoutAccessControlSaysSoAndRefuses(@TempDir Path directory) throws Exception {
        try (Cluster cluster = launch(directory, NodeSettings::withoutAccessControl)) {
            TrinoProcess node = cluster.node(Cluster.COORDINATOR);
            node.awaitStarted(Deadline.in(LIMIT));

            try (Session admin = Session.open(cluster, "admin")) {
                assertThat(admin.query("SELECT enforcing FROM policy.metadata.snapshot_status").single()).isEqualTo("false");
                for (String sql : List.of("SELECT * FROM policy.metadata.nodes", "SELECT * FROM policy.metadata.policies",
                        "SELECT * FROM TABLE(policy.session.explain('lake.shop.customer'))")) {
                    assertRefused(() -> admin.query(sql));
                }
                assertRefused(() -> admin.execute("CALL policy.admin.register('memory.default.t')"));
            }

            Deadline deadline = Deadline.in(Duration.ofSeconds(30));
            while (node.log().lines().noneMatch(TestConfiguration::isComplaint)) {
                assertThat(deadline.isPassed()).as(node.log()).isFalse();
                deadline.pause();
            }
        }
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("The policy catalog refuses to work while policies are not enforced: "
                        + "write access-control.name=policy into etc/access-control.properties of the coordinator and restart it");
    }

    private static boolean isComplaint(String line) {
        return line.contains("ERROR") && line.contains("POLICIES ARE NOT ENFORCED: write access-control.name=policy into "
                + "etc/access-control.properties of this coordinator and restart it");
    }

    private static Arguments mistake(String name, UnaryOperator<NodeSettings> change, String sentence) {
        return argumentSet(name, change, sentence);
    }

    private Map<String, String> without(String property) {
        ImmutableMap.Builder<String, String> kept = ImmutableMap.builder();
        governed.policyProperties().forEach((name, value) -> {
            if (!name.equals(property)) {
                kept.put(name, value);
            }
        });
        return kept.buildOrThrow();
    }

    /// A coordinator that loads the policy plugin alone, which keeps its start short, over the store of the governed cluster.
    private Cluster launch(Path directory, UnaryOperator<NodeSettings> change) throws IOException {
        ServerLayout layout = governed.layout();
        ServerLayout policyAlone = new ServerLayout(layout.java(), layout.classPath(), layout.classArchive(),
                layout.pluginDirectories().stream().filter(plugins -> plugins.resolve("policy").toFile().isDirectory()).toList(),
                layout.policies());
        return Cluster.builder(policyAlone, directory)
                .workers(0)
                .catalog("policy", governed.policyProperties())
                .accessControl(ImmutableMap.of("access-control.name", "policy"))
                .node(Cluster.COORDINATOR, change)
                .launch();
    }
}
