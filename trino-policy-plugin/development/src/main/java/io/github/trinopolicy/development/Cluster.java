package io.github.trinopolicy.development;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// A coordinator and its workers, each in a process of its own, reachable from this machine only.
///
/// With workers the coordinator evaluates no rows itself; without, it does everything.
/// Thread-safe once started.
public final class Cluster implements AutoCloseable {
    public static final String COORDINATOR = "coordinator";

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final String readinessUser;
    private final List<TrinoProcess> nodes;

    private Cluster(String readinessUser, List<TrinoProcess> nodes) {
        this.readinessUser = requireNonNull(readinessUser, "readinessUser is null");
        this.nodes = new CopyOnWriteArrayList<>(nodes);
    }

    /// @param directory gets one directory per node; private to the user
    public static Builder builder(ServerLayout layout, Path directory) {
        return new Builder(layout, directory);
    }

    /// The coordinator first.
    public List<TrinoProcess> nodes() {
        return ImmutableList.copyOf(nodes);
    }

    /// @param id `coordinator`, `worker-1`, `worker-2`, ...
    public TrinoProcess node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Cluster: there is no node %s".formatted(id)));
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + nodes.getFirst().port());
    }

    public String jdbcUrl() {
        return "jdbc:trino://127.0.0.1:" + nodes.getFirst().port();
    }

    /// A connection as the given user; there is no password.
    public Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user, null);
    }

    /// Starts a node anew that has ended, as it was and on its port; returns at once.
    public void restart(String id) throws IOException {
        TrinoProcess ended = node(id);
        checkState(!ended.isAlive(), "Cluster: node %s runs", id);
        nodes.set(nodes.indexOf(ended), ended.startAgain());
    }

    /// Waits until every node takes part in queries.
    ///
    /// @throws NodeFailedException when a process ends or three minutes pass
    public void awaitReady() throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(START_LIMIT);
        for (TrinoProcess node : nodes) {
            node.awaitStarted(deadline);
        }
        Set<String> all = nodes.stream().map(TrinoProcess::id).collect(toImmutableSet());
        while (true) {
            String reason;
            try {
                // the table of tasks is read on every node, and lists the tasks of this very query
                Set<String> working = queryStrings(readinessUser, "SELECT DISTINCT node_id FROM system.runtime.tasks");
                if (working.equals(all)) {
                    return;
                }
                reason = "only %s of %s nodes work on queries".formatted(working.size(), all.size());
            }
            catch (SQLException e) {
                // "no nodes available" while the workers are announced; any other reason is told when the time is over
                reason = requireNonNull(e.getMessage(), "message is null");
            }
            for (TrinoProcess node : nodes) {
                node.requireAlive();
            }
            if (deadline.isPassed()) {
                throw nodes.getFirst().failure("Cluster is not ready in time: " + reason);
            }
            deadline.pause();
        }
    }

    private Set<String> queryStrings(String user, String sql) throws SQLException {
        try (Connection connection = connect(user);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            ImmutableSet.Builder<String> values = ImmutableSet.builder();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values.build();
        }
    }

    /// Ends all nodes together.
    @Override
    public void close() {
        nodes.forEach(TrinoProcess::terminate);
        nodes.forEach(TrinoProcess::close);
    }

    /// Collects the configuration of a cluster. What is set here holds for every node, unless it says otherwise.
    public static final class Builder {
        private final ServerLayout layout;
        private final Path directory;
        private final Map<String, Map<String, String>> catalogs = new HashMap<>();
        private final Map<String, String> properties = new HashMap<>();
        private final Map<String, UnaryOperator<NodeSettings>> changes = new HashMap<>();
        private int workers = 1;
        private OptionalInt httpPort = OptionalInt.empty();
        private String user = "admin";

        private Builder(ServerLayout layout, Path directory) {
            this.layout = requireNonNull(layout, "layout is null");
            this.directory = requireNonNull(directory, "directory is null");
        }

        /// Default 1; 0 makes the coordinator work itself.
        public Builder workers(int workers) {
            checkArgument(workers >= 0, "Workers: the number must not be negative");
            this.workers = workers;
            return this;
        }

        /// The coordinator's port; by default a free one.
        public Builder httpPort(int port) {
            this.httpPort = OptionalInt.of(port);
            return this;
        }

        public Builder catalog(String name, Map<String, String> catalogProperties) {
            catalogs.put(name, catalogProperties);
            return this;
        }

        /// A property of `etc/config.properties`.
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /// The coordinator's `etc/access-control.properties`; workers need none.
        public Builder accessControl(Map<String, String> accessControlProperties) {
            return node(COORDINATOR, settings -> settings.withAccessControl(accessControlProperties));
        }

        /// Changes the settings of one node, after everything else; changes add up.
        public Builder node(String id, UnaryOperator<NodeSettings> change) {
            changes.merge(id, change, (first, second) -> settings -> second.apply(first.apply(settings)));
            return this;
        }

        /// Who may read `system.runtime`, to see when all nodes work; default `admin`.
        public Builder readinessUser(String user) {
            this.user = requireNonNull(user, "user is null");
            return this;
        }

        /// Starts the processes and waits until every node takes part in queries; when one fails, ends all.
        ///
        /// @throws NodeFailedException when a node ends or is not ready within three minutes
        public Cluster start() throws IOException, InterruptedException {
            Cluster cluster = launch();
            try {
                cluster.awaitReady();
                return cluster;
            }
            catch (IOException | InterruptedException | RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        /// Starts the processes and returns at once, for tests of nodes that refuse to start.
        public Cluster launch() throws IOException {
            List<TrinoProcess> started = new ArrayList<>();
            try {
                for (NodeSettings settings : settings()) {
                    started.add(TrinoProcess.start(layout, directory.resolve(settings.id()), settings));
                }
                return new Cluster(user, started);
            }
            catch (IOException | RuntimeException e) {
                started.forEach(TrinoProcess::close);
                throw e;
            }
        }

        private List<NodeSettings> settings() {
            Deque<Integer> ports = new ArrayDeque<>(LocalPort.findFree(workers + 1));
            int coordinatorPort = httpPort.orElseGet(ports::pop);
            String sharedSecret = sharedSecret();
            List<NodeSettings> settings = new ArrayList<>();
            settings.add(common(new NodeSettings(COORDINATOR, coordinatorPort), coordinatorPort, sharedSecret)
                    .withJvmOptions("-Xmx1g")
                    .withProperty("coordinator", "true")
                    .withProperty("node-scheduler.include-coordinator", Boolean.toString(workers == 0)));
            for (int worker = 1; worker <= workers; worker++) {
                settings.add(common(new NodeSettings("worker-" + worker, ports.pop()), coordinatorPort, sharedSecret)
                        .withJvmOptions("-Xmx768m")
                        .withProperty("coordinator", "false"));
            }
            requireKnown(settings);
            return settings.stream()
                    .map(node -> changes.getOrDefault(node.id(), UnaryOperator.identity()).apply(node))
                    .collect(toImmutableList());
        }

        private void requireKnown(List<NodeSettings> settings) {
            Set<String> known = settings.stream().map(NodeSettings::id).collect(toImmutableSet());
            for (String id : changes.keySet()) {
                checkArgument(known.contains(id), "Cluster: there is no node %s to change", id);
            }
        }

        private NodeSettings common(NodeSettings node, int coordinatorPort, String sharedSecret) {
            NodeSettings result = node
                    .withProperty("node.environment", "demo")
                    // no password guards the server, so nobody but this machine may reach it
                    .withProperty("node.bind-ip", "127.0.0.1")
                    .withProperty("node.internal-address", "127.0.0.1")
                    .withProperty("discovery.uri", "http://127.0.0.1:" + coordinatorPort)
                    .withProperty("internal-communication.shared-secret", sharedSecret)
                    .withProperty("http-server.log.enabled", "false")
                    .withProperty("query.max-memory", "512MB")
                    .withProperty("query.max-memory-per-node", "256MB")
                    .withProperty("memory.heap-headroom-per-node", "128MB");
            for (Map.Entry<String, String> property : properties.entrySet()) {
                result = result.withProperty(property.getKey(), property.getValue());
            }
            for (Map.Entry<String, Map<String, String>> catalog : catalogs.entrySet()) {
                result = result.withCatalog(catalog.getKey(), catalog.getValue());
            }
            return result;
        }

        private static String sharedSecret() {
            byte[] secret = new byte[32];
            new SecureRandom().nextBytes(secret);
            return Base64.getEncoder().encodeToString(secret);
        }
    }
}
