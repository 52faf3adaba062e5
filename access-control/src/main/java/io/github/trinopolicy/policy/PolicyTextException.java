package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

/// A policy text that is not allowed, with the place within the text. The message is a sentence for whoever wrote it.
public final class PolicyTextException extends RuntimeException {
    private final int line;
    private final int column;

    public PolicyTextException(String message, int line, int column) {
        super(requireNonNull(message, "message is null"));
        this.line = line;
        this.column = column;
    }

    /// Line within the text, from 1.
    public int line() {
        return line;
    }

    /// Column within the line, from 1.
    public int column() {
        return column;
    }
}
