package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where Trino is and who asks, in the words of Trino's own command line. Written by picocli.
final class ServerOptions {
    static final String DEFAULT_SERVER = "http://localhost:8080";

    @Option(names = "--server", paramLabel = "<url>", description = "Coordinator of Trino (default: TRINO_SERVER, else " + DEFAULT_SERVER
            + ")")
    @Nullable
    String server;

    @Option(names = "--user", paramLabel = "<user>", description = "Who asks (default: TRINO_USER, else the user of the system)")
    @Nullable
    String user;

    @Option(names = "--password", description = "Log in by password: that of TRINO_PASSWORD, else asks for it")
    boolean password;

    @Option(names = "--access-token", paramLabel = "<token>", description = "Log in by token (better: TRINO_ACCESS_TOKEN, which lists of "
            + "processes do not show)")
    @Nullable
    String accessToken;

    @Option(names = "--external-authentication", description = "Log in by a web browser")
    boolean externalAuthentication;

    @Option(names = "--session-user", paramLabel = "<user>", description = "Whom to impersonate")
    @Nullable
    String sessionUser;

    @Option(names = "--extra-credential", paramLabel = "<name=value>", description = "Extra credential; can be repeated")
    List<String> extraCredentials = new ArrayList<>();

    @Option(names = "--truststore-path", paramLabel = "<path>", description = "Certificates to trust: a PEM file or a Java keystore")
    @Nullable
    String truststorePath;

    @Option(names = "--truststore-password", paramLabel = "<password>", description = "Its password (better: TRINO_TRUSTSTORE_PASSWORD)")
    @Nullable
    String truststorePassword;

    @Option(names = "--truststore-type", paramLabel = "<type>", description = "Its type, such as PKCS12")
    @Nullable
    String truststoreType;

    @Option(names = "--keystore-path", paramLabel = "<path>", description = "Certificate and key of the client: a PEM file or a Java keystore")
    @Nullable
    String keystorePath;

    @Option(names = "--keystore-password", paramLabel = "<password>", description = "Its password (better: TRINO_KEYSTORE_PASSWORD)")
    @Nullable
    String keystorePassword;

    @Option(names = "--keystore-type", paramLabel = "<type>", description = "Its type, such as PKCS12")
    @Nullable
    String keystoreType;

    @Option(names = "--use-system-truststore", description = "Trust the certificates that the operating system trusts")
    boolean useSystemTruststore;

    @Option(names = "--insecure", description = "Trust every certificate; for tests only, since anybody can then be the server")
    boolean insecure;

    @Option(names = "--socks-proxy", paramLabel = "<host:port>", description = "SOCKS proxy on the way to the server")
    @Nullable
    String socksProxy;

    @Option(names = "--http-proxy", paramLabel = "<host:port>", description = "HTTP proxy on the way to the server")
    @Nullable
    String httpProxy;

    /// @throws CommandFailure when the options contradict each other, or a password is wanted and nobody can be asked
    ServerAddress address(ProgramEnvironment environment) {
        return ServerAddress.parse(given(server).or(() -> environment.variable("TRINO_SERVER")).orElse(DEFAULT_SERVER));
    }

    /// The properties of the JDBC driver.
    ServerLogin login(ServerAddress address, ProgramEnvironment environment) {
        String name = given(user).or(() -> environment.variable("TRINO_USER")).orElseGet(() -> System.getProperty("user.name"));
        Map<String, String> properties = new TreeMap<>();
        ImmutableSet.Builder<String> secrets = ImmutableSet.builder();
        properties.put("user", name);
        properties.put("source", "policy-command-line");
        given(sessionUser).ifPresent(value -> properties.put("sessionUser", value));
        given(socksProxy).ifPresent(value -> properties.put("socksProxy", hostAndPort("--socks-proxy", value)));
        given(httpProxy).ifPresent(value -> properties.put("httpProxy", hostAndPort("--http-proxy", value)));
        if (!extraCredentials.isEmpty()) {
            List<ExtraCredential> credentials = extraCredentials.stream().map(ExtraCredential::parse).collect(toImmutableList());
            credentials.forEach(credential -> secrets.add(credential.value()));
            properties.put("extraCredentials", ExtraCredential.join(credentials));
        }
        addLogin(properties, secrets, name, environment);
        addTls(properties, secrets, environment);
        Set<String> tlsOnly = ImmutableSet.of("password", "accessToken", "SSLTrustStorePath", "SSLKeyStorePath", "SSLUseSystemTrustStore",
                "SSLVerification");
        if (address.tls()) {
            properties.put("SSL", "true");
        }
        else if (properties.keySet().stream().anyMatch(tlsOnly::contains) || externalAuthentication) {
            throw new CommandFailure("passwords, tokens and certificates go over TLS only, and %s is without: write https:// in --server"
                    .formatted(address));
        }
        return new ServerLogin(name, properties, secrets.build());
    }

