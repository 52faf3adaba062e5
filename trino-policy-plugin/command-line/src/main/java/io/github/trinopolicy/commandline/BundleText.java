package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

/// The text of a file.
///
/// @param file as its user named it
record BundleText(String file, String text) {
    BundleText {
        requireNonNull(file, "file is null");
        requireNonNull(text, "text is null");
    }
}
