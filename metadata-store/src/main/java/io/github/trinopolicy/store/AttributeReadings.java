package io.github.trinopolicy.store;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.ReadAttribute;
import java.util.List;

/// What attribute sources said, or what changed in it. Lists are ordered by their identifying fields.
///
/// @param removed sources of which nothing counts any more; only among changes
/// @param attributes of each user; among changes, those with no values are gone
public record AttributeReadings(List<AttributeReading> readings, List<String> removed, List<ReadAttribute> attributes) {
    public static final AttributeReadings NONE = new AttributeReadings(ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

    public AttributeReadings {
        readings = ImmutableList.copyOf(readings);
        removed = ImmutableList.copyOf(removed);
        attributes = ImmutableList.copyOf(attributes);
    }
}
