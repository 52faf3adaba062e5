package io.github.trinopolicy.masking;

/// A pattern is no regular expression.
public final class InvalidPatternException extends RuntimeException {
    InvalidPatternException(Throwable cause) {
        super(cause.getMessage() == null ? "the pattern cannot be read" : cause.getMessage(), cause);
    }
}
