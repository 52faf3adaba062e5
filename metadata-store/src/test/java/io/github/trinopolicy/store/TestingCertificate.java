package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/// A certificate with its key, as a server or a client presents it.
final class TestingCertificate {
    private final String certificate;
    private final String key;
    private final byte[] pkcs8Key;

    /// @param certificate as PEM
    /// @param key as PEM
    /// @param pkcs8Key the same key as the driver reads it
    TestingCertificate(String certificate, String key, byte[] pkcs8Key) {
        this.certificate = requireNonNull(certificate, "certificate is null");
        this.key = requireNonNull(key, "key is null");
        checkArgument(pkcs8Key.length > 0, "pkcs8Key is empty");
        this.pkcs8Key = pkcs8Key.clone();
    }

    String certificate() {
        return certificate;
    }

    String key() {
        return key;
    }

    /// Writes files, and returns the options of the driver that name them.
    String options(Path directory, String name) {
        Path certificateFile = directory.resolve(name + ".crt");
        Path keyFile = directory.resolve(name + ".pk8");
        try {
            Files.writeString(certificateFile, certificate);
            Files.write(keyFile, pkcs8Key);
            // the driver, too, refuses a key that others can read
            Files.setPosixFilePermissions(keyFile, ImmutableSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "sslcert=%s&sslkey=%s".formatted(certificateFile, keyFile);
    }
}
