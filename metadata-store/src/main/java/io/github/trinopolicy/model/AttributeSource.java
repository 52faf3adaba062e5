package io.github.trinopolicy.model;

import java.time.Duration;
import java.util.Optional;

/// A lookup table read on schedule into the attribute `attribute`.
///
/// @param query returns two columns: user name and value
public record AttributeSource(String name, Optional<String> description, String query, String attribute, Duration interval)
        implements
            PolicyObject {
    @Override
    public Kind kind() {
        return Kind.ATTRIBUTE_SOURCE;
    }
}
