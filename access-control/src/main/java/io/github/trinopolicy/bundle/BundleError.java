package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// One thing that is wrong with a bundle.
///
/// @param message a sentence for the author of the bundle, on one line
public record BundleError(Optional<Position> position, String message) {
    public BundleError {
        requireNonNull(position, "position is null");
        requireNonNull(message, "message is null");
    }

    @Override
    public String toString() {
        return position.map(place -> place + ": " + message).orElse(message);
    }
}
