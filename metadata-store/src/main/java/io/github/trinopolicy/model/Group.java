package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Declares a group and the attributes that all of its members have; values are kept in order.
public record Group(String name, Optional<String> description, Map<String, List<AttributeValue>> attributes) implements PolicyObject {
    public Group {
        attributes = ImmutableSortedMap.copyOf(Maps.transformValues(attributes, ImmutableList::sortedCopyOf));
    }

    @Override
    public Kind kind() {
        return Kind.GROUP;
    }
}
