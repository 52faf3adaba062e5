package io.github.trinopolicy.commandline;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "validate", abbreviateSynopsis = true, description = "Checks files without a server.", footer = {"",
        "Checks the form of all documents and the texts of policies, and names what is neither declared nor registered in the files. "
                + "Tables, columns and what the server already knows are checked by plan.",
        "", "Exit code: 0 nothing is wrong, 1 something is."})
final class ValidateCommand extends Subcommand {
    @Mixin
    private final BundleArguments arguments = new BundleArguments();

    @Option(names = "--complete", description = "The files are everything there is: what they do not declare is an error, not a note")
    private boolean complete;

    ValidateCommand(ProgramEnvironment environment) {
        super(environment);
    }

    @Override
    int run(ProgramEnvironment environment, Output output) {
        BundleSet bundle = arguments.read(environment.in());
        OfflineCheck check = OfflineCheck.of(bundle);
        List<Problem> errors = new ArrayList<>(check.errors());
        if (complete) {
            errors.addAll(check.undeclared());
        }
        else {
            check.undeclared().forEach(problem -> output.note(new Problem(problem.file(), problem.position(), "note: " + problem.message())
                    .toString()));
        }
        if (!errors.isEmpty()) {
            throw CommandFailure.ofProblems(errors);
        }
        output.message("%s, nothing wrong".formatted(bundle.size() == 1 ? "1 document" : bundle.size() + " documents"));
        return NO_CHANGE;
    }
}
