package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A database of a [TestingPostgres], dropped on close.
public final class TestingDatabase implements AutoCloseable {
    private final TestingPostgres postgres;
    private final String name;

    TestingDatabase(TestingPostgres postgres, String name) {
        this.postgres = requireNonNull(postgres, "postgres is null");
        this.name = requireNonNull(name, "name is null");
    }

    String name() {
        return name;
    }

    public String url() {
        return "jdbc:postgresql://localhost:%s/%s".formatted(postgres.port(), name);
    }

    public StoreConfig config() {
        return new StoreConfig().setUrl(url()).setUser("postgres");
    }

    /// Migrates when needed.
    public PolicyStore openStore() {
        return new PolicyStoreFactory(config()).migrateAndOpen();
    }

    public void execute(String sql) {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first column of the result as text; NULL as `null`.
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ImmutableList.Builder<String> rows = ImmutableList.builder();
            while (result.next()) {
                rows.add(String.valueOf(result.getString(1)));
            }
            return rows.build();
        }
        catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        postgres.execute("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
    }

    private Connection connect()
            throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "");
    }
}
