package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.PolicyObject;

/// One layer of an object, as the store keeps it.
public record LayeredObject(Layer layer, PolicyObject object) {
    public LayeredObject {
        requireNonNull(layer, "layer is null");
        requireNonNull(object, "object is null");
    }
}
