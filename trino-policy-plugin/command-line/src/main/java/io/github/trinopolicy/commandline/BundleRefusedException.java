package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

/// What the server found wrong with a bundle, with places in its text, line by line.
final class BundleRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BundleRefusedException(String message, Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
    }
}
