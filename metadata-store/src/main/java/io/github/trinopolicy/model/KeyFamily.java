package io.github.trinopolicy.model;

/// Data keys of different families are independent of each other.
public enum KeyFamily {
    HASH,
    REVERSIBLE,
    FORMAT_PRESERVING,
    RANDOMIZED_RESPONSE,
    MINIMIZE,
    FINGERPRINT,
}
