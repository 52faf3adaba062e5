package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/// A PostgreSQL server that lets only its superuser in without TLS. Its certificate can be exchanged while it runs.
final class TestingTlsPostgres implements AutoCloseable {
    /// Has the password [#PASSWORD], and needs TLS.
    static final String USER_WITH_PASSWORD = "with_password";
    static final String PASSWORD = "correct horse";
    /// Needs a certificate of the clients' authority, and no password.
    static final String USER_WITH_CERTIFICATE = "with_certificate";

    private final Path directory;
    private final EmbeddedPostgres server;

    TestingTlsPostgres(Path directory, TestingCertificate certificate, TestingAuthority clients) {
        this.directory = requireNonNull(directory, "directory is null");
        try {
            server = EmbeddedPostgres.builder()
                    .setPGStartupWait(Duration.ofMinutes(1))
                    .setDataDirectory(directory)
                    .setDataDirectoryCustomizer(data -> {
                        write("server.crt", certificate.certificate());
                        write("server.key", certificate.key());
                        write("clients.crt", clients.certificate());
                        // not as arguments of the server, which nothing could change later
                        write("postgresql.auto.conf", """
                                ssl = on
                                ssl_ca_file = 'clients.crt'
                                """);
                        write("pg_hba.conf", """
                                hostssl all %s all scram-sha-256
                                hostssl all %s all cert
                                host all postgres all trust
                                """.formatted(USER_WITH_PASSWORD, USER_WITH_CERTIFICATE));
                    })
                    .start();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute("CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'".formatted(USER_WITH_PASSWORD, PASSWORD));
        execute("CREATE ROLE %s LOGIN SUPERUSER".formatted(USER_WITH_CERTIFICATE));
    }

    /// For the connections to come.
    void present(TestingCertificate certificate) {
        write("server.crt", certificate.certificate());
        write("server.key", certificate.key());
        reload();
    }

    void setTls(boolean on) {
        execute("ALTER SYSTEM SET ssl = " + (on ? "on" : "off"));
        reload();
    }

    String url(String host, String options) {
        return "jdbc:postgresql://%s:%s/postgres?%s".formatted(host, server.getPort(), options);
    }

    /// The first column of the result as text.
    List<String> query(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
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

    void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns when new connections get what was changed.
    private void reload() {
        String before = query("SELECT pg_conf_load_time()").getFirst();
        execute("SELECT pg_reload_conf()");
        for (int attempt = 0; attempt < 500; attempt++) {
            if (!query("SELECT pg_conf_load_time()").getFirst().equals(before)) {
                return;
            }
            pause();
        }
        checkState(false, "the server does not read its configuration");
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void write(String file, String content) {
        Path path = directory.resolve(file);
        try {
            Files.writeString(path, content);
            // a server refuses a key that others can read
            Files.setPosixFilePermissions(path, ImmutableSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
