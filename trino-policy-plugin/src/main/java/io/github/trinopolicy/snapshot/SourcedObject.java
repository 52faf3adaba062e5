package io.github.trinopolicy.snapshot;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.PolicyObject;
import java.util.Optional;

/// One layer of an object, decoded.
///
/// @param source the bundle that owns it
public record SourcedObject(PolicyObject object, Optional<String> source) {
    public SourcedObject {
        requireNonNull(object, "object is null");
        requireNonNull(source, "source is null");
    }
}
