package io.github.trinopolicy.model;

import java.util.Optional;
import java.util.stream.Stream;

/// The kinds of documents of a bundle, in the order in which they refer to each other.
public enum Kind {
    TAG("Tag"),
    ATTRIBUTE("Attribute"),
    PURPOSE("Purpose"),
    GROUP("Group"),
    USER("User"),
    DATA_SOURCE("DataSource"),
    ATTRIBUTE_SOURCE("AttributeSource"),
    PROJECT("Project"),
    CLASSIFIER("Classifier"),
    POLICY("Policy");

    private final String documentName;

    Kind(String documentName) {
        this.documentName = documentName;
    }

    /// The name as it stands after `kind:` in a bundle, in the store and in metadata tables.
    public String documentName() {
        return documentName;
    }

    public static Optional<Kind> fromDocumentName(String name) {
        return Stream.of(values()).filter(kind -> kind.documentName.equals(name)).findFirst();
    }
}
