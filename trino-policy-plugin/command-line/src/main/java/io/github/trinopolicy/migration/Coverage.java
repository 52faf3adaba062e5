package io.github.trinopolicy.migration;

/// Whether a rule is for an object. What lies in a catalog or schema but has no name here is one object in this sense.
enum Coverage {
    YES,
    NO,
    /// for some of what it stands for, or nobody can tell
    MAYBE;

    Coverage and(Coverage other) {
        if (this == NO || other == NO) {
            return NO;
        }
        return this == YES && other == YES ? YES : MAYBE;
    }
}
