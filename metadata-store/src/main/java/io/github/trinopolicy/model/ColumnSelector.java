package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.Set;

/// Selects columns by any of `names`, `pattern`, `tags`, `in`; narrowed by `types` and `not`.
///
/// @param pattern regular expression for the whole column name
/// @param types names of Trino types without their arguments
public record ColumnSelector(Set<ColumnName> names, Optional<String> pattern, Set<String> tags, Set<ObjectName> in, Set<String> types,
        Optional<ColumnSelector> not) {
    public ColumnSelector {
        names = ImmutableSet.copyOf(names);
        tags = ImmutableSet.copyOf(tags);
        in = ImmutableSet.copyOf(in);
        types = ImmutableSet.copyOf(types);
    }
}
