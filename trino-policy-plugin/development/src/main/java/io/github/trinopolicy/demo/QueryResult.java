package io.github.trinopolicy.demo;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.util.List;

/// Rows of a query as text, the way a user sees them.
record QueryResult(List<String> columns, List<List<String>> rows) {
    /// How an SQL NULL is shown.
    static final String NULL = "NULL";

    QueryResult {
        columns = ImmutableList.copyOf(columns);
        rows = rows.stream().map(ImmutableList::copyOf).collect(toImmutableList());
    }

    List<String> column(String name) {
        int index = columns.indexOf(name);
        checkArgument(index >= 0, "no column %s among %s", name, columns);
        return rows.stream().map(row -> row.get(index)).collect(toImmutableList());
    }

    /// The only value of a result of one row and one column.
    String single() {
        checkArgument(rows.size() == 1 && columns.size() == 1, "not a single value: %s rows of %s columns", rows.size(), columns.size());
        return rows.getFirst().getFirst();
    }

    /// All values, line by line.
    String text() {
        return Joiner.on(System.lineSeparator()).join(rows.stream().map(row -> Joiner.on(' ').join(row)).iterator());
    }
}
