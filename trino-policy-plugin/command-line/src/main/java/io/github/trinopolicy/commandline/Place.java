package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Position;

/// A place in a file.
record Place(String file, Position position) {
    Place {
        requireNonNull(file, "file is null");
        requireNonNull(position, "position is null");
    }

    @Override
    public String toString() {
        return "%s:%s:%s".formatted(file, position.line(), position.column());
    }
}
