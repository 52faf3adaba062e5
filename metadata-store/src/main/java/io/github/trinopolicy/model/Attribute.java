package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// Declares the name of a user attribute.
///
/// @param values the closed list of values, kept in order; empty when every value is allowed
public record Attribute(String name, Optional<String> description, Optional<List<String>> values) implements PolicyObject {
    public Attribute {
        values = values.map(ImmutableList::sortedCopyOf);
    }

    public boolean allows(String value) {
        return values.map(list -> list.contains(value)).orElse(true);
    }

    @Override
    public Kind kind() {
        return Kind.ATTRIBUTE;
    }
}
