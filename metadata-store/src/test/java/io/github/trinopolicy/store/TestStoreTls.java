package io.github.trinopolicy.store;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static io.github.trinopolicy.store.TestingTlsPostgres.PASSWORD;
import static io.github.trinopolicy.store.TestingTlsPostgres.USER_WITH_CERTIFICATE;
import static io.github.trinopolicy.store.TestingTlsPostgres.USER_WITH_PASSWORD;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// The store over TLS: what the driver's options in the URL do, and what is said when they do not fit.
@TestInstance(Lifecycle.PER_CLASS)
public class TestStoreTls {
    private static final String CERTIFICATE_REFUSED = "the server hung up in the handshake, as it does when it refuses the certificate of the node; "
            + "let sslcert and sslkey in policy.store.url name one that has not expired and that an authority in ssl_ca_file of the server has signed";

    private final TestingAuthority servers = new TestingAuthority("servers");
    private final TestingAuthority clients = new TestingAuthority("clients");
    private final TestingCertificate right = servers.server("localhost");
    private @Nullable Path directory;
    private @Nullable TestingTlsPostgres postgres;

    @BeforeAll
    public void start(@TempDir Path directory)
            throws IOException {
        this.directory = directory;
        postgres = new TestingTlsPostgres(Files.createDirectory(directory.resolve("data")), right, clients);
        Files.writeString(directory.resolve("servers.crt"), servers.certificate());
    }

    @AfterAll
    public void stop() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    public void testVerifiedServer() {
        open(config("localhost", trusting("servers.crt"), USER_WITH_PASSWORD)).close();
    }

    @Test
    public void testClientCertificate() {
        open(certified(clients.client(USER_WITH_CERTIFICATE))).close();

        assertLoginRefused(config("localhost", trusting("servers.crt"), USER_WITH_CERTIFICATE),
                "FATAL: connection requires a valid client certificate");
        assertLoginRefused(certified(clients.client("somebody_else")),
                "FATAL: certificate authentication failed for user \"with_certificate\"");
        // the driver keeps back what the server would not accept
        assertLoginRefused(certified(servers.client(USER_WITH_CERTIFICATE)), "FATAL: connection requires a valid client certificate");
        assertUnreachable(certified(clients.client(USER_WITH_CERTIFICATE, Instant.now().minus(Duration.ofHours(1)))), CERTIFICATE_REFUSED);
    }

