package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestCluster {
    private static final ServerLayout LAYOUT = ServerLayout.ofSourceTree(Path.of("..", ".."));

    @TempDir
    private Path directory;

    @Test
    void testNodeThatRefusesToStartTellsWhy() {
        Cluster.Builder builder = Cluster.builder(LAYOUT, directory)
                .workers(0)
                .node(Cluster.COORDINATOR, node -> node.withProperty("no.such-property", "1"));

        assertThatThrownBy(builder::start)
                .isInstanceOfSatisfying(NodeFailedException.class, e -> assertThat(e.lastLines())
                        .anyMatch(line -> line.contains("Configuration property 'no.such-property' was not used"))
                        .noneMatch(line -> line.contains("\u001b")))
                .hasMessageStartingWith("Node coordinator ended with exit code 100; its log is ");
    }

    @Test
    void testChangeOfUnknownNodeIsRefused() {
        Cluster.Builder builder = Cluster.builder(LAYOUT, directory).node("worker-2", NodeSettings::withoutAccessControl);

        assertThatThrownBy(builder::launch)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cluster: there is no node worker-2 to change");
    }
}
