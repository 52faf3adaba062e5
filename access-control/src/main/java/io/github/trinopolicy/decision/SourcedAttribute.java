package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AttributeValue;

/// A value of an attribute that a user has by an attribute source.
///
/// @param source name of the attribute source
/// @param value expires when the source has not been read for too long
public record SourcedAttribute(String source, String attribute, AttributeValue value) {
    public SourcedAttribute {
        requireNonNull(source, "source is null");
        requireNonNull(attribute, "attribute is null");
        requireNonNull(value, "value is null");
    }
}
