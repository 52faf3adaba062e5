package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Position;

/// Something that the bundle does not say, or says more strictly than the original.
///
/// @param position in the original text
/// @param what of the original
/// @param why it could not be carried over, and what the bundle does instead
/// @param remedy what a person can do
public record Unmigrated(Position position, String what, String why, String remedy) {
    public Unmigrated {
        requireNonNull(position, "position is null");
        requireNonNull(what, "what is null");
        requireNonNull(why, "why is null");
        requireNonNull(remedy, "remedy is null");
    }

    @Override
    public String toString() {
        return "%s: %s: %s; %s".formatted(position, what, why, remedy);
    }
}
