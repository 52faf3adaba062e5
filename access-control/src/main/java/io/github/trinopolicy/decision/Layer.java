package io.github.trinopolicy.decision;

/// Where a statement about an object comes from. Statements of all layers hold together.
public enum Layer {
    /// applied as a document
    BUNDLE,
    /// made by a procedure call; a bundle never takes it back
    CALL,
}
