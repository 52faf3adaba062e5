package io.github.trinopolicy.commandline;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rows that the server answered; all values are text or NULL.
record Answer(List<String> columns, List<List<@Nullable String>> rows) {
    Answer {
        columns = ImmutableList.copyOf(columns);
        List<List<@Nullable String>> copies = new ArrayList<>();
        for (List<@Nullable String> row : rows) {
            checkArgument(row.size() == columns.size(), "a row has %s values for %s columns", row.size(), columns.size());
            copies.add(Collections.unmodifiableList(new ArrayList<@Nullable String>(row)));
        }
        rows = Collections.unmodifiableList(copies);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// @throws IllegalArgumentException when the server's answer has no such column
    Optional<String> value(List<@Nullable String> row, String column) {
        int index = columns.indexOf(column);
        checkArgument(index >= 0, "the answer has no column %s", column);
        return Optional.ofNullable(row.get(index));
    }
}
