package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.TrinoProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Kills nodes and starts them anew. Used by one thread.
final class Killer {
    private static final Duration LONGEST_BETWEEN_KILLS = Duration.ofSeconds(8);
    private static final int TWICE_IN = 4;

    private final Cluster cluster;
    private final RandomGenerator random;
    private final Disturbances disturbances;
    private final Counts kills;
    private final List<String> nodes;
    private int round;

    /// @param at just before
    record Kill(String node, Instant at) {
        Kill {
            requireNonNull(node, "node is null");
            requireNonNull(at, "at is null");
        }
    }

    Killer(Cluster cluster, RandomGenerator random, Disturbances disturbances, Counts kills) {
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.random = requireNonNull(random, "random is null");
        this.disturbances = requireNonNull(disturbances, "disturbances is null");
        this.kills = requireNonNull(kills, "kills is null");
        this.nodes = cluster.nodes().stream().map(TrinoProcess::id).collect(ImmutableList.toImmutableList());
    }

    /// Kills one node or several at once, sometimes more while the first start, and returns when all serve again.
    List<Kill> strike() throws IOException, InterruptedException {
        List<Kill> struck = new ArrayList<>();
        disturbances.begin();
        kill(victims(), struck);
        restart();
        if (random.nextInt(TWICE_IN) == 0) {
            Thread.sleep(random.nextLong(LONGEST_BETWEEN_KILLS.toMillis()));
            kill(ImmutableSet.of(anyNode()), struck);
            restart();
        }
        cluster.awaitReady();
        disturbances.end();
        round++;
        return struck;
    }

    /// Both kinds of node come at once, for whoever has little time.
    private Set<String> victims() {
        if (round == 0) {
            return ImmutableSet.of(Cluster.COORDINATOR);
        }
        if (round == 1) {
            return ImmutableSet.of(anyWorker());
        }
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> ImmutableSet.of(Cluster.COORDINATOR);
            case 3, 4, 5 -> ImmutableSet.of(anyWorker());
            case 6 -> ImmutableSet.of(Cluster.COORDINATOR, anyWorker());
            default -> ImmutableSet.copyOf(nodes);
        };
    }

    private String anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private String anyWorker() {
        return nodes.get(1 + random.nextInt(nodes.size() - 1));
    }

    private void kill(Set<String> victims, List<Kill> struck) throws InterruptedException {
        for (String victim : victims) {
            struck.add(new Kill(victim, Instant.now()));
            cluster.node(victim).kill();
            kills.add(victim);
        }
    }

    private void restart() throws IOException {
        for (TrinoProcess node : cluster.nodes()) {
            if (!node.isAlive()) {
                cluster.restart(node.id());
            }
        }
    }
}
