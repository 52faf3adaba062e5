package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Position;

/// A line for `etc/catalog/policy.properties` that belongs to the bundle. It is a proposal; nothing sets it.
///
/// @param position in the original text of what asks for it
/// @param property the line to write
/// @param why what it does, and where it differs from the original
public record Setting(Position position, String property, String why) {
    public Setting {
        requireNonNull(position, "position is null");
        requireNonNull(property, "property is null");
        requireNonNull(why, "why is null");
    }

    @Override
    public String toString() {
        return "%s: %s: %s".formatted(position, property, why);
    }
}
