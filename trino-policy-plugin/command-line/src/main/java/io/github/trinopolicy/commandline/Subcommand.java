package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// What all commands have in common: their result is an exit code, and a failure is a sentence and never a stack trace.
abstract class Subcommand implements Callable<Integer> {
    /// Nothing would change, or has changed.
    static final int NO_CHANGE = 0;
    /// The command could not do its work.
    static final int ERROR = 1;
    /// Something would change, or has changed.
    static final int CHANGES = 2;

    @Mixin
    private final OutputOptions outputOptions = new OutputOptions();

    private final ProgramEnvironment environment;

    Subcommand(ProgramEnvironment environment) {
        this.environment = requireNonNull(environment, "environment is null");
    }

    /// @return the exit code
    /// @throws CommandFailure when the work cannot be done
    abstract int run(ProgramEnvironment environment, Output output);

    @Override
    public final Integer call() {
        Output output = new Output(environment, outputOptions);
        try {
            return run(environment, output);
        }
        catch (CommandFailure e) {
            output.failure(e);
        }
        catch (BundleRefusedException e) {
            output.failure(new CommandFailure(String.valueOf(e.getMessage()), e));
        }
        catch (RuntimeException e) {
            output.failure(new CommandFailure("something that nobody foresaw went wrong (%s: %s): run again with --debug and report it"
                    .formatted(e.getClass().getSimpleName(), e.getMessage()), e));
        }
        finally {
            environment.out().flush();
        }
        return ERROR;
    }
}
