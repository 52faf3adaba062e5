package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.AttributeReading;
import java.util.List;
import java.util.Map;

/// What one attribute source said when it was last read.
///
/// @param values of each user; never changes
public record ReadAttributes(AttributeReading reading, Map<String, List<String>> values) {
    public ReadAttributes {
        requireNonNull(reading, "reading is null");
        requireNonNull(values, "values is null");
    }

    List<String> of(String user) {
        return values.getOrDefault(user, ImmutableList.of());
    }

    /// Leaves the values out: they are entitlements.
    @Override
    public String toString() {
        return "ReadAttributes[%s]".formatted(reading);
    }
}
