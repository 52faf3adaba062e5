package io.github.trinopolicy.commandline;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.util.List;

/// Why a command ends without its work being done, for whoever called it.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> lines;

    /// @param sentence what is wrong, and what to do
    CommandFailure(String sentence) {
        this(ImmutableList.of("error: " + sentence));
    }

    CommandFailure(String sentence, Throwable cause) {
        this(sentence);
        initCause(cause);
    }

    private CommandFailure(List<String> lines) {
        super(Joiner.on('\n').join(lines));
        this.lines = ImmutableList.copyOf(lines);
    }

    /// What is wrong with bundles: a line each, as compilers write them.
    static CommandFailure ofProblems(List<Problem> problems) {
        return new CommandFailure(problems.stream().map(Problem::toString).collect(ImmutableList.toImmutableList()));
    }

    List<String> lines() {
        return lines;
    }
}
