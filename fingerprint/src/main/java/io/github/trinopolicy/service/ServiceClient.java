package io.github.trinopolicy.service;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Strings;
import com.google.common.base.Throwables;
import com.google.common.primitives.Ints;
import io.github.trinopolicy.schedule.Cancellation;
import io.trino.jdbc.TrinoDriver;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs statements in Trino, each over a connection of its own. Thread-safe.
public final class ServiceClient {
    private static final Pattern QUERY_ID = Pattern.compile("\\(#([0-9a-z_]+)\\)");

    /// A list of none: the driver asks for spooled results unless it is told which, and Trino sends results at once when asked for none.
    private static final String NO_ENCODING = ",";

    private final URI url;
    private final Optional<String> login;
    private final Optional<String> password;
    private final Optional<String> truststorePath;
    private final Optional<String> truststorePassword;
    private final int timeoutSeconds;

    /// Takes the result of a statement, first its columns, then row by row.
    public interface Rows {
        /// @param types of the columns, as Trino writes them
        void columns(List<String> types);

        /// @param values as texts; NULL where there is none
        void row(List<@Nullable String> values);
    }

    /// @param ownUrl where to ask when the configuration does not say
    public ServiceClient(ServiceConfig config, URI ownUrl) {
        url = config.getTrinoUrl().orElse(requireNonNull(ownUrl, "ownUrl is null"));
        login = config.getUser();
        password = config.getPassword();
        truststorePath = config.getTruststorePath().map(file -> file.getAbsolutePath());
        truststorePassword = config.getTruststorePassword();
        timeoutSeconds = Ints.saturatedCast(Math.max(1, config.getStatementTimeout().roundTo(TimeUnit.SECONDS)));
    }

    /// @param cancellation cancels the statement in Trino too
    /// @throws ServiceQueryException when it fails or is cancelled
    public void run(ServiceQuery query, Cancellation cancellation, Rows rows) {
        try (Connection connection = connect(query); Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(timeoutSeconds);
            cancellation.onCancel(() -> cancel(statement));
            try (ResultSet result = statement.executeQuery(query.sql())) {
                read(result, rows);
            }
        }
        catch (SQLException e) {
            throw failure(e);
        }
    }

    private Connection connect(ServiceQuery query)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.orElse(query.user()));
        login.ifPresent(_ -> properties.setProperty("sessionUser", query.user()));
        password.ifPresent(secret -> properties.setProperty("password", secret));
        properties.setProperty("extraCredentials", query.credential());
        properties.setProperty("source", query.source());
        properties.setProperty("clientTags", query.source());
        if (query.inMemory()) {
            properties.setProperty("encoding", NO_ENCODING);
            properties.setProperty("sessionProperties", "retry_policy:NONE");
        }
        if ("https".equals(url.getScheme())) {
            properties.setProperty("SSL", "true");
            truststorePath.ifPresent(path -> properties.setProperty("SSLTrustStorePath", path));
            truststorePassword.ifPresent(secret -> properties.setProperty("SSLTrustStorePassword", secret));
        }
        Connection connection = new TrinoDriver().connect("jdbc:trino://%s:%s".formatted(url.getHost(), url.getPort()),
                properties);
        return requireNonNull(connection, "the driver does not know its own URL");
    }

    private static void read(ResultSet result, Rows rows)
            throws SQLException {
        ResultSetMetaData metadata = result.getMetaData();
        int count = metadata.getColumnCount();
        List<String> types = new ArrayList<>();
        for (int column = 1; column <= count; column++) {
            types.add(metadata.getColumnTypeName(column));
        }
        rows.columns(types);
        while (result.next()) {
            List<@Nullable String> values = new ArrayList<>(count);
            for (int column = 1; column <= count; column++) {
                values.add(result.getString(column));
            }
            rows.row(values);
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        }
        catch (SQLException e) {
            throw failure(e);
        }
    }

    private static ServiceQueryException failure(SQLException e) {
        Matcher id = QUERY_ID.matcher(Strings.nullToEmpty(e.getMessage()));
        Optional<String> queryId = id.find() ? Optional.of(id.group(1)) : Optional.empty();
        return e.getErrorCode() == 0 && queryId.isEmpty()
                ? new ServiceQueryException(
                        "Trino did not take the query (%s)".formatted(Throwables.getRootCause(e).getClass().getSimpleName()),
                        OptionalInt.empty(), queryId)
                : new ServiceQueryException("the query failed in Trino", OptionalInt.of(e.getErrorCode()), queryId);
    }
}
