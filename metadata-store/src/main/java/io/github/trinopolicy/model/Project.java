package io.github.trinopolicy.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Users, data sources and purposes that belong together.
public record Project(String name, Optional<String> description, Principals owners, Set<String> purposes, Principals members,
        Set<ObjectName> dataSources, boolean maskedJoins, boolean equalized) implements PolicyObject {
    public Project {
        purposes = ImmutableSet.copyOf(purposes);
        dataSources = ImmutableSet.copyOf(dataSources);
    }

    /// What keys of the project are bound to. It follows from the name, which is the identity of a project and never changes; a project that
    /// is made anew under a former name has the same one, and gets other keys.
    public UUID id() {
        return UUID.nameUUIDFromBytes(("project " + name).getBytes(UTF_8));
    }

    @Override
    public Kind kind() {
        return Kind.PROJECT;
    }
}
