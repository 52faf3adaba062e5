package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.Position;
import java.util.Optional;

/// Something that is wrong with a file, or worth a note.
///
/// @param file as its user named it; absent for what is in no file
record Problem(Optional<String> file, Optional<Position> position, String message) {
    Problem {
        requireNonNull(file, "file is null");
        requireNonNull(position, "position is null");
        requireNonNull(message, "message is null");
    }

    static Problem at(Place place, String message) {
        return new Problem(Optional.of(place.file()), Optional.of(place.position()), message);
    }

    static Problem of(String file, Optional<Position> position, String message) {
        return new Problem(Optional.of(file), position, message);
    }

    static Problem nowhere(String message) {
        return new Problem(Optional.empty(), Optional.empty(), message);
    }

    /// `path:line:column: message`, which editors and pipelines know how to read.
    @Override
    public String toString() {
        String place = file.map(name -> name + position.map(it -> ":%s:%s".formatted(it.line(), it.column())).orElse("")).orElse("error");
        return place + ": " + message;
    }
}
