package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.PolicyObject;
import java.util.Optional;

/// One document of a bundle.
///
/// @param takeOver whether the document claims an object that belongs to another source
/// @param position where the document begins; absent when it was not read from a bundle
public record BundleDocument(PolicyObject object, SourceMap source, boolean takeOver, Optional<Position> position) {
    public BundleDocument {
        requireNonNull(object, "object is null");
        requireNonNull(source, "source is null");
        requireNonNull(position, "position is null");
    }
}
