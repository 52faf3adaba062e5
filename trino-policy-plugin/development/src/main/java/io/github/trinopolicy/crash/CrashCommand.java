package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.demo.Progress;
import io.github.trinopolicy.development.PostgresProcess;
import io.github.trinopolicy.development.PrivateDirectory;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command behind `./bench crash`.
@Command(name = "crash", usageHelpAutoWidth = true, header = "Kills nodes at random under load, and looks for anything wrong; measures nothing.", description = {
        "",
        "Starts PostgreSQL, a Trino coordinator and two workers. While nodes are killed and started again, eight clients read, apply bundles, "
                + "rotate keys and unmask. Every answer, the store and the audit log are compared with what they must be.",
        "Ends with 0 if nothing is wrong, else with 1 and with all that was found.",
        ""})
public final class CrashCommand implements Callable<Integer> {
    @Option(names = "--seconds", paramLabel = "N", defaultValue = "600", description = "How long (default: ${DEFAULT-VALUE}); a coordinator and a worker are killed in any case.")
    private int seconds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = Option.NULL_VALUE, description = "Of when which node is killed (default: another each time; it is printed).")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--audit-promise", paramLabel = "MILLISECONDS", defaultValue = "1000", description = "How long before the kill of a coordinator a query must have been answered to be in the audit log (default: ${DEFAULT-VALUE}).")
    private int auditPromise;

    // picocli reads it
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Print this text.")
    private boolean help;

    private final Path sourceTree;

    public CrashCommand(Path sourceTree) {
        this.sourceTree = requireNonNull(sourceTree, "sourceTree is null");
    }

    @Override
    public Integer call() throws Exception {
        checkArgument(seconds > 0, "--seconds must be positive");
        ServerLayout layout = ServerLayout.ofSourceTree(sourceTree);
        Progress progress = new Progress(System.out);
        long chosen = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1_000_000));
        progress.step("Seed %s; PostgreSQL, a coordinator and two workers start ...".formatted(chosen));
        Path directory = Files.createTempDirectory("trino-policy-crash-");
        boolean clean = false;
        try (PostgresProcess postgres = PostgresProcess.start(directory.resolve("home"), directory.resolve("work"));
                CrashCluster cluster = CrashCluster.start(layout, directory.resolve("nodes"), postgres.database())) {
            CrashReport report = new CrashRun(cluster, Duration.ofSeconds(seconds), chosen, Duration.ofMillis(auditPromise), progress)
                    .run();
            progress.line(report.text());
            clean = report.findings().isEmpty();
        }
        finally {
            if (clean) {
                PrivateDirectory.delete(directory);
            }
            else {
                progress.line("Logs and store are kept in " + directory);
            }
        }
        return clean ? 0 : 1;
    }
}
