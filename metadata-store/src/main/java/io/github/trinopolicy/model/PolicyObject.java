package io.github.trinopolicy.model;

import java.util.Optional;

/// One document of a bundle. `kind` and `name` together identify it.
public sealed interface PolicyObject
        permits Attribute, AttributeSource, Classifier, DataSource, Group, Policy, Project, Purpose, Tag, User {
    Kind kind();

    String name();

    Optional<String> description();
}
