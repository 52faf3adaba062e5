package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import java.util.Set;

/// What all members of an equalized project are entitled to, each of them.
public record CommonEntitlements(Set<String> groups, ImmutableSetMultimap<String, String> attributes) {
    public CommonEntitlements {
        groups = ImmutableSet.copyOf(groups);
        requireNonNull(attributes, "attributes is null");
    }

    /// Entitlements are confidential.
    @Override
    public String toString() {
        return "CommonEntitlements";
    }
}
