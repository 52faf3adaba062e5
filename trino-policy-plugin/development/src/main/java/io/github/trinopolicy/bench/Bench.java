package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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

    // picocli reads it
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Print this text.")
    private boolean help;

    private final List<Suite> suites;
    private final PrintStream output = System.out;

    private Bench(List<Suite> suites) {
        this.suites = ImmutableList.copyOf(suites);
    }

    /// Here suites register.
    private static List<Suite> suites(Path sourceTree) {
        return ImmutableList.of(
                JmhSuite.of("hash", "the hash mask per value, against a kept javax.crypto.Mac", sourceTree.resolve("functions"),
                        "io.github.trinopolicy.masking.BenchmarkHash", "keptMacAndHexFormat",
                        "hashOfVarchar", "hashOfShortVarchar", "hashOfBigint", "hashOfInteger"),
                JmhSuite.of("decision",
                        "filter and masks of a table of 100 columns under 1,000 rules, against Trino's file-based access control",
                        sourceTree.resolve("access-control"), "io.github.trinopolicy.decision.BenchmarkDecision", "fileBasedAccessControl",
                        "policies"),
                JmhSuite.of("impact",
                        "what a mask would do to 10,000 users under 1,000 policies: on each of 1,000 tables, against on one",
                        sourceTree.resolve("access-control"), "io.github.trinopolicy.impact.BenchmarkImpact", "everyTable", "oneTable"));
    }

    /// @param arguments the first is the directory of the source tree, the others are the user's
    public static void main(String[] arguments) {
        List<String> all = ImmutableList.copyOf(arguments);
        CommandLine command = new CommandLine(new Bench(suites(Path.of(all.getFirst()))));
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
        output.println("machine: " + Machine.current());
        output.println("command: ./bench --rounds %s %s".formatted(rounds, Joiner.on(' ').join(names)).stripTrailing());
        for (Suite suite : chosen) {
            report(suite, Comparison.run(suite, rounds));
        }
        return 0;
    }

    private Suite suite(String name) {
        checkArgument(suites.stream().anyMatch(suite -> suite.name().equals(name)), "there is no suite '%s'; ./bench list shows them",
                name);
        return suites.stream().filter(suite -> suite.name().equals(name)).findFirst().orElseThrow();
    }

    private void report(Suite suite, Comparison comparison) {
        output.println();
        output.println("%s: %s".formatted(suite.name(), suite.description()));
        output.println(line("", "ns per operation", "times the baseline"));
        output.println(line(suite.baseline().name(), comparison.baseline().toString(), "1 (baseline)"));
        for (Comparison.Rival rival : comparison.rivals()) {
            output.println(line(rival.name(), rival.time().toString(), rival.ratio().toString()));
        }
    }

    private static String line(String name, String time, String ratio) {
        return String.format(Locale.ROOT, "  %-32s %-36s %s", name, time, ratio);
    }
}
