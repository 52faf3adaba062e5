package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import io.airlift.log.Logger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// An office that one node of all that share a store holds at a time: an advisory lock of PostgreSQL, held by a connection of its own.
/// It is lost with the connection, and then another node gets it. Not thread-safe, but for [#close].
public final class Leadership implements AutoCloseable {
    private static final Logger log = Logger.get(Leadership.class);
    private static final int PROBE_SECONDS = 5;

    private final StoreLocation location;
    private final String office;
    private volatile Optional<Connection> connection = Optional.empty();
    private volatile boolean closed;
    private boolean held;

    Leadership(StoreLocation location, String office) {
        this.location = requireNonNull(location, "location is null");
        this.office = requireNonNull(office, "office is null");
    }

    /// Whether this node holds the office now; it tries to get it where nobody has it.
    ///
    /// @throws PolicyStoreException when the database cannot be asked; then the office is lost
    public boolean hold() {
        if (closed) {
            return false;
        }
        try {
            if (connection.isPresent() && !connection.get().isValid(PROBE_SECONDS)) {
                release();
            }
            if (connection.isEmpty()) {
                connection = Optional.of(location.dataSource().getConnection());
            }
            // while the connection lives, PostgreSQL takes the lock from nobody
            held = held || lock(connection.get());
            return held && !closed;
        }
        catch (SQLException e) {
            release();
            throw location.failure(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        release();
    }

    private boolean lock(Connection held)
            throws SQLException {
        try (PreparedStatement statement = held.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "%s of policy store %s".formatted(office, location.schema()));
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private void release() {
        held = false;
        Optional<Connection> last = connection;
        connection = Optional.empty();
        last.ifPresent(lost -> {
            try {
                lost.close();
            }
            catch (SQLException e) {
                log.debug(e, "The connection that held the office was broken when it was closed");
            }
        });
    }
}
