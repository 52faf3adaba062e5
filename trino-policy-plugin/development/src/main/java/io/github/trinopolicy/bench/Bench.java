package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.crash.CrashCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command behind `./bench`.
@Command(name = "bench", usageHelpAutoWidth = true, description = {
        "Compares a baseline with its rivals in alternating runs, and prints the ratio of their times:",
        "median, smallest and largest over the rounds. Below 1 is faster than the baseline.",
        ""})
public final class Bench implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "SUITE", description = "Suites to run (default: all); 'list' shows them.")
    private List<String> names = ImmutableList.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each suite (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--write", paramLabel = "FILE", description = "Page whose generated part the results replace, such as docs/performance.md.")
    private Optional<Path> page = Optional.empty();

    // picocli reads it
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Print this text.")
    private boolean help;

    private final List<Suite> suites;
    private final PrintStream output = System.out;

    private Bench(List<Suite> suites) {
        this.suites = ImmutableList.copyOf(suites);
    }

    /// @param arguments the first is the directory of the source tree, the others are the user's
    public static void main(String[] arguments) {
        List<String> all = ImmutableList.copyOf(arguments);
        Path sourceTree = Path.of(all.getFirst());
        CommandLine command = new CommandLine(new Bench(Suites.all(sourceTree))).addSubcommand(new CrashCommand(sourceTree));
        command.setExecutionExceptionHandler((exception, line, _) -> {
            line.getErr().println("bench: " + exception.getMessage());
            return 1;
        });
        System.exit(command.execute(all.subList(1, all.size()).toArray(String[]::new)));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (names.equals(ImmutableList.of("list"))) {
            suites.forEach(suite -> output.println(suite.name() + "  " + suite.description()));
            return 0;
        }
        List<Suite> chosen = names.isEmpty() ? suites : names.stream().map(this::suite).collect(toImmutableList());
        Optional<PerformancePage> written = page.isPresent() ? Optional.of(PerformancePage.read(page.get())) : Optional.empty();
        String machine = Machine.current().toString();
        String command = "./bench --rounds %s %s".formatted(rounds, Joiner.on(' ').join(names)).stripTrailing();
        output.println("machine: " + machine);
        output.println("command: " + command);
        ImmutableList.Builder<SuiteReport> reports = ImmutableList.builder();
        for (Suite suite : chosen) {
            try (suite) {
                SuiteReport report = new SuiteReport(suite.name(), suite.description(), Comparison.run(suite, rounds));
                output.println();
                output.print(report.text());
                reports.add(report);
            }
        }
        if (written.isPresent()) {
            written.get().write(machine, command, reports.build());
        }
        return 0;
    }

    private Suite suite(String name) {
        checkArgument(suites.stream().anyMatch(suite -> suite.name().equals(name)), "there is no suite '%s'; ./bench list shows them",
                name);
        return suites.stream().filter(suite -> suite.name().equals(name)).findFirst().orElseThrow();
    }
}
