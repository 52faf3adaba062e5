package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.collect.Iterables;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jspecify.annotations.Nullable;

/// The connection pool and the sorts of transactions. Opening does not connect. Safe for use by several threads.
final class StoreDatabase implements AutoCloseable {
    private final StoreLocation location;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    StoreDatabase(StoreLocation location, int maxConnections) {
        this.location = requireNonNull(location, "location is null");
        HikariConfig config = new HikariConfig();
        config.setPoolName("policy-store");
        config.setDataSource(location.dataSource());
        config.setMaximumPoolSize(maxConnections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(location.connectTimeout().toMillis());
        config.setInitializationFailTimeout(-1);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setExceptionOverride(new ReadOnlyEviction());
        pool = new HikariDataSource(config);
        jdbi = Jdbi.create(pool);
        // statements and their arguments hold documents and keys
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    }

    StoreLocation location() {
        return location;
    }

    /// For one statement, which is a transaction of its own.
    <T extends @Nullable Object> T run(Function<Handle, T> statement) {
        return translating(() -> jdbi.withHandle(statement::apply));
    }

    /// Sees one state of the database throughout.
    <T extends @Nullable Object> T read(Function<Handle, T> reader) {
        return translating(() -> jdbi.inTransaction(handle -> {
            // as a statement: Jdbi would set it back on a connection that is lost, and hide why it was
            handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return reader.apply(handle);
        }));
    }

    /// Each statement sees what was committed before it; a failure of the writer leaves nothing.
    <T extends @Nullable Object> T write(Function<Handle, T> writer) {
        return translating(() -> jdbi.inTransaction(handle -> {
            long timeout = location.requestTimeout().toMillis();
            handle.execute("SET LOCAL lock_timeout = " + timeout);
            // a node that froze in the middle must not keep the others from writing
            handle.execute("SET LOCAL idle_in_transaction_session_timeout = " + timeout);
            return writer.apply(handle);
        }));
    }

    @Override
    public void close() {
        pool.close();
    }

    private <T extends @Nullable Object> T translating(Supplier<T> work) {
        try {
            return work.get();
        }
        catch (JdbiException e) {
            SQLException cause = Iterables.getLast(Iterables.filter(Throwables.getCausalChain(e), SQLException.class), null);
            if (cause == null) {
                throw e;
            }
            throw location.failure(cause);
        }
    }
}
