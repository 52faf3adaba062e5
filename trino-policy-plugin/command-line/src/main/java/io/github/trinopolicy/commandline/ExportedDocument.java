package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.Kind;

/// A document as the server exports it.
record ExportedDocument(Kind kind, String name, String text) {
    ExportedDocument {
        requireNonNull(kind, "kind is null");
        requireNonNull(name, "name is null");
        requireNonNull(text, "text is null");
    }
}