    private void addLogin(Map<String, String> properties, ImmutableSet.Builder<String> secrets, String name,
            ProgramEnvironment environment) {
        Optional<String> token = given(accessToken).or(() -> environment.variable("TRINO_ACCESS_TOKEN"));
        if ((password && (accessToken != null || externalAuthentication)) || (accessToken != null && externalAuthentication)) {
            throw new CommandFailure("choose one of --password, --access-token and --external-authentication");
        }
        if (password) {
            String given = environment.variable("TRINO_PASSWORD")
                    .or(() -> environment.passwordPrompt().apply("Password of %s: ".formatted(name)))
                    .orElseThrow(() -> new CommandFailure("--password asks on a terminal, and there is none: set TRINO_PASSWORD"));
            properties.put("password", given);
            secrets.add(given);
        }
        else if (externalAuthentication) {
            properties.put("externalAuthentication", "true");
        }
        else {
            token.ifPresent(value -> {
                properties.put("accessToken", value);
                secrets.add(value);
            });
        }
    }

    private void addTls(Map<String, String> properties, ImmutableSet.Builder<String> secrets, ProgramEnvironment environment) {
        addStore("SSLTrustStore", "--truststore", truststorePath,
                given(truststorePassword).or(() -> environment.variable("TRINO_TRUSTSTORE_PASSWORD")), truststoreType, properties, secrets);
        addStore("SSLKeyStore", "--keystore", keystorePath,
                given(keystorePassword).or(() -> environment.variable("TRINO_KEYSTORE_PASSWORD")), keystoreType, properties, secrets);
        if (useSystemTruststore && truststorePath != null) {
            throw new CommandFailure("choose one of --truststore-path and --use-system-truststore");
        }
        if (insecure && (truststorePath != null || useSystemTruststore)) {
            throw new CommandFailure("--insecure trusts every certificate: leave it out, or --truststore-path and --use-system-truststore");
        }
        if (useSystemTruststore) {
            properties.put("SSLUseSystemTrustStore", "true");
        }
        if (insecure) {
            properties.put("SSLVerification", "NONE");
        }
    }

    private static void addStore(String property, String option, @Nullable String path, Optional<String> password, @Nullable String type,
            Map<String, String> properties, ImmutableSet.Builder<String> secrets) {
        if (path == null) {
            if (type != null) {
                throw new CommandFailure("%s-type says what %1$s-path is: name that too".formatted(option));
            }
            return;
        }
        properties.put(property + "Path", path);
        password.ifPresent(value -> {
            properties.put(property + "Password", value);
            secrets.add(value);
        });
        given(type).ifPresent(value -> properties.put(property + "Type", value));
    }

    private static String hostAndPort(String option, String value) {
        if (!value.matches("[^:/@\\s]+:[0-9]{1,5}")) {
            throw new CommandFailure("%s must be host:port".formatted(option));
        }
        return value;
    }

    private static Optional<String> given(@Nullable String value) {
        return Optional.ofNullable(value);
    }

    /// A name and a value that is nobody's business.
    private record ExtraCredential(String name, String value) {
        private static ExtraCredential parse(String text) {
            int end = text.indexOf('=');
            // the driver has no way to quote these
            if (end < 1 || end == text.length() - 1 || text.indexOf(';') >= 0 || text.substring(0, end).contains(":")) {
                throw new CommandFailure("--extra-credential must be name=value, without ';' and without ':' in the name");
            }
            return new ExtraCredential(text.substring(0, end), text.substring(end + 1));
        }

        private static String join(List<ExtraCredential> credentials) {
            return String.join(";", ImmutableList.copyOf(credentials).stream().map(it -> it.name() + ":" + it.value()).toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
