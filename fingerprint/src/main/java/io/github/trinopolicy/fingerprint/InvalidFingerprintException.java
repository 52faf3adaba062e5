package io.github.trinopolicy.fingerprint;

import static java.util.Objects.requireNonNull;

/// A text that is no fingerprint of a known format.
public final class InvalidFingerprintException extends RuntimeException {
    InvalidFingerprintException(String message) {
        super(requireNonNull(message, "message is null"));
    }
}
