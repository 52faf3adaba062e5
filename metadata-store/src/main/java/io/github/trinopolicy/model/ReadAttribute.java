package io.github.trinopolicy.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;

/// What an attribute source says of one user.
///
/// @param source name of the attribute source
/// @param values distinct and in order; empty when it says nothing of the user any more
public record ReadAttribute(String source, String user, List<String> values) {
    public ReadAttribute {
        requireNonNull(source, "source is null");
        requireNonNull(user, "user is null");
        values = ImmutableList.sortedCopyOf(ImmutableSet.copyOf(values));
    }

    /// Leaves the values out: they are entitlements.
    @Override
    public String toString() {
        return "ReadAttribute[%s, %s]".formatted(source, user);
    }
}
