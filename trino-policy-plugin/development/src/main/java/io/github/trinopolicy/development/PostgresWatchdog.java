package io.github.trinopolicy.development;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/// A small shell process that stops the PostgreSQL server of a data directory when this JVM is gone without having stopped it.
///
/// The server detaches itself from the process that starts it, so neither a pipe nor a death signal reaches it. The watchdog waits for the
/// end of its standard input, which comes even when this JVM is killed, and for a server that was only starting then. It stops nothing
/// but a process that was started with this very data directory: the pid file of an old crash may name somebody else's.
final class PostgresWatchdog {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            read -r word && [ "$word" = stopped ] && exit 0
            tries=0
            while [ "$tries" -lt 20 ]; do
                pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null)
                if [ -n "$pid" ] && grep -qaF -- "$1" "/proc/$pid/cmdline" 2>/dev/null; then
                    kill -QUIT "$pid" && exit 0
                fi
                tries=$((tries + 1))
                sleep 0.5
            done
            """;

    private final Process process;

    private PostgresWatchdog(Process process) {
        this.process = requireNonNull(process, "process is null");
    }

    static PostgresWatchdog start(Path data) throws IOException {
        return new PostgresWatchdog(
                // a session of its own, so that Ctrl-C in the terminal does not end it before its work is done
                new ProcessBuilder("setsid", "sh", "-c", SCRIPT, "postgres-watchdog", data.toAbsolutePath().toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /// To be called when the server has stopped.
    void dismiss() throws IOException {
        try (var output = process.getOutputStream()) {
            output.write("stopped\n".getBytes(UTF_8));
        }
    }

    /// Stops a server of which it is not known whether and how far it has started; waits until that is done.
    void enforce() throws IOException {
        process.getOutputStream().close();
        try {
            Uninterruptibles.getUninterruptibly(process.onExit(), LIMIT);
        }
        catch (ExecutionException | TimeoutException e) {
            throw new IOException("Embedded PostgreSQL: it is not certain that it has stopped", e);
        }
    }
}
