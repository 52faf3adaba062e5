package io.github.trinopolicy.store;

/// The layers of one object. A bundle never touches what was added by calls, and the other way round.
public enum Origin {
    BUNDLE,
    CALL,
}
