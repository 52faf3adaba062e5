package io.github.trinopolicy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.development.Deadline;
import io.github.trinopolicy.development.LocalPort;
import io.github.trinopolicy.development.ServerLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher as users run it: a process of its own.
final class TestDemo {
    private static final Path SOURCE_TREE = Path.of("..", "..").toAbsolutePath().normalize();
    private static final String HASHED_ADDRESS = "SELECT min_by(email, customer_id) FROM lake.shop.customer";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final List<Process> launchers = new ArrayList<>();

    @AfterEach
    void endLaunchers() throws InterruptedException {
        for (Process launcher : launchers) {
            launcher.destroyForcibly().waitFor();
        }
    }

    @Test
    void testServesUntilTerminatedAndKeepsState() throws Exception {
        int port = LocalPort.findFree();
        Process first = launch("--serve", "--http-port", Integer.toString(port), "--data", data().toString());
        awaitLine(first, "READY http://127.0.0.1:" + port);
        assertThat(single(port, "SELECT count(*) FROM lake.shop.customer")).isEqualTo("1500");
        assertThat(single(port, "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'")).isEqualTo("2");
        execute(port, "CREATE TABLE lake.shop.kept AS SELECT 42 AS x");
        String address = single(port, HASHED_ADDRESS, "alice");
        assertThat(address).matches("[0-9a-f]{64}");
        // two nodes, the server and its watchdog at least
        assertThat(processesIn(data())).hasSizeGreaterThanOrEqualTo(4);

        first.destroy();
        assertThat(first.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(first.exitValue()).isZero();
        awaitNoProcessIn(data());

        Process second = launch("--serve", "--http-port", Integer.toString(port), "--workers", "0", "--data",
                data().toString());
        awaitLine(second, "READY http://127.0.0.1:" + port);
        assertThat(single(port, "SELECT x FROM lake.shop.kept")).isEqualTo("42");
        // under another key the hash of an address would be another
        assertThat(single(port, HASHED_ADDRESS, "alice")).isEqualTo(address);

        second.destroyForcibly();
        second.waitFor();
        awaitNoProcessIn(data());
    }

    @Test
    void testKilledWhileStartingLeavesNothing() throws Exception {
        Process launcher = launch("--serve", "--ungoverned", "--http-port", Integer.toString(LocalPort.findFree()), "--data",
                data().toString());
        Deadline deadline = Deadline.in(START_LIMIT);
        while (!Files.exists(data().resolve("postgres").resolve("data").resolve("postmaster.pid")) && !deadline.isPassed()) {
            Thread.sleep(5);
        }

        launcher.destroyForcibly();
        launcher.waitFor();

        awaitNoProcessIn(data());
    }

    @Test
    void testTemporaryDirectoryIsDeletedWhenInterruptedWhileStarting() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Process launcher = launch(ImmutableList.of("-Djava.io.tmpdir=" + temporary), "--serve", "--ungoverned", "--http-port",
                Integer.toString(LocalPort.findFree()));
        awaitLine(launcher, "Starting a Trino coordinator");

        launcher.destroy();

        assertThat(launcher.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(launcher.exitValue()).isZero();
        awaitNoProcessIn(temporary);
        assertThat(temporary).isDirectoryNotContaining("glob:**/trino-policy-demo-*");
    }

    @Test
    void testPortInUse() throws Exception {
        try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Process launcher = launch("--serve", "--ungoverned", "--http-port", Integer.toString(socket.getLocalPort()));

            assertThat(launcher.waitFor()).isEqualTo(1);
            assertThat(output(launcher))
                    .isEqualTo("demo: HTTP port: %s is in use; choose another with --http-port%n", socket.getLocalPort());
        }
    }

    @Test
    void testUnknownOption() throws Exception {
        Process launcher = launch("--serv");

        assertThat(launcher.waitFor()).isEqualTo(2);
        assertThat(output(launcher)).isEqualTo("Unknown option: '--serv'%nPossible solutions: --serve%n".formatted());
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Process launch(String... options) throws IOException {
        return launch(ImmutableList.of(), options);
    }

    private Process launch(List<String> jvmOptions, String... options) throws IOException {
        ServerLayout layout = ServerLayout.ofSourceTree(SOURCE_TREE);
        List<String> command = ImmutableList.<String>builder()
                .add(layout.java().toString(), "-Xmx256m")
                .addAll(jvmOptions)
                .add("-cp", Joiner.on(':').join(layout.classPath()), Demo.class.getName(), SOURCE_TREE.toString())
                .add(options)
                .build();
        Process launcher = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output-" + launchers.size()).toFile())
                .start();
        launchers.add(launcher);
        return launcher;
    }

    private String output(Process launcher) throws IOException {
        return Files.readString(directory.resolve("output-" + launchers.indexOf(launcher)), UTF_8);
    }

    private void awaitLine(Process launcher, String text) throws Exception {
        Deadline deadline = Deadline.in(START_LIMIT);
        while (!output(launcher).contains(text)) {
            assertThat(launcher.isAlive()).as(output(launcher)).isTrue();
            assertThat(deadline.isPassed()).as(output(launcher)).isFalse();
            deadline.pause();
        }
    }

    private static String single(int port, String sql) throws SQLException {
        return single(port, sql, "admin");
    }

    private static String single(int port, String sql, String user) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:trino://127.0.0.1:" + port, user, null);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void execute(int port, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:trino://127.0.0.1:" + port, "admin", null);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void awaitNoProcessIn(Path directory) throws Exception {
        Deadline deadline = Deadline.in(END_LIMIT);
        List<String> processes = processesIn(directory);
        while (!processes.isEmpty() && !deadline.isPassed()) {
            deadline.pause();
            processes = processesIn(directory);
        }
        assertThat(processes).isEmpty();
    }

    /// Processes that work in the directory or name it in their arguments, apart from launchers, which the caller knows.
    private static List<String> processesIn(Path directory) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("[0-9]+"))
                    .map(process -> new ProcessInfo(read(process.resolve("cmdline")), workingDirectory(process)))
                    .filter(process -> process.workingDirectory().startsWith(directory.toString())
                            || process.commandLine().contains(directory.toString()))
                    .map(ProcessInfo::commandLine)
                    .filter(commandLine -> !commandLine.contains(Demo.class.getName()))
                    .toList();
        }
    }

    private record ProcessInfo(String commandLine, String workingDirectory) {}

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8).replace('\0', ' ');
        }
        catch (IOException e) {
            // the process has ended meanwhile
            return "";
        }
    }

    private static String workingDirectory(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString();
        }
        catch (IOException e) {
            // ended meanwhile, or another user's
            return "";
        }
    }
}
