package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/// What a data source says of one of its columns; naming a column approves it.
public record ColumnDescription(Set<String> tags) {
    public ColumnDescription {
        tags = ImmutableSortedSet.copyOf(tags);
    }
}
