package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

/// A part of a bundle that waits to be applied.
///
/// @param part its place in the bundle, from 1
public record StagedPart(int part, String content) {
    public StagedPart {
        requireNonNull(content, "content is null");
    }

    /// Leaves the text out: it may hold entitlements.
    @Override
    public String toString() {
        return "StagedPart[%s]".formatted(part);
    }
}
