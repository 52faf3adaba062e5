package io.github.trinopolicy.store;

/// What sort of work is done on schedule.
public enum JobKind {
    /// a lookup table is read into attributes
    ATTRIBUTE_SOURCE,
}
