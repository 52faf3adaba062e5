package io.github.trinopolicy.administration;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.store.StoreConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// A process that applies one bundle of five megabytes after the other, until it is killed. It says when it starts and when it has ended one.
final class TestingApplyProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    TestingApplyProcess(String url, String firstMark, String secondMark) {
        List<String> command = ImmutableList.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g",
                "-cp", System.getProperty("java.class.path"), TestingApplyProcess.class.getName(), url, firstMark, secondMark);
        try {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /// What the process says next; null when it has ended.
    String next() {
        try {
            return String.valueOf(output.readLine());
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it said before can still be read.
    void kill() {
        process.toHandle().destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] arguments) {
        StoreConfig config = new StoreConfig().setUrl(arguments[0]).setUser("postgres");
        try (TestingAdministration coordinator = new TestingAdministration(config, TestLargeChanges.KEY_ENCRYPTION_KEY)) {
            while (true) {
                for (String mark : List.of(arguments[1], arguments[2])) {
                    String bundle = TestingBundles.fiveMegabytes(mark);
                    System.out.println("applying " + mark);
                    coordinator.apply(bundle, "users", true);
                    System.out.println("applied " + mark);
                }
            }
        }
    }
}
