package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// All rows of a query, as text. NULL is the empty text; no value of this data is.
record Answer(String queryId, List<List<String>> rows) {
    Answer {
        requireNonNull(queryId, "queryId is null");
        rows = ImmutableList.copyOf(rows);
    }

    /// The rest of a result.
    static List<List<String>> rows(ResultSet result) throws SQLException {
        int width = result.getMetaData().getColumnCount();
        ImmutableList.Builder<List<String>> rows = ImmutableList.builder();
        while (result.next()) {
            ImmutableList.Builder<String> row = ImmutableList.builderWithExpectedSize(width);
            for (int column = 1; column <= width; column++) {
                row.add(Strings.nullToEmpty(result.getString(column)));
            }
            rows.add(row.build());
        }
        return rows.build();
    }
}
