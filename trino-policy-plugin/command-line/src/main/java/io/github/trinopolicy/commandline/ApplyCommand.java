package io.github.trinopolicy.commandline;

import io.github.trinopolicy.commandline.PolicyService.UploadedBundle;
import io.github.trinopolicy.commandline.ProgramEnvironment.Stream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "apply", abbreviateSynopsis = true, description = "Makes the store say what files say.", footer = {"",
        "Shows the plan first and asks. All or nothing. Needs an administrator.", "",
        "Exit code: 0 nothing has changed, 2 something has (with --dry-run: would), 1 error."})
final class ApplyCommand extends ServerCommand {
    @Mixin
    private final BundleArguments arguments = new BundleArguments();

    @Option(names = "--source", required = true, paramLabel = "<name>", description = "Name of the bundle, such as its repository; its "
            + "objects belong to it")
    private String source = "";

    @Option(names = "--reason", required = true, paramLabel = "<text>", description = "Why; kept in the history")
    private String reason = "";

    @Option(names = "--prune", description = "Remove objects of this source, of the kinds that the files hold, that the files no longer name")
    private boolean prune;

    @Option(names = "--dry-run", description = "Show the plan and stop")
    private boolean dryRun;

    @Option(names = {"-y", "--yes"}, description = "Do not ask")
    private boolean yes;

    ApplyCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment, services);
    }

    @Override
    ServerWork prepare(ProgramEnvironment environment, Output output) {
        if (source.isBlank() || reason.isBlank()) {
            throw new CommandFailure("--source and --reason must not be empty");
        }
        if (!yes && !dryRun && !(environment.terminals().contains(Stream.IN) && environment.terminals().contains(Stream.ERR))) {
            throw new CommandFailure("apply asks before it changes anything, and there is no terminal to ask on: pass --yes");
        }
        if (!yes && !dryRun && arguments.usesStandardInput()) {
            throw new CommandFailure("apply asks on the standard input, where the files come from: pass --yes");
        }
        JoinedBundle bundle = JoinedBundle.of(arguments.read(environment.in()));
        return (service, address) -> BundleUpload.use(service, bundle, output, uploaded -> apply(uploaded, address, environment, output));
    }

    private int apply(UploadedBundle bundle, ServerAddress address, ProgramEnvironment environment, Output output) {
        Plan plan = bundle.plan(prune, Optional.of(source));
        plan.print(output);
        output.line(Colour.HEADING, plan.summary());
        if (!plan.changesSomething()) {
            return NO_CHANGE;
        }
        if (dryRun) {
            return CHANGES;
        }
        // the plan must be seen before the question
        environment.out().flush();
        if (!yes && !confirmed(environment, output, "Apply this at %s? [y/N] ".formatted(address))) {
            throw new CommandFailure("nothing was applied");
        }
        output.message("Applied; the policies are those of version %s now.".formatted(bundle.apply(prune, source, reason)));
        return CHANGES;
    }

    private static boolean confirmed(ProgramEnvironment environment, Output output, String question) {
        output.ask(question);
        try {
            @Nullable
            String answer = new BufferedReader(new InputStreamReader(environment.in(), Charset.defaultCharset())).readLine();
            return answer != null && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
        }
        catch (IOException e) {
            throw new CommandFailure("the answer cannot be read: %s".formatted(FailureSentences.reason(e)), e);
        }
    }
}
