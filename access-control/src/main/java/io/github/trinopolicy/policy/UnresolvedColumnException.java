package io.github.trinopolicy.policy;

/// A text reads a column, or a column with a tag, that the table does not have.
public final class UnresolvedColumnException extends RuntimeException {
    public UnresolvedColumnException(String message) {
        super(message);
    }
}
