package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What the program gets from whoever starts it.
///
/// @param terminals the streams that a person sits at
/// @param variables of the environment
/// @param passwordPrompt asks for a password without showing it; empty where nobody can be asked
public record ProgramEnvironment(InputStream in, PrintWriter out, PrintWriter err, Set<Stream> terminals, Map<String, String> variables,
        Function<String, Optional<String>> passwordPrompt) {
    /// The standard streams.
    public enum Stream {
        IN('i'),
        OUT('o'),
        ERR('e');

        private final char letter;

        Stream(char letter) {
            this.letter = letter;
        }

        /// By which the launcher names it.
        char letter() {
            return letter;
        }
    }

    public ProgramEnvironment {
        requireNonNull(in, "in is null");
        requireNonNull(out, "out is null");
        requireNonNull(err, "err is null");
        terminals = ImmutableSet.copyOf(terminals);
        variables = ImmutableMap.copyOf(variables);
        requireNonNull(passwordPrompt, "passwordPrompt is null");
    }

    /// Empty for one that is set to nothing, too.
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /// Variables may hold passwords.
    @Override
    public String toString() {
        return "ProgramEnvironment" + terminals;
    }
}
