package io.github.trinopolicy.demo;

/// A step of the tour did not show what it claims.
final class TourFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TourFailedException(String step, Exception cause) {
        super("Step '%s' failed: %s".formatted(step, cause.getMessage()), cause);
    }
}
