package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

/// Something about a policy that its author should know, found without a user and without data.
///
/// @param message ends before the name of the object
/// @param object the table or column in question
public record Finding(String policy, String message, String object) {
    public Finding {
        requireNonNull(policy, "policy is null");
        requireNonNull(message, "message is null");
        requireNonNull(object, "object is null");
    }
}
