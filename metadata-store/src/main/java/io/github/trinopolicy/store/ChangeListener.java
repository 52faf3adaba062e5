package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Uninterruptibles;
import io.airlift.log.Logger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Listens for change notifications on a connection of its own, in a daemon thread, and runs a callback on each one, and after each
/// (re)connect, when some may have been missed. Notifications are hints that save waiting: one can be lost, so callers poll as well.
public final class ChangeListener implements AutoCloseable {
    private static final Logger log = Logger.get(ChangeListener.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /// A connection that died without a word is noticed after this time.
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(15);

    private final StoreLocation location;
    private final Runnable onChange;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<@Nullable Connection> current = new AtomicReference<>();
    private final Thread thread;

    private ChangeListener(StoreLocation location, Runnable onChange) {
        this.location = requireNonNull(location, "location is null");
        this.onChange = requireNonNull(onChange, "onChange is null");
        this.thread = Thread.ofPlatform().name("policy-store-listener").daemon().unstarted(this::listenUntilClosed);
    }

    static ChangeListener start(StoreLocation location, Runnable onChange) {
        ChangeListener listener = new ChangeListener(location, onChange);
        listener.thread.start();
        return listener;
    }

    /// Ends the connection and the thread without waiting for the database.
    @Override
    public void close() {
        closed.countDown();
        abort(current.get());
        if (Thread.currentThread() != thread) {
            // only an attempt to connect or a slow callback can make this wait
            Uninterruptibles.joinUninterruptibly(thread, Duration.ofSeconds(1));
        }
    }

    private void listenUntilClosed() {
        Duration pause = SHORTEST_PAUSE;
        boolean reported = false;
        do {
            try (Connection connection = location.dataSource().getConnection()) {
                current.set(connection);
                listen(connection);
                if (reported) {
                    log.info("Listening for changes of the %s again", location);
                    reported = false;
                }
                pause = SHORTEST_PAUSE;
                runCallback();
                awaitNotifications(connection);
            }
            catch (SQLException e) {
                if (!isClosed() && !reported) {
                    log.warn("Not notified of changes, only polling, until a connection is there: %s", location.failure(e).getMessage());
                    reported = true;
                }
                pause = longer(pause);
            }
            finally {
                current.set(null);
            }
        } while (!Uninterruptibles.awaitUninterruptibly(closed, pause));
    }

    private void listen(Connection connection)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // the configuration allows no character in the name that would need quotes
            statement.execute("LISTEN " + location.channel());
        }
    }

    private void awaitNotifications(Connection connection)
            throws SQLException {
        PGConnection notifications = connection.unwrap(PGConnection.class);
        while (!isClosed()) {
            if (notifications.getNotifications((int) PROBE_INTERVAL.toMillis()).length > 0) {
                runCallback();
            }
            else if (!connection.isValid((int) PROBE_INTERVAL.toSeconds())) {
                return;
            }
        }
    }

    private void runCallback() {
        try {
            onChange.run();
        }
        catch (RuntimeException e) {
            log.error(e, "A change of the policy store was not taken over on notification; polling will try again");
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private static void abort(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.abort(Runnable::run);
        }
        catch (SQLException e) {
            log.debug(e, "The connection of the change listener was broken when it was closed");
        }
    }
}
