package io.github.trinopolicy.model;

import java.util.Optional;

/// A dotted path; `PII.Email` is a child of `PII`.
public record Tag(String name, Optional<String> description) implements PolicyObject {
    @Override
    public Kind kind() {
        return Kind.TAG;
    }
}
