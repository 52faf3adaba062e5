package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestPostgresProcess {
    @TempDir
    private Path directory;

    @Test
    void testDataPersist() throws Exception {
        Path home = directory.resolve("home");
        try (PostgresProcess postgres = PostgresProcess.start(home, directory.resolve("first"));
                Connection connection = postgres.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept AS SELECT 42 AS x");
        }
        assertThat(home.resolve("data").resolve("postmaster.pid")).doesNotExist();

        try (PostgresProcess postgres = PostgresProcess.start(home, directory.resolve("second"));
                Connection connection = postgres.database().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT x, current_setting('fsync') FROM kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
            assertThat(rows.getString(2)).isEqualTo("on");
        }
    }

    @Test
    void testPasswordIsAsked() throws Exception {
        try (PostgresProcess postgres = PostgresProcess.start(directory.resolve("home"), directory.resolve("work"))) {
            Database database = postgres.database();

            assertThatThrownBy(() -> DriverManager.getConnection(database.url(), database.user(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(database.toString()).doesNotContain(database.password());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("home").resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void testDataOfAnotherVersionAreRefused() throws IOException {
        Path data = Files.createDirectories(directory.resolve("home").resolve("data"));
        Files.writeString(data.resolve("PG_VERSION"), "9\n");

        assertThatThrownBy(() -> PostgresProcess.start(directory.resolve("home"), directory.resolve("work")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Embedded PostgreSQL: %s holds data of version 9, this is version %s; dump and restore them, or use another directory",
                        data, PostgresProcess.majorVersion());
    }
}
