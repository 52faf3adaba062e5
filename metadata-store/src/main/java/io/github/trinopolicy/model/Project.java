package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.Set;

/// Users, data sources and purposes that belong together.
public record Project(String name, Optional<String> description, Principals owners, Set<String> purposes, Principals members,
        Set<ObjectName> dataSources, boolean maskedJoins, boolean equalized) implements PolicyObject {
    public Project {
        purposes = ImmutableSet.copyOf(purposes);
        dataSources = ImmutableSet.copyOf(dataSources);
    }

    @Override
    public Kind kind() {
        return Kind.PROJECT;
    }
}
