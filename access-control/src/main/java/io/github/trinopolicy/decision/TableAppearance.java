package io.github.trinopolicy.decision;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.Policy.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a table looks to a user, in words to be compared: without keys, and without the policies that make it so.
///
/// @param level empty: no access
/// @param filters what every row must fulfil, in order, each once
/// @param columns by name: `raw`, the type of the mask, or by which condition which of them
public record TableAppearance(Optional<Level> level, List<String> filters, Map<String, String> columns) {
    public TableAppearance {
        requireNonNull(level, "level is null");
        filters = ImmutableList.copyOf(filters);
        columns = ImmutableMap.copyOf(columns);
    }
}
