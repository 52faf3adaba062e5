package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableSet;
import java.util.Set;

/// Selects tables: any of the tags, any of the objects or what lies within them, or all.
public record ObjectSelector(Set<String> tags, Set<ObjectName> dataSources, boolean all) {
    public ObjectSelector {
        tags = ImmutableSet.copyOf(tags);
        dataSources = ImmutableSet.copyOf(dataSources);
    }
}