    /// Whoever may only come over TLS with a certificate comes on each connection that a node opens.
    @Test
    public void testEveryConnectionTakesTheOptions() {
        PolicyStoreFactory factory = new PolicyStoreFactory(certified(clients.client(USER_WITH_CERTIFICATE)));
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(2);
        try (PolicyStore store = factory.migrateAndOpen();
                Leadership leadership = store.leadership("testing");
                ChangeListener _ = factory.listen(() -> {
                    connected.countDown();
                    changed.countDown();
                })) {
            assertThat(leadership.hold()).isTrue();
            assertThat(awaitUninterruptibly(connected, 20, SECONDS)).isTrue();
            store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("PII")));
            assertThat(awaitUninterruptibly(changed, 20, SECONDS)).isTrue();
            assertThat(server().query("""
                    SELECT count(*) >= 3 AND bool_and(ssl) AND bool_and(client_dn = '/CN=with_certificate')
                    FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
                    WHERE usename = 'with_certificate' AND application_name = 'trino-policy'
                    """)).containsExactly("t");
        }
    }

    @Test
    public void testFilesOfTheClient()
            throws IOException {
        Path missing = directory().resolve("missing.crt");
        assertUnreachable(config("localhost", trusting("missing.crt"), USER_WITH_PASSWORD),
                "Could not open SSL root certificate file %s; look at sslmode, sslrootcert, sslcert and sslkey in policy.store.url"
                        .formatted(missing));
        assertUnreachable(
                config("localhost", trusting("servers.crt") + "&sslkey=%1$s&sslcert=%1$s".formatted(missing), USER_WITH_CERTIFICATE),
                "Could not open SSL certificate file %s; look at sslmode, sslrootcert, sslcert and sslkey in policy.store.url"
                        .formatted(missing));
        StoreConfig config = certified(clients.client(USER_WITH_CERTIFICATE));
        Files.setPosixFilePermissions(directory().resolve("client.pk8"), ImmutableSet.of(OWNER_READ, OTHERS_READ));
        assertThatThrownBy(() -> open(config))
                .hasMessageStartingWith("policy store at jdbc:postgresql://localhost:")
                .hasMessageContaining("cannot be reached with TLS: private key file \"%s\" has group or world access"
                        .formatted(directory().resolve("client.pk8")));
    }

    @Test
    public void testMistypedMode() {
        assertUnreachable(config("localhost", "sslmode=verify_full", USER_WITH_PASSWORD),
                "Invalid sslmode value: verify_full; look at sslmode, sslrootcert, sslcert and sslkey in policy.store.url");
    }

    @Test
    public void testServerThatAsksForTls() {
        assertLoginRefused(config("localhost", "sslmode=disable", USER_WITH_PASSWORD),
                "FATAL: no pg_hba.conf entry for host \"127.0.0.1\", user \"with_password\", database \"postgres\", no encryption");
    }

    @Test
    public void testWrongHost() {
        String message = "the certificate of the server is made out to another host; use a host in policy.store.url that it names, "
                + "or have one made out that names this host";
        assertUnreachable(config("127.0.0.1", trusting("servers.crt"), USER_WITH_PASSWORD), message);
        presented(servers.server("db.example.com"),
                () -> assertUnreachable(config("localhost", trusting("servers.crt"), USER_WITH_PASSWORD), message));
    }

    @Test
    public void testExpiredCertificate() {
        presented(servers.server("localhost", Instant.now().minus(Duration.ofHours(1))),
                () -> assertUnreachable(config("localhost", trusting("servers.crt"), USER_WITH_PASSWORD),
                        "the certificate of the server has expired or is not valid yet; renew it (ssl_cert_file of the server), "
                                + "or set the clock of this node right"));
    }

    @Test
    public void testUnknownAuthority() {
        String message = "no authority that this node trusts has signed the certificate of the server; "
                + "let sslrootcert in policy.store.url name the authority that did";
        // of the same name as the one that is trusted, and of another name, which is also what a self-signed certificate is
        for (String name : new String[]{"servers", "strangers", "database"}) {
            presented(new TestingAuthority(name).server("localhost"),
                    () -> assertUnreachable(config("localhost", trusting("servers.crt"), USER_WITH_PASSWORD), message));
        }
    }

    @Test
    public void testServerWithoutTls() {
        server().setTls(false);
        try {
            assertUnreachable(config("localhost", trusting("servers.crt"), USER_WITH_PASSWORD),
                    "the server offers no TLS, which sslmode in policy.store.url asks for; turn it on (ssl = on)");
        }
        finally {
            server().setTls(true);
        }
    }

    @Test
    public void testWhoIsVerified() {
        assertThat(isVerified("//db.example.com/policy?sslmode=verify-full")).isTrue();
        assertThat(isVerified("//localhost:5432/policy")).isTrue();
        assertThat(isVerified("policy")).isTrue();
        assertThat(isVerified("//db.example.com/policy")).isFalse();
        assertThat(isVerified("//db.example.com/policy?sslmode=require")).isFalse();
        assertThat(isVerified("//db.example.com/policy?sslmode=verify-ca")).isFalse();
        assertThat(isVerified("//localhost,db.example.com/policy")).isFalse();
    }

    private static boolean isVerified(String location) {
        return new StoreLocation(new StoreConfig().setUrl("jdbc:postgresql:" + location).setUser("postgres")).isVerified();
    }

    private void presented(TestingCertificate certificate, Runnable work) {
        server().present(certificate);
        try {
            work.run();
        }
        finally {
            server().present(right);
        }
    }

    private static void assertUnreachable(StoreConfig config, String message) {
        assertFails(config, Category.UNREACHABLE, "cannot be reached with TLS: " + message);
    }

    private static void assertLoginRefused(StoreConfig config, String message) {
        assertFails(config, Category.LOGIN_REFUSED,
                "refused the user '%s': check policy.store.user, and sslmode, sslcert and sslkey in policy.store.url, against pg_hba.conf and ssl_ca_file of the server (%s)"
                        .formatted(config.getUser(), message));
    }

    private static void assertFails(StoreConfig config, Category category, String message) {
        String url = requireNonNull(config.getUrl());
        assertThatThrownBy(() -> open(config))
                .isInstanceOfSatisfying(PolicyStoreException.class, failure -> assertThat(failure.category()).isEqualTo(category))
                .hasMessage("policy store at %s %s".formatted(url.substring(0, url.indexOf('?')), message))
                .satisfies(failure -> assertThat(TestingActs.stackTrace(failure)).doesNotContain(PASSWORD));
    }

    private static PolicyStore open(StoreConfig config) {
        return new PolicyStoreFactory(config).migrateAndOpen();
    }

    private StoreConfig certified(TestingCertificate certificate) {
        return config("localhost", trusting("servers.crt") + "&" + certificate.options(directory(), "client"), USER_WITH_CERTIFICATE);
    }

    private StoreConfig config(String host, String options, String user) {
        return new StoreConfig().setUrl(server().url(host, options)).setUser(user).setPassword(PASSWORD);
    }

    private String trusting(String authorities) {
        return "sslmode=verify-full&sslrootcert=" + directory().resolve(authorities);
    }

    private Path directory() {
        return requireNonNull(directory);
    }

    private TestingTlsPostgres server() {
        return requireNonNull(postgres);
    }
}
