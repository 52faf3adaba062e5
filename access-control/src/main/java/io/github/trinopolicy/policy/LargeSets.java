package io.github.trinopolicy.policy;

import java.util.Set;
import java.util.UUID;

/// Gives references to sets of values that are too large for literals; an expression carries the reference alone. Thread-safe.
public interface LargeSets {
    /// A reference that says nothing of the values to whoever reads it, not even that another user has the same ones. Does no I/O.
    ///
    /// @param user whose entitlements the values are
    /// @param values written as the literals of the column's type are
    UUID reference(String user, Set<String> values);
}
