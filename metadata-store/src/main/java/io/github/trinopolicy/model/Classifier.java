package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// A detector of discovery that a governor wrote.
///
/// @param dictionary the words it looks for, kept in order
/// @param minShare the share of the values that must fit, above 0 and at most 1
public record Classifier(String name, Optional<String> description, String tag, Optional<String> pattern, Optional<List<String>> dictionary,
        Optional<String> columnName, double minShare) implements PolicyObject {
    public Classifier {
        dictionary = dictionary.map(ImmutableList::sortedCopyOf);
    }

    @Override
    public Kind kind() {
        return Kind.CLASSIFIER;
    }
}
