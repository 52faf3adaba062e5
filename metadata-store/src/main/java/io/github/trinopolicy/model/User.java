package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is said of one user. Users need no declaration; a user of whom nothing is said has no entitlement of the store.
/// Memberships and values are kept in order, so that equal users are equal records.
public record User(String name, Optional<String> description, List<Membership> groups, Map<String, List<AttributeValue>> attributes)
        implements
            PolicyObject {
    public User {
        groups = ImmutableList.sortedCopyOf(groups);
        attributes = ImmutableSortedMap.copyOf(Maps.transformValues(attributes, ImmutableList::sortedCopyOf));
    }

    @Override
    public Kind kind() {
        return Kind.USER;
    }
}
