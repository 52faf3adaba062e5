package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableSet;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Says of what went wrong what it means and what to do.
final class FailureSentences {
    // of Trino's StandardErrorCode
    private static final int PERMISSION_DENIED = 4;
    private static final int INVALID_FUNCTION_ARGUMENT = 7;
    private static final int INVALID_PROCEDURE_ARGUMENT = 30;
    // function, procedure, catalog, schema
    private static final Set<Integer> NOT_FOUND = ImmutableSet.of(6, 29, 44, 45);

    private static final Pattern QUERY_FAILED = Pattern.compile("^Query failed \\(#[^)]*\\): ");

    private final ServerAddress address;
    private final String user;

    FailureSentences(ServerAddress address, String user) {
        this.address = requireNonNull(address, "address is null");
        this.user = requireNonNull(user, "user is null");
    }

    /// @return a [CommandFailure], or a [BundleRefusedException] where the server found a bundle wrong
    RuntimeException failure(SQLException e) {
        String message = QUERY_FAILED.matcher(String.valueOf(e.getMessage())).replaceFirst("");
        boolean answered = !message.equals(e.getMessage());
        if (answered) {
            if (e.getErrorCode() == PERMISSION_DENIED) {
                return new CommandFailure(message + "; ask an administrator of the policies, or log in as another --user", e);
            }
            if (NOT_FOUND.contains(e.getErrorCode())) {
                return new CommandFailure(
                        ("the catalog 'policy' of %s does not know this (%s): install the plugin of this version and write "
                                + "etc/catalog/policy.properties with connector.name=policy").formatted(address, message),
                        e);
            }
            if (e.getErrorCode() == INVALID_FUNCTION_ARGUMENT || e.getErrorCode() == INVALID_PROCEDURE_ARGUMENT) {
                return new BundleRefusedException(message, e);
            }
            return new CommandFailure(message, e);
        }
        return new CommandFailure(network(e).orElseGet(() -> "%s gave no answer that can be used: %s".formatted(address, message)), e);
    }

    private Optional<String> network(SQLException e) {
        for (Throwable cause : Throwables.getCausalChain(e).reversed()) {
            Optional<String> sentence = sentence(cause);
            if (sentence.isPresent()) {
                return sentence;
            }
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("Authentication failed") || message.contains("Unauthorized")) {
            return Optional.of(("%s refuses the login of user '%s': check --user and the password (--password, TRINO_PASSWORD) or token "
                    + "(TRINO_ACCESS_TOKEN)").formatted(address, user));
        }
        return Optional.empty();
    }

    private Optional<String> sentence(Throwable cause) {
        return Optional.ofNullable(switch (cause) {
            case UnknownHostException _ -> "there is no host '%s': check --server".formatted(address.host());
            case ConnectException _ ->
                "nobody answers at %s: start Trino there, or name another coordinator by --server".formatted(address);
            case NoRouteToHostException _ -> "there is no way to %s: check --server and the proxy".formatted(address);
            case SocketTimeoutException _ -> "%s does not answer in time: check --server, and whether Trino is up".formatted(address);
            case NoSuchFileException missing ->
                "there is no file '%s': check --truststore-path and --keystore-path".formatted(missing.getFile());
            case FileNotFoundException _,AccessDeniedException _ ->
                "the file of --truststore-path or --keystore-path cannot be read: %s".formatted(cause.getMessage());
            case UnrecoverableKeyException _ ->
                "the password of the truststore or keystore is wrong: check TRINO_TRUSTSTORE_PASSWORD and TRINO_KEYSTORE_PASSWORD";
            case SSLPeerUnverifiedException _ -> ("the certificate of %s is for another host: use the name that the certificate "
                    + "has in --server").formatted(address);
            case CertificateException _ -> ("the certificate of %s is not trusted: name that of its authority by --truststore-path, or "
                    + "--use-system-truststore").formatted(address);
            case KeyStoreException _ -> "the file of --truststore-path or --keystore-path is no keystore and no PEM file: check "
                    + "--truststore-type and --keystore-type";
            case SSLException _ when isPlain(cause) -> "%s speaks no TLS: write http:// in --server, or its TLS port".formatted(address);
            case SSLException _ -> ("no TLS connection to %s comes about (%s): check --server, the certificates, and --keystore-path where "
                    + "the server asks for a certificate").formatted(address, cause.getMessage());
            case EOFException _ -> "%s ends the connection at once: if it speaks TLS, write https:// in --server".formatted(address);
            default -> null;
        });
    }

    private static boolean isPlain(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("Unsupported or unrecognized SSL message");
    }

    /// Why a file could not be read or written.
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "no right to it";
            case NoSuchFileException _ -> "it is not there";
            case FileSystemException failure when failure.getReason() != null -> failure.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
