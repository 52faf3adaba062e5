package io.github.trinopolicy.store;

import static java.nio.file.StandardOpenOption.READ;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A PostgreSQL server of the test process, started at first use, shared, and stopped with the process.
public final class TestingPostgres {
    /// Has the password [#PASSWORD], while all other users need none.
    public static final String USER_WITH_PASSWORD = "with_password";
    public static final String PASSWORD = "correct horse";

    private final EmbeddedPostgres server;
    private final AtomicInteger databases = new AtomicInteger();

    private TestingPostgres(EmbeddedPostgres.Builder builder) {
        try {
            server = builder.setPGStartupWait(Duration.ofMinutes(1)).setDataDirectoryCustomizer(TestingPostgres::askForPassword).start();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute("CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'".formatted(USER_WITH_PASSWORD, PASSWORD));
    }

    /// The newest server version that is tested.
    public static TestingPostgres newest() {
        return Newest.POSTGRES;
    }

    /// The oldest server version that is supported; only in the module whose build unpacks its binaries.
    public static TestingPostgres oldest() {
        return Oldest.POSTGRES;
    }

    /// A new empty database.
    public TestingDatabase createDatabase() {
        TestingDatabase database = database();
        execute("CREATE DATABASE " + database.name());
        return database;
    }

    /// A copy of a database to which nobody is connected: what a restored dump is.
    TestingDatabase copy(TestingDatabase original) {
        TestingDatabase database = database();
        execute("CREATE DATABASE %s TEMPLATE %s".formatted(database.name(), original.name()));
        return database;
    }

    int port() {
        return server.getPort();
    }

    void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestingDatabase database() {
        return new TestingDatabase(this, "test_" + databases.incrementAndGet());
    }

    private static void askForPassword(File dataDirectory) {
        Path file = dataDirectory.toPath().resolve("pg_hba.conf");
        try {
            // the first line that fits decides
            Files.writeString(file, "host all %s all scram-sha-256%n%s".formatted(USER_WITH_PASSWORD, Files.readString(file)));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Newest {
        private static final TestingPostgres POSTGRES = new TestingPostgres(EmbeddedPostgres.builder());
    }

    private static final class Oldest {
        private static final TestingPostgres POSTGRES = start();

        private static TestingPostgres start() {
            Path directory = Path.of(requireNonNull(
                    System.getProperty("postgres.oldest.directory"), "the build of this module unpacks no binaries of the oldest server"));
            return new TestingPostgres(EmbeddedPostgres.builder()
                    .setPgBinaryResolver((system, machine) -> Files.newInputStream(
                            directory.resolve("postgres-%s-%s.txz".formatted(system, machine).toLowerCase(ENGLISH)), READ)));
        }
    }
}
