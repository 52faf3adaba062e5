package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "completion", description = "Prints a script that completes commands and options in bash and zsh.", footer = {"",
        "source <(policy completion)"})
final class CompletionCommand extends Subcommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(ProgramEnvironment environment) {
        super(environment);
    }

    @Override
    int run(ProgramEnvironment environment, Output output) {
        CommandSpec root = requireNonNull(spec.parent(), "completion is a subcommand");
        output.raw(AutoComplete.bash(root.name(), root.commandLine()));
        return NO_CHANGE;
    }
}
