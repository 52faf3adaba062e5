package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.development.Cluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One user's connection to the demo.
final class Session implements AutoCloseable {
    private final String user;
    private final Connection connection;

    private Session(String user, Connection connection) {
        this.user = requireNonNull(user, "user is null");
        this.connection = requireNonNull(connection, "connection is null");
    }

    static Session open(Cluster cluster, String user) throws SQLException {
        return new Session(user, cluster.connect(user));
    }

    String user() {
        return user;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    QueryResult query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            int width = rows.getMetaData().getColumnCount();
            List<String> columns = new ArrayList<>();
            for (int column = 1; column <= width; column++) {
                columns.add(rows.getMetaData().getColumnLabel(column));
            }
            List<List<String>> values = new ArrayList<>();
            while (rows.next()) {
                String[] row = new String[width];
                for (int column = 1; column <= width; column++) {
                    Object value = rows.getObject(column);
                    row[column - 1] = value == null ? QueryResult.NULL : value.toString();
                }
                values.add(Arrays.asList(row));
            }
            return new QueryResult(columns, values);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
