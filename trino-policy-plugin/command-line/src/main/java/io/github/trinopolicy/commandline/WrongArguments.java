package io.github.trinopolicy.commandline;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with the arguments of a command. What is no option is not repeated: it may be a password at a wrong place.
final class WrongArguments implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println("error: " + sentence(failure));
        err.println("'%s --help' tells what it takes".formatted(failure.getCommandLine().getCommandSpec().qualifiedName()));
        err.flush();
        return Subcommand.ERROR;
    }

    private static String sentence(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            List<String> suggestions = unmatched.getSuggestions();
            String suggestion = suggestions.isEmpty() ? "" : " (did you mean '%s'?)".formatted(suggestions.getFirst());
            return first.startsWith("-")
                    ? "there is no option '%s'%s".formatted(first.replaceFirst("=.*", ""), suggestion)
                    : "there is an argument too many, or no such command" + suggestion;
        }
        return String.valueOf(failure.getMessage());
    }
}
