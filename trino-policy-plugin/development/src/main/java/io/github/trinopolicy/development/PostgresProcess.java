package io.github.trinopolicy.development;

import static java.lang.ProcessBuilder.Redirect.appendTo;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/// An embedded PostgreSQL server on a free port of the loopback address that ends with this JVM, however that ends.
///
/// It works as root and as any other user. Its data stay in the given directory; committed data survive a crash. The account `postgres`
/// has a random password, since every process of the machine reaches the port.
public final class PostgresProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String USER = "postgres";
    // held, because the logging framework keeps only a weak reference and would forget the level
    private static final Logger ZONKY = Logger.getLogger("io.zonky.test.db.postgres");

    private final Path data;
    private final EmbeddedPostgres server;
    private final PostgresWatchdog watchdog;
    private final Database database;
    private volatile boolean killed;

    private PostgresProcess(Path data, EmbeddedPostgres server, PostgresWatchdog watchdog, Database database) {
        this.data = requireNonNull(data, "data is null");
        this.server = requireNonNull(server, "server is null");
        this.watchdog = requireNonNull(watchdog, "watchdog is null");
        this.database = requireNonNull(database, "database is null");
    }

    /// Starts the server and waits until it answers.
    ///
    /// @param home holds the data and the password; private to the user
    /// @param work for binaries and log; must not be shared, may be deleted after the end
    /// @throws IllegalStateException with a sentence for the user when the data are of another version
    public static PostgresProcess start(Path home, Path work) throws IOException {
        ZONKY.setLevel(Level.WARNING);
        PrivateDirectory.create(home);
        PrivateDirectory.create(work);
        Path data = home.resolve("data");
        requireSameVersion(data);
        Path passwordFile = home.resolve("password");
        if (!Files.exists(passwordFile)) {
            PrivateDirectory.write(passwordFile, randomPassword());
        }
        String password = Files.readString(passwordFile, UTF_8);
        // first the watchdog: a JVM killed while the server starts must not leave it behind
        PostgresWatchdog watchdog = PostgresWatchdog.start(data);
        try {
            EmbeddedPostgres server = startServer(data, work, password);
            Database database = new Database("jdbc:postgresql://127.0.0.1:%s/postgres".formatted(server.getPort()), USER, password);
            requirePassword(data, database);
            return new PostgresProcess(data, server, watchdog, database);
        }
        catch (IOException | RuntimeException e) {
            watchdog.enforce();
            throw e;
        }
    }

    private static EmbeddedPostgres startServer(Path data, Path work, String password) throws IOException {
        return EmbeddedPostgres.builder()
                .setPgBinaryResolver(new OwnBinaries())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(work.toFile())
                .setPort(LocalPort.findFree())
                .setPGStartupWait(START_LIMIT)
                // the owner closes it in its turn; a hook of its own would pull the store from under running nodes
                .setRegisterShutdownHook(false)
                .setConnectConfig("password", password)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                // the library is made for throw-away data and turns both off
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setErrorRedirector(appendTo(work.resolve("postgres.log").toFile()))
                .setOutputRedirector(appendTo(work.resolve("postgres.log").toFile()))
                .start();
    }

    /// The archive on the class path. (The library's own search leaves a script in the directory for temporary files.) Another one for each
    /// server: the library gives servers of one resolver the binaries that it unpacked for the first of them, which go with that one.
    private static final class OwnBinaries implements PgBinaryResolver {
        @Override
        public InputStream getPgBinary(String system, String machine) {
            String archive = "/postgres-%s-%s.txz".formatted(system.toLowerCase(Locale.ENGLISH), machine);
            InputStream stream = EmbeddedPostgres.class.getResourceAsStream(archive);
            if (stream == null) {
                throw new IllegalStateException(
                        "Embedded PostgreSQL: there is none for %s on %s; give a server with --postgres-url".formatted(system, machine));
            }
            return stream;
        }
    }

    /// A new server trusts everybody who reaches it. Repeated at each start, so that a crash in between leaves no door open.
    private static void requirePassword(Path data, Database database) throws IOException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            if (isStandby(statement)) {
                // it has the password and the file of its primary
                return;
            }
            // a primary does not wait for standbys that find it only after its start
            statement.execute("SET synchronous_commit = local");
            statement.execute("ALTER USER postgres PASSWORD '%s'".formatted(database.password()));
            Files.writeString(data.resolve("pg_hba.conf"), "host all,replication all 127.0.0.1/32 scram-sha-256\n", UTF_8);
            statement.execute("SELECT pg_reload_conf()");
        }
        catch (SQLException e) {
            throw new IOException("Embedded PostgreSQL: the password could not be set", e);
        }
    }

    private static boolean isStandby(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void requireSameVersion(Path data) throws IOException {
        Path versionFile = data.resolve("PG_VERSION");
        if (!Files.exists(versionFile)) {
            return;
        }
        String found = Files.readString(versionFile, UTF_8).strip();
        String expected = majorVersion();
        if (!found.equals(expected)) {
            throw new IllegalStateException(
                    "Embedded PostgreSQL: %s holds data of version %s, this is version %s; dump and restore them, or use another directory"
                            .formatted(data, found, expected));
        }
    }

    static String majorVersion() {
        Properties properties = new Properties();
        try (var input = requireNonNull(PostgresProcess.class.getResourceAsStream("postgres.properties"), "resource is missing")) {
            properties.load(input);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String version = requireNonNull(properties.getProperty("version"), "version is null");
        return version.substring(0, version.indexOf('.'));
    }

    public Database database() {
        return database;
    }

    /// The server's own process; those that serve its connections are its children.
    public ProcessHandle process() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"), UTF_8).getFirst());
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("Embedded PostgreSQL: process %s is gone".formatted(pid)));
    }

    /// Ends the server at once, as a crash would, and waits until it is gone. What was committed is there when the data are used again.
    public void kill() throws IOException {
        ProcessHandle process = process();
        // no checkpoint, and no farewell to the clients; unlike the strongest signal it takes the children along
        watchdog.enforce();
        process.onExit().join();
        killed = true;
    }

    /// The library has files to close, and complains of a server that does not run.
    private void closeKilled() throws IOException {
        ZONKY.setLevel(Level.OFF);
        try {
            server.close();
        }
        finally {
            ZONKY.setLevel(Level.WARNING);
        }
    }

    @Override
    public void close() throws IOException {
        if (killed) {
            closeKilled();
            return;
        }
        server.close();
        // the library only logs when it could not stop the server
        if (Files.exists(data.resolve("postmaster.pid"))) {
            watchdog.enforce();
        }
        else {
            watchdog.dismiss();
        }
    }
}
