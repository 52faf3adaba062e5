package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/// Users and groups by name.
public record Principals(Set<String> users, Set<String> groups) {
    public static final Principals NONE = new Principals(Set.of(), Set.of());

    public Principals {
        users = ImmutableSortedSet.copyOf(users);
        groups = ImmutableSortedSet.copyOf(groups);
    }

    public boolean isEmpty() {
        return users.isEmpty() && groups.isEmpty();
    }

    public boolean contains(String user, Set<String> userGroups) {
        return users.contains(user) || userGroups.stream().anyMatch(groups::contains);
    }
}
