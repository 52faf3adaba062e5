package io.github.trinopolicy.masking;

/// A replacement does not read, or does not fit its pattern.
public final class InvalidReplacementException extends RuntimeException {
    InvalidReplacementException(String message) {
        super(message);
    }
}
