package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// A detector of discovery that a governor wrote.
public record Classifier(String name, Optional<String> description, String tag, Optional<String> pattern, Optional<List<String>> dictionary,
        Optional<String> columnName, double minShare) implements PolicyObject {
    public Classifier {
        dictionary = dictionary.map(ImmutableList::copyOf);
    }

    @Override
    public Kind kind() {
        return Kind.CLASSIFIER;
    }
}
