package io.github.trinopolicy.development;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import java.net.URLDecoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A PostgreSQL database and the account to use.
///
/// @param url JDBC URL without user and password
public record Database(String url, String user, String password) {
    private static final String PREFIX = "jdbc:postgresql:";

    public Database {
        requireNonNull(url, "url is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
        checkArgument(url.startsWith(PREFIX), "PostgreSQL URL: it must start with %s//, like jdbc:postgresql://127.0.0.1:5432/postgres",
                PREFIX);
    }

    /// Reads a URL as users write it: `jdbc:` may be left out, user and password may stand in its parameters. What is given
    /// separately wins.
    ///
    /// @throws IllegalArgumentException with a sentence for the user
    public static Database parse(String text, Optional<String> user, Optional<String> password) {
        String url = text.startsWith("postgresql:") ? "jdbc:" + text : text;
        int mark = url.indexOf('?');
        if (mark < 0) {
            return new Database(url, requireUser(user), password.orElse(""));
        }
        List<String> kept = new ArrayList<>();
        Map<String, String> account = new HashMap<>();
        for (String parameter : Splitter.on('&').omitEmptyStrings().split(url.substring(mark + 1))) {
            if (parameter.startsWith("user=") || parameter.startsWith("password=")) {
                account.put(parameter.substring(0, parameter.indexOf('=')), value(parameter));
            }
            else {
                kept.add(parameter);
            }
        }
        String base = url.substring(0, mark);
        return new Database(
                kept.isEmpty() ? base : base + "?" + Joiner.on('&').join(kept),
                requireUser(user.or(() -> Optional.ofNullable(account.get("user")))),
                password.or(() -> Optional.ofNullable(account.get("password"))).orElse(""));
    }

    private static String value(String parameter) {
        return URLDecoder.decode(parameter.substring(parameter.indexOf('=') + 1), UTF_8);
    }

    private static String requireUser(Optional<String> user) {
        return user.orElseThrow(() -> new IllegalArgumentException(
                "PostgreSQL URL: the user is missing; add ?user=... to the URL or give --postgres-user"));
    }

    /// The URL with one more parameter.
    public String urlWith(String parameter, String value) {
        return url + (url.contains("?") ? "&" : "?") + parameter + "=" + value;
    }

    /// Another database of the same server.
    public Database named(String name) {
        int end = url.contains("?") ? url.indexOf('?') : url.length();
        int begin = url.lastIndexOf('/', end);
        return new Database(url.substring(0, begin + 1) + name + url.substring(end), user, password);
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    @Override
    public String toString() {
        return "%s as %s".formatted(url, user);
    }
}
