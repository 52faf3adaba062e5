package io.github.trinopolicy.policy;

/// A user has more values of an attribute, or groups, than a column can be compared with.
public final class TooManyValuesException extends RuntimeException {
    public TooManyValuesException(String message) {
        super(message);
    }
}
