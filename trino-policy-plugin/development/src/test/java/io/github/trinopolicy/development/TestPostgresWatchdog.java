package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestPostgresWatchdog {
    @TempDir
    private Path data;

    @Test
    void testStopsTheProcessOfTheDirectory() throws Exception {
        Process server = startServer();
        Files.writeString(data.resolve("postmaster.pid"), server.pid() + "\n" + data + "\n");
        PostgresWatchdog watchdog = PostgresWatchdog.start(data);

        watchdog.enforce();

        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void testSparesAProcessThatGotTheOldNumber() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(data.resolve("postmaster.pid"), stranger.pid() + "\n" + data + "\n");
            PostgresWatchdog watchdog = PostgresWatchdog.start(data);

            watchdog.enforce();

            assertThat(stranger.isAlive()).isTrue();
        }
        finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void testDismissed() throws Exception {
        Process server = startServer();
        try {
            Files.writeString(data.resolve("postmaster.pid"), server.pid() + "\n");
            PostgresWatchdog watchdog = PostgresWatchdog.start(data);

            watchdog.dismiss();
            watchdog.enforce();

            assertThat(server.isAlive()).isTrue();
        }
        finally {
            server.destroyForcibly();
        }
    }

    /// As the real one does, it names the directory in its arguments.
    private Process startServer() throws IOException {
        return new ProcessBuilder("tail", "-f", Files.createFile(data.resolve("log")).toString()).start();
    }
}
