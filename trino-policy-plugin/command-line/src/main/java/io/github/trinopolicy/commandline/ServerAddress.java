package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// The address of a coordinator.
record ServerAddress(String host, int port, boolean tls) {
    ServerAddress {
        requireNonNull(host, "host is null");
    }

    /// Reads `http://host:port`, `https://host:port` and, as Trino's own command line does, `host:port`.
    ///
    /// @throws CommandFailure when the text is none of these; the text may hold a password and is not repeated
    static ServerAddress parse(String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
            boolean known = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
            boolean path = uri.getRawPath() != null && !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
            if (known && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null && !path) {
                boolean tls = scheme.equalsIgnoreCase("https") || (!text.contains("://") && uri.getPort() == 443);
                return new ServerAddress(uri.getHost(), uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80, tls);
            }
        }
        catch (URISyntaxException _) {
            // said below, without the text
        }
        throw new CommandFailure("--server must be the address of a coordinator and no more, such as https://trino.example.com:8443");
    }

    String jdbcUrl() {
        return "jdbc:trino://%s:%s".formatted(host, port);
    }

    @Override
    public String toString() {
        return "%s://%s:%s".formatted(tls ? "https" : "http", host, port);
    }
}
