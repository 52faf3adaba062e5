package io.github.trinopolicy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.LocalPort;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A PostgreSQL and a standby that has everything which the primary has acknowledged, each behind a network of its own that can be cut.
/// The primary can crash and come back; the standby can take its place.
final class TestingFailoverPair implements AutoCloseable {
    private static final String STORE = "store";
    // of those that the system gives to nobody, since a network that is cut leaves its port for a while
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 30_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final TestingTcpProxy replication;
    private final TestingTcpProxy toPrimary;
    private final TestingTcpProxy toStandby;
    private final PostgresProcess standby;
    private PostgresProcess primary;

    private TestingFailoverPair(Path directory, List<TestingTcpProxy> networks, PostgresProcess primary, PostgresProcess standby) {
        this.directory = requireNonNull(directory, "directory is null");
        this.replication = networks.get(0);
        this.toPrimary = networks.get(1);
        this.toStandby = networks.get(2);
        this.primary = requireNonNull(primary, "primary is null");
        this.standby = requireNonNull(standby, "standby is null");
    }

    /// Clients reach nothing until [#connect].
    static TestingFailoverPair start(Path directory) throws Exception {
        List<TestingTcpProxy> networks = ThreadLocalRandom.current().ints(FIRST_PORT, LAST_PORT).distinct().filter(LocalPort::isFree)
                .limit(3).mapToObj(TestingTcpProxy::new)
                .toList();
        Database first;
        try (PostgresProcess postgres = startIn(directory.resolve("primary"))) {
            first = postgres.database();
            TestingGovernedCluster.execute(first, "CREATE DATABASE " + STORE,
                    "ALTER SYSTEM SET wal_retrieve_retry_interval = '200ms'");
        }
        // a cold copy, since the server is not running
        copy(directory.resolve("primary").resolve("home"), directory.resolve("standby").resolve("home"));
        Path data = directory.resolve("standby").resolve("home").resolve("data");
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=%s user=%s password=%s application_name=standby'%n"
                        .formatted(networks.getFirst().port(), first.user(), first.password()),
                UTF_8, StandardOpenOption.APPEND);
        PostgresProcess primary = startIn(directory.resolve("primary"));
        networks.getFirst().connectTo(port(primary));
        PostgresProcess standby = startIn(directory.resolve("standby"));
        TestingFailoverPair pair = new TestingFailoverPair(directory, networks, primary, standby);
        pair.awaitStandby("streaming", "state");
        // as docs/operations.md says
        TestingGovernedCluster.execute(primary.database(), "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
                "SELECT pg_reload_conf()");
        pair.awaitStandby("sync", "sync_state");
        return pair;
    }

    /// As docs/operations.md says.
    Database database() {
        Database account = primary.database();
        return new Database("jdbc:postgresql://127.0.0.1:%s,127.0.0.1:%s/%s?targetServerType=primary&hostRecheckSeconds=1"
                .formatted(toPrimary.port(), toStandby.port(), STORE), account.user(), account.password());
    }

    /// Of the server that is the primary now, past the network.
    Database direct() {
        return onServer(STORE);
    }

    /// For what cannot be done from within the database of the store.
    Database neighbour() {
        return onServer("postgres");
    }

    private Database onServer(String name) {
        Database account = primary.database();
        return new Database(account.url().replaceFirst("/postgres$", "/" + name), account.user(), account.password());
    }

    void connect() {
        toPrimary.connectTo(port(primary));
        toStandby.connectTo(port(standby));
    }

    void disconnect() {
        toPrimary.cut();
        toStandby.cut();
    }

    void delayAnswers(Duration delay) {
        toPrimary.delayAnswers(delay);
    }

    /// Stops the primary in the middle of what it does; it still takes connections, and answers nothing.
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        ProcessHandle server = primary.process();
        Stream.concat(Stream.of(server), server.descendants()).map(process -> Long.toString(process.pid())).forEach(command::add);
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("not all processes of PostgreSQL could be given the signal " + name);
        }
    }

    void killPrimary() throws IOException {
        primary.kill();
    }

    /// Nobody is connected to it yet.
    void restartPrimary() throws Exception {
        primary.close();
        primary = startIn(directory.resolve("primary"));
        replication.leadTo(port(primary));
        awaitStandby("sync", "sync_state");
    }

    /// Makes the standby the primary for good.
    void promoteStandby() throws Exception {
        TestingGovernedCluster.execute(standby.database(), "SELECT pg_promote()");
    }

    Database standby() {
        Database account = standby.database();
        return new Database(account.url().replaceFirst("/postgres$", "/" + STORE), account.user(), account.password());
    }

    private void awaitStandby(String expected, String column) throws Exception {
        Deadline deadline = Deadline.in(LIMIT);
        while (!TestingGovernedCluster.single(primary.database(), "SELECT coalesce(max(%s), '') FROM pg_stat_replication".formatted(column))
                .equals(expected)) {
            if (deadline.isPassed()) {
                throw new IllegalStateException("the standby did not become " + expected);
            }
            deadline.pause();
        }
    }

    private static PostgresProcess startIn(Path directory) throws IOException {
        return PostgresProcess.start(directory.resolve("home"), directory.resolve("work"));
    }

    private static int port(PostgresProcess server) {
        String url = server.database().url();
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1, url.lastIndexOf('/')));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    PrivateDirectory.create(target);
                }
                else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        disconnect();
        standby.close();
        replication.close();
        primary.close();
    }
}
