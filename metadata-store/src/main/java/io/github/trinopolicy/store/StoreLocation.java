package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Strings;
import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import io.airlift.units.Duration;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.SslMode;

/// Where the store is and how to log in, and the words for when that fails.
final class StoreLocation {
    private static final Set<String> LOOPBACK = ImmutableSet.of("localhost", "127.0.0.1", "::1", "[::1]");

    private final String url;
    private final String user;
    private final Optional<String> password;
    private final String schema;
    private final Duration connectTimeout;
    private final Duration requestTimeout;

    StoreLocation(StoreConfig config) {
        url = requireNonNull(config.getUrl(), "policy.store.url must be set");
        user = requireNonNull(config.getUser(), "policy.store.user must be set");
        password = config.getPassword();
        schema = config.getSchema();
        connectTimeout = config.getConnectTimeout();
        requestTimeout = config.getRequestTimeout();
    }

    String schema() {
        return schema;
    }

    /// The channel of change notifications.
    String channel() {
        return schema + "_changed";
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    /// Unpooled connections whose search path is the schema alone. The driver is found by this class's loader.
    PGSimpleDataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(url);
        dataSource.setUser(user);
        password.ifPresent(dataSource::setPassword);
        dataSource.setCurrentSchema(schema);
        dataSource.setApplicationName("trino-policy");
        dataSource.setConnectTimeout(seconds(connectTimeout));
        dataSource.setLoginTimeout(seconds(connectTimeout));
        dataSource.setSocketTimeout(seconds(requestTimeout));
        dataSource.setTcpKeepAlive(true);
        // the server's details quote stored values
        dataSource.setLogServerErrorDetail(false);
        return dataSource;
    }

    /// Whether who answers as the store has to prove it, or is on this machine.
    boolean isVerified() {
        PGSimpleDataSource dataSource = dataSource();
        return SslMode.VERIFY_FULL.value.equals(dataSource.getSslMode())
                || LOOPBACK.containsAll(Arrays.asList(dataSource.getServerNames()));
    }

    /// The URL without its parameters, which may hold secrets.
    @Override
    public String toString() {
        int parameters = url.indexOf('?');
        return "policy store at " + (parameters < 0 ? url : url.substring(0, parameters)).replaceFirst("//[^/]*@", "//");
    }

    PolicyStoreException failure(SQLException cause) {
        // of a failed login and of a lost connection the driver's message is worth reading, of a failed statement it may quote values
        Optional<String> tls = TlsProblem.of(cause);
        if (tls.isPresent()) {
            return new PolicyStoreException(Category.UNREACHABLE, "%s cannot be reached with TLS: %s".formatted(this, tls.get()), cause);
        }
        String state = Optional.ofNullable(cause.getSQLState()).orElse("");
        if (state.equals("28000")) {
            return new PolicyStoreException(
                    Category.LOGIN_REFUSED,
                    "%s refused the user '%s': check policy.store.user, and sslmode, sslcert and sslkey in policy.store.url, against pg_hba.conf and ssl_ca_file of the server (%s)"
                            .formatted(this, user, cause.getMessage()),
                    cause);
        }
        if (state.startsWith("28") || state.equals("08004")) {
            return new PolicyStoreException(
                    Category.LOGIN_REFUSED,
                    "%s refused the user '%s': check policy.store.user and policy.store.password (%s)".formatted(this, user,
                            cause.getMessage()),
                    cause);
        }
        // the driver names its option in every language
        if (state.equals("08001") && Strings.nullToEmpty(cause.getMessage()).contains("targetServerType")) {
            return new PolicyStoreException(
                    Category.UNREACHABLE,
                    "%s has no server that can be written: start the primary, promote a standby, or end default_transaction_read_only"
                            .formatted(this),
                    cause);
        }
        if (isTimeout(cause)) {
            return new PolicyStoreException(
                    Category.UNREACHABLE,
                    "%s does not answer within policy.store.connect-timeout (%s) and policy.store.request-timeout (%s): look whether the database is overloaded or its network is cut"
                            .formatted(this, connectTimeout, requestTimeout),
                    cause);
        }
        // connection errors; the server is stopping or starting; no more connections; the database does not exist
        if (state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.equals("53300") || state.equals("3D000")) {
            return new PolicyStoreException(
                    Category.UNREACHABLE,
                    // what the pool says of a connection that was lost before has no state
                    "%s cannot be reached: %s".formatted(this, state.isEmpty() ? "the connection was lost" : cause.getMessage()),
                    cause);
        }
        Optional<Refusal> refusal = Refusal.of(state);
        if (refusal.isPresent()) {
            return new PolicyStoreException(Category.UNABLE, "%s %s".formatted(this, refusal.get().words()), cause);
        }
        if (state.equals("55P03")) {
            return new PolicyStoreException(
                    Category.REFUSED,
                    "%s is being changed by someone else for more than %s: try again later".formatted(this, requestTimeout),
                    cause);
        }
        return new PolicyStoreException(
                Category.REFUSED,
                "%s refused a statement (SQLSTATE %s): the log of the database has the details".formatted(this, state),
                cause);
    }

    /// Of the driver, which waits for an answer and, without saying why, for a connection; or of the pool, which has no connection that is free,
    /// or none that has not timed out before.
    private static boolean isTimeout(SQLException cause) {
        return cause instanceof SQLTransientConnectionException
                || "08003".equals(cause.getSQLState())
                || ("08001".equals(cause.getSQLState()) && cause.getCause() == null)
                || Throwables.getCausalChain(cause).stream().anyMatch(SocketTimeoutException.class::isInstance);
    }

    private static int seconds(Duration duration) {
        return Math.max(1, Ints.saturatedCast(duration.roundTo(TimeUnit.SECONDS)));
    }
}
