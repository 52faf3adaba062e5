package io.github.trinopolicy.impact;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One line of what a change does.
///
/// @param users names of those for whom it does; of more than a few, how many more there are
/// @param column empty: access to the whole object, or its rows
public record ImpactRow(String users, String object, Optional<String> column, String before, String after) {
    public static final List<String> COLUMNS = ImmutableList.of("user_name", "object", "column_name", "before", "after");

    public List<@Nullable String> row() {
        return Arrays.asList(users, object, column.orElse(null), before, after);
    }
}
