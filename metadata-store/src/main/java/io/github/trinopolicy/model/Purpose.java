package io.github.trinopolicy.model;

import java.util.Optional;

/// A dotted path; using a child satisfies its parent.
public record Purpose(String name, Optional<String> description) implements PolicyObject {
    @Override
    public Kind kind() {
        return Kind.PURPOSE;
    }
}
