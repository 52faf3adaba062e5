package io.github.trinopolicy.model;

/// What becomes of a column that nobody has described yet.
public enum NewColumns {
    /// NULL until approved
    MASK,
    /// shown as soon as it has a tag
    TAGGED_ONLY,
    /// shown, subject to the policies that select it
    ALLOW,
}
