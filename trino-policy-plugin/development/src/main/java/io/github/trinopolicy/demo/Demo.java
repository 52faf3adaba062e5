package io.github.trinopolicy.demo;

import static com.google.common.base.Preconditions.checkState;

import io.github.trinopolicy.development.Cluster;
import io.github.trinopolicy.development.Database;
import io.github.trinopolicy.development.LocalPort;
import io.github.trinopolicy.development.NodeFailedException;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command behind `./demo`.
@Command(name = "demo", sortOptions = false, usageHelpAutoWidth = true, description = {
        "Starts PostgreSQL, a Trino coordinator and workers with the policy plugin, loads sample data and policies.",
        "Without --serve it shows on a tour what they do, and ends with 0 only if every step held.",
        ""}, footer = {
                "",
                "Users: admin (administrates, exempt from policies), alice (analyst), bob (analyst and support). No passwords;",
                "the server is reachable from this machine only."})
public final class Demo implements Callable<Integer> {
    private static final int DEFAULT_HTTP_PORT = 8080;

    @Option(names = "--serve", description = "Stay up until SIGINT or SIGTERM; prints READY with the address when queries run.")
    private boolean serve;

    @Option(names = "--http-port", paramLabel = "N", defaultValue = Option.NULL_VALUE, description = "Port of the coordinator (default with --serve: 8080, else a free one).")
    private Optional<Integer> httpPort = Optional.empty();

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1", description = "Number of workers (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = Option.NULL_VALUE, description = "Keep the state in this directory (default: a temporary one, deleted at the end).")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--postgres-url", paramLabel = "URL", defaultValue = Option.NULL_VALUE, description = "Use this database, like jdbc:postgresql://host:5432/name?user=u (default: an embedded server).")
    private Optional<String> postgresUrl = Optional.empty();

    @Option(names = "--postgres-user", paramLabel = "USER", defaultValue = Option.NULL_VALUE, description = "Account of --postgres-url.")
    private Optional<String> postgresUser = Optional.empty();

    @Option(names = "--postgres-password", paramLabel = "PASSWORD", defaultValue = "${env:PGPASSWORD:-" + Option.NULL_VALUE
            + "}", description = "Its password; better given in the environment variable PGPASSWORD.")
    private Optional<String> postgresPassword = Optional.empty();

    @Option(names = "--ungoverned", description = "With --serve: start without the policy plugin, to see the difference.")
    private boolean ungoverned;

    // picocli reads it
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Print this text.")
    private boolean help;

    private final Path sourceTree;
    private final Progress progress = new Progress(System.out);

    private Demo(Path sourceTree) {
        this.sourceTree = sourceTree;
    }

    /// @param arguments the first is the directory of the source tree, the others are the user's
    public static void main(String[] arguments) {
        String[] options = new String[arguments.length - 1];
        System.arraycopy(arguments, 1, options, 0, options.length);
        CommandLine command = new CommandLine(new Demo(Path.of(arguments[0])));
        command.setExecutionExceptionHandler((exception, line, _) -> {
            line.getErr().println("demo: " + (isForTheUser(exception) ? exception.getMessage() : exception.toString()));
            if (!isForTheUser(exception)) {
                exception.printStackTrace(line.getErr());
            }
            return 1;
        });
        System.exit(command.execute(options));
    }

    private static boolean isForTheUser(Exception exception) {
        return exception instanceof IllegalStateException || exception instanceof IllegalArgumentException
                || exception instanceof NodeFailedException || exception instanceof TourFailedException;
    }

    @Override
    public Integer call() throws Exception {
        checkState(serve || !ungoverned, "Options: --ungoverned needs --serve; without policies there is nothing to show");
        ServerLayout layout = ServerLayout.ofSourceTree(sourceTree);
        DemoServer server = new DemoServer(layout, data, database(), port(), workers, !ungoverned);
        // to be stopped by a signal is how a served demo ends in order; a tour that is stopped has shown nothing
        OrderlyStop stop = OrderlyStop.arm(serve ? 0 : 130);
        try (OpenResources resources = new OpenResources()) {
            Cluster cluster = server.start(resources, progress);
            if (serve) {
                serve(cluster);
            }
            tour(cluster, layout);
        }
        finally {
            stop.disarm();
        }
        progress.line("");
        progress.step("Every step held. To try it yourself: ./demo --serve");
        return 0;
    }

    private Optional<Database> database() {
        return postgresUrl.map(url -> Database.parse(url, postgresUser, postgresPassword));
    }

    private OptionalInt port() {
        OptionalInt port = httpPort.map(OptionalInt::of).orElse(serve ? OptionalInt.of(DEFAULT_HTTP_PORT) : OptionalInt.empty());
        port.ifPresent(number -> checkState(LocalPort.isFree(number), "HTTP port: %s is in use; choose another with --http-port", number));
        return port;
    }

    private void serve(Cluster cluster) throws InterruptedException {
        progress.line("READY " + cluster.uri());
        progress.line("""

                Connect as admin, alice or bob:
                  Trino CLI   trino --server %s --user alice --catalog lake --schema shop
                  JDBC        %s/lake/shop?user=alice
                Stop with Ctrl-C.""".formatted(cluster.uri(), cluster.jdbcUrl()));
        // only a signal ends this
        new CountDownLatch(1).await();
    }

    private void tour(Cluster cluster, ServerLayout layout) throws Exception {
        try (Session admin = Session.open(cluster, DemoServer.ADMINISTRATOR);
                Session alice = Session.open(cluster, "alice");
                Session bob = Session.open(cluster, "bob")) {
            new Tour(admin, alice, bob, new PolicyAdministration(admin, layout.policies()), progress).run();
        }
    }
}
