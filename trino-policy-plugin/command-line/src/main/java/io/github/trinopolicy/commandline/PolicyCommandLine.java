package io.github.trinopolicy.commandline;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import io.github.trinopolicy.commandline.ProgramEnvironment.Stream;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The program `policy`.
@Command(name = "policy", description = "Checks, shows and applies the policies of a Trino.", versionProvider = ProgramVersion.class, mixinStandardHelpOptions = true, subcommands = HelpCommand.class, synopsisSubcommandLabel = "COMMAND", footer = {
        "",
        "policy COMMAND --help tells the options of a command.", "", "Exit code: 0 no change, 2 changes, 1 error."})
public final class PolicyCommandLine {
    /// Set by the launcher, which alone can tell: the streams that are terminals, as letters `i`, `o`, `e`.
    private static final String TERMINALS = "policy.terminals";

    private static final int USAGE_WIDTH = 110;

    private PolicyCommandLine() {
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        // what libraries print is no part of a result
        System.setOut(System.err);
        String letters = System.getProperty(TERMINALS, "");
        ImmutableSet.Builder<Stream> terminals = ImmutableSet.builder();
        for (Stream stream : Stream.values()) {
            if (letters.indexOf(stream.letter()) >= 0) {
                terminals.add(stream);
            }
        }
        ProgramEnvironment environment = new ProgramEnvironment(System.in, out, err, terminals.build(), System.getenv(),
                PolicyCommandLine::password);
        System.exit(execute(environment, arguments));
    }

    /// Runs a command and returns its exit code.
    public static int execute(ProgramEnvironment environment, String... arguments) {
        int exitCode = create(environment, TrinoPolicyService::connect).execute(arguments);
        environment.out().flush();
        environment.err().flush();
        return exitCode;
    }

    private static Optional<String> password(String prompt) {
        return Optional.ofNullable(System.console()).flatMap(console -> Optional.ofNullable(console.readPassword("%s", prompt)))
                .map(String::new);
    }

    static CommandLine create(ProgramEnvironment environment, PolicyServices services) {
        CommandLine commandLine = new CommandLine(new PolicyCommandLine())
                .addSubcommand(new ValidateCommand(environment))
                .addSubcommand(new PlanCommand(environment, services))
                .addSubcommand(new ApplyCommand(environment, services))
                .addSubcommand(new ImpactCommand(environment, services))
                .addSubcommand(new ExplainCommand(environment, services))
                .addSubcommand(new ExportCommand(environment, services))
                .addSubcommand(new MigrateCommand(environment))
                .addSubcommand(new CompletionCommand(environment))
                .setOut(environment.out())
                .setErr(environment.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(USAGE_WIDTH)
                .setParameterExceptionHandler(new WrongArguments());
        // 2, which picocli would take, means changes
        for (CommandLine command : Iterables.concat(ImmutableList.of(commandLine), commandLine.getSubcommands().values())) {
            command.getCommandSpec().exitCodeOnInvalidInput(Subcommand.ERROR).exitCodeOnExecutionException(Subcommand.ERROR);
        }
        return commandLine;
    }
}
