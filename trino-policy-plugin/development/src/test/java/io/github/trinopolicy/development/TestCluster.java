package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestCluster {
    private static final ServerLayout LAYOUT = ServerLayout.ofSourceTree(Path.of("..", ".."));

    @TempDir
    private Path directory;

    @Test
    void testWorkerDoesTheWork() throws Exception {
        try (Cluster cluster = Cluster.builder(LAYOUT, directory)
                .catalog("tpch", ImmutableMap.of("connector.name", "tpch"))
                .start();
                Connection connection = cluster.connect("admin");
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM tpch.tiny.orders")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(15_000);
            }

            cluster.node("worker-1").kill();
            assertThat(cluster.node("worker-1").isAlive()).isFalse();
        }
    }

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
