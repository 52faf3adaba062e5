package io.github.trinopolicy.bench;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// What the audit log costs queries: the same clients on a server that records them and on one that does not. Both stay up, so that both are
/// equally warm. Not thread-safe.
final class AuditSuite implements Suite {
    private static final double TARGET = 1.05;

    private final Path sourceTree;
    private Optional<Servers> servers = Optional.empty();

    /// @param sourceTree must be built when the first figure is asked for
    AuditSuite(Path sourceTree) {
        this.sourceTree = requireNonNull(sourceTree, "sourceTree is null");
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public String description() {
        return "a query of a small governed table by 32 clients at once, recorded in the audit log, against the same unrecorded";
    }

    @Override
    public Subject baseline() {
        return new Subject() {
            @Override
            public String name() {
                return "unrecorded";
            }

            @Override
            public Measurement measure() throws IOException, InterruptedException {
                return servers().unrecorded().measure();
            }
        };
    }

    @Override
    public List<Candidate> candidates() {
        return ImmutableList.of(Candidate.of(new Subject() {
            @Override
            public String name() {
                return "recorded";
            }

            @Override
            public Measurement measure() throws IOException, InterruptedException {
                return servers().recorded().measure();
            }
        }).atMost(TARGET));
    }

    private Servers servers() throws IOException, InterruptedException {
        if (servers.isEmpty()) {
            servers = Optional.of(Servers.start(ServerLayout.ofSourceTree(sourceTree)));
        }
        return servers.get();
    }

    @Override
    public void close() throws IOException {
        if (servers.isPresent()) {
            servers.get().close();
        }
    }

    private record Servers(Path directory, PostgresProcess postgres, LoadedServer unrecorded, LoadedServer recorded) {
        static Servers start(ServerLayout layout) throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("trino-policy-bench-");
            PostgresProcess postgres = PostgresProcess.start(directory.resolve("home"), directory.resolve("work"));
            // what is up when something fails ends with this process
            return new Servers(directory, postgres, server(layout, directory, postgres.database(), "unrecorded", false),
                    server(layout, directory, postgres.database(), "recorded", true));
        }

        private static LoadedServer server(ServerLayout layout, Path directory, Database database, String name, boolean recording)
                throws IOException, InterruptedException {
            try {
                database.execute("CREATE DATABASE " + name);
                Path own = directory.resolve(name);
                PrivateDirectory.create(own);
                return LoadedServer.start(name, layout, own, database.named(name),
                        ImmutableMap.of("policy.audit.enabled", Boolean.toString(recording)));
            }
            catch (SQLException e) {
                throw new IOException("the server cannot be prepared", e);
            }
        }

        void close() throws IOException {
            recorded.close();
            unrecorded.close();
            postgres.close();
            PrivateDirectory.delete(directory);
        }
    }
}
