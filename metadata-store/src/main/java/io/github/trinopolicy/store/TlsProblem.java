package io.github.trinopolicy.store;

import com.google.common.base.Strings;
import com.google.common.base.Throwables;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/// The words for when a connection fails because of TLS: what is wrong, and which option of the driver or of the server to look at.
final class TlsProblem {
    private TlsProblem() {
    }

    /// Empty when TLS is not the reason, as far as the driver tells.
    static Optional<String> of(SQLException failure) {
        List<Throwable> chain = Throwables.getCausalChain(failure);
        if (contains(chain, CertificateExpiredException.class) || contains(chain, CertificateNotYetValidException.class)) {
            return Optional.of("the certificate of the server has expired or is not valid yet; renew it (ssl_cert_file of the server)"
                    + ", or set the clock of this node right");
        }
        if (contains(chain, CertPathBuilderException.class) || contains(chain, CertPathValidatorException.class)) {
            return Optional.of("no authority that this node trusts has signed the certificate of the server"
                    + "; let sslrootcert in policy.store.url name the authority that did");
        }
        String message = Strings.nullToEmpty(failure.getMessage());
        // the driver names its class in every language
        if (message.contains("HostnameVerifier")) {
            return Optional.of("the certificate of the server is made out to another host"
                    + "; use a host in policy.store.url that it names, or have one made out that names this host");
        }
        // a server that refuses a certificate says so and hangs up; the node may meet the second before it reads the first
        if (chain.stream().anyMatch(cause -> Strings.nullToEmpty(cause.getMessage()).contains("fatal alert"))
                || (message.contains("SSL") && contains(chain, SocketException.class))) {
            return Optional
                    .of("the server hung up in the handshake, as it does when it refuses the certificate of the node; let sslcert and "
                            + "sslkey in policy.store.url name one that has not expired and that an authority in ssl_ca_file of the server has signed");
        }
        if (saidByServer(failure)) {
            return Optional.empty();
        }
        if ("08004".equals(failure.getSQLState()) && message.contains("SSL")) {
            return Optional.of("the server offers no TLS, which sslmode in policy.store.url asks for; turn it on (ssl = on)");
        }
        if (message.contains("SSL") || message.contains("sslmode") || message.contains("private key")) {
            // the innermost message says most, and names files and options alone
            String said = chain.stream().filter(SQLException.class::isInstance).reduce((_, inner) -> inner).map(Throwable::getMessage)
                    .orElse(message);
            return Optional.of("%s; look at sslmode, sslrootcert, sslcert and sslkey in policy.store.url"
                    .formatted(said.replaceFirst("\\.$", "")));
        }
        return Optional.empty();
    }

    private static boolean saidByServer(SQLException failure) {
        return failure instanceof PSQLException said && said.getServerErrorMessage() != null;
    }

    private static boolean contains(List<Throwable> chain, Class<? extends Throwable> type) {
        return chain.stream().anyMatch(type::isInstance);
    }
}
