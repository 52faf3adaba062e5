package io.github.trinopolicy.development;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// One Trino node in a JVM of its own, which ends with this JVM, however that ends.
public final class TrinoProcess implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);
    // the server colours its console in any case
    private static final Pattern TERMINAL_COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final int LINES_OF_A_FAILURE = 40;

    private final ServerLayout layout;
    private final Path directory;
    private final NodeSettings settings;
    private final Path log;
    private final Process process;

    private TrinoProcess(ServerLayout layout, Path directory, NodeSettings settings, Path log, Process process) {
        this.layout = requireNonNull(layout, "layout is null");
        this.directory = requireNonNull(directory, "directory is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.log = requireNonNull(log, "log is null");
        this.process = requireNonNull(process, "process is null");
    }

    /// Writes the node's configuration and starts its process; returns at once.
    ///
    /// @param directory becomes the node's working directory; private to the user
    public static TrinoProcess start(ServerLayout layout, Path directory, NodeSettings settings) throws IOException {
        PrivateDirectory.create(directory);
        writeConfiguration(layout, directory, settings);
        Path log = directory.resolve("server.log");
        ProcessBuilder builder = new ProcessBuilder(command(layout, settings))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                // standard input stays a pipe: the node ends when this end of it does
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(settings.environment());
        return new TrinoProcess(layout, directory, settings, log, builder.start());
    }

    /// The same node in a new process, which goes on with the log.
    TrinoProcess startAgain() throws IOException {
        return start(layout, directory, settings);
    }

    private static List<String> command(ServerLayout layout, NodeSettings settings) {
        return ImmutableList.<String>builder()
                .add(layout.java().toString())
                // a short start and a small process count here, not throughput
                .add("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .addAll(Files.exists(layout.classArchive()) ? List.of("-XX:SharedArchiveFile=" + layout.classArchive()) : List.of())
                .add("--add-modules=jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
                .add("-XX:+ExitOnOutOfMemoryError")
                .addAll(settings.jvmOptions())
                .add("-Dairlift.quiet=true", "-Dconfig=etc/config.properties")
                .add("-cp", Joiner.on(':').join(layout.classPath()))
                .add(TrinoServer.class.getName())
                .build();
    }

    private static void writeConfiguration(ServerLayout layout, Path directory, NodeSettings settings) throws IOException {
        Path etc = directory.resolve("etc");
        Path catalogs = etc.resolve("catalog");
        // what an earlier start left must not be mixed in
        PrivateDirectory.delete(etc);
        PrivateDirectory.create(catalogs);
        NodeSettings complete = settings
                .withProperty("node.id", settings.id())
                .withProperty("http-server.http.port", Integer.toString(settings.port()))
                .withProperty("plugin.dir", Joiner.on(',').join(layout.pluginDirectories()));
        write(etc.resolve("config.properties"), complete.properties());
        for (Map.Entry<String, Map<String, String>> catalog : settings.catalogs().entrySet()) {
            write(catalogs.resolve(catalog.getKey() + ".properties"), catalog.getValue());
        }
        if (settings.accessControl().isPresent()) {
            write(etc.resolve("access-control.properties"), settings.accessControl().get());
        }
    }

    private static void write(Path file, Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        StringWriter text = new StringWriter();
        properties.store(text, null);
        PrivateDirectory.write(file, text.toString());
    }

    public String id() {
        return settings.id();
    }

    public int port() {
        return settings.port();
    }

    /// The operating system's number of the process.
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// All that the node has written so far, without the colours of a terminal.
    public String log() throws IOException {
        return TERMINAL_COLOUR.matcher(Files.readString(log, UTF_8)).replaceAll("");
    }

    /// Waits until the node takes requests.
    ///
    /// @throws NodeFailedException when its process ends or the deadline passes
    public void awaitStarted(Deadline deadline) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(REQUEST_LIMIT).build()) {
            while (!isStarted(client)) {
                requireAlive();
                if (deadline.isPassed()) {
                    throw failure("Node %s did not start in time".formatted(id()));
                }
                deadline.pause();
            }
        }
    }

    private boolean isStarted(HttpClient client) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/v1/info".formatted(port())))
                .timeout(REQUEST_LIMIT).build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 && response.body().contains("\"starting\":false");
        }
        catch (IOException e) {
            // nobody listens yet; whether the process still lives is asked next
            return false;
        }
    }

    void requireAlive() throws IOException {
        if (!isAlive()) {
            throw failure("Node %s ended with exit code %s".formatted(id(), process.exitValue()));
        }
    }

    NodeFailedException failure(String sentence) throws IOException {
        List<String> lines = log().lines().toList();
        return new NodeFailedException(sentence, log, lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size()));
    }

    /// Ends the process at once, as a crash would, and waits until it is gone.
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// Asks the process to end; returns at once.
    void terminate() {
        process.destroy();
    }

    /// Ends the process in order, by force when it takes too long.
    @Override
    public void close() {
        terminate();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        }
        catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
