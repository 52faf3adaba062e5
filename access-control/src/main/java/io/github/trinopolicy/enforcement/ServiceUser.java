package io.github.trinopolicy.enforcement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.security.Identity;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The user as whom this process reads tables for policies. Its name is drawn at random in each process, and all names with the prefix are
/// refused wherever a user could bring one. The name alone is worth nothing: a query runs only with the secret of a [Run] that is under
/// way, in an extra credential, and reads only the tables that this run is about, or asks which there are. Thread-safe.
public final class ServiceUser {
    static final String PREFIX = "policy-service-";
    private static final String CREDENTIAL = "policy.service";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name = PREFIX + random(16);
    private final Optional<String> login;
    private final Set<Run> runs = ConcurrentHashMap.newKeySet();

    /// @param login the user that logs in to act as this one; empty where Trino asks for no password
    public ServiceUser(Optional<String> login) {
        this.login = requireNonNull(login, "login is null");
    }

    public String name() {
        return name;
    }

    /// Until the run is closed, queries with its secret may read the tables, raw, and through views among them what their owners may read.
    public Run begin(Set<ObjectName> tables) {
        return begin(ServiceReach.reading(tables));
    }

    /// Until the run is closed, queries with its secret may read the table, raw, which must be no view.
    public Run beginRaw(ObjectName table) {
        return begin(ServiceReach.readingRaw(table));
    }

    /// Until the run is closed, queries with its secret may ask which tables and columns there are in the data source, and read none.
    public Run beginDescribing(ObjectName dataSource) {
        return begin(ServiceReach.describing(dataSource));
    }

    /// As [#beginRaw], and its queries may call the functions that fingerprints hash values by.
    public Run beginFingerprint(ObjectName table) {
        return begin(ServiceReach.measuring(table));
    }

    private Run begin(ServiceReach reach) {
        Run run = new Run(reach);
        runs.add(run);
        return run;
    }

    /// What a query of this identity is about; empty for everybody but a run that is under way.
    Optional<ServiceReach> reachOf(Identity identity) {
        String shown = identity.getExtraCredentials().get(CREDENTIAL);
        if (shown == null || !identity.getUser().equals(name)) {
            return Optional.empty();
        }
        return runs.stream().filter(run -> run.isSecret(shown)).findFirst().map(run -> run.reach);
    }

    /// Whether somebody with this principal may begin a session as the user. What he may do in it is another question.
    boolean mayBeOf(Optional<Principal> principal, String user) {
        return user.equals(name) && principal.map(Principal::getName).filter(login.orElse(name)::equals).isPresent();
    }

    /// Whether somebody who logged in may act as the user.
    boolean mayBecome(Identity loggedIn, String user) {
        return user.equals(name) && loggedIn.getPrincipal().isPresent() && login.filter(loggedIn.getUser()::equals).isPresent();
    }

    static boolean isReserved(String user) {
        return user.startsWith(PREFIX);
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /// Name and secrets stay in the process.
    @Override
    public String toString() {
        return PREFIX + "*";
    }

    /// One piece of work of the service user, with a secret of its own.
    public final class Run implements AutoCloseable {
        private final ServiceReach reach;
        private final String secret = random(32);

        private Run(ServiceReach reach) {
            this.reach = requireNonNull(reach, "reach is null");
        }

        /// What a connection shows as extra credentials, as the JDBC driver takes them.
        public String credential() {
            return CREDENTIAL + ":" + secret;
        }

        private boolean isSecret(String shown) {
            return MessageDigest.isEqual(secret.getBytes(UTF_8), shown.getBytes(UTF_8));
        }

        /// The secret is worth nothing any more.
        @Override
        public void close() {
            runs.remove(this);
        }

        @Override
        public String toString() {
            return "Run[%s]".formatted(reach);
        }
    }
}
