package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkState;

import io.github.trinopolicy.development.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Looks at the store behind the back of the cluster. NULL is the empty text.
interface StoreReader {
    List<List<String>> read(String sql) throws SQLException;

    /// Thread-safe; each statement has a connection of its own, and sees what is committed.
    static StoreReader of(Database database) {
        return sql -> {
            try (Connection connection = database.connect()) {
                return read(connection, sql);
            }
        };
    }

    static List<List<String>> read(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return Answer.rows(result);
        }
    }

    /// The only value of a result of one row and one column.
    default String single(String sql) throws SQLException {
        List<List<String>> rows = read(sql);
        checkState(rows.size() == 1 && rows.getFirst().size() == 1, "not a single value: %s", sql);
        return rows.getFirst().getFirst();
    }
}
