package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Signs certificates.
final class TestingAuthority {
    private static final Duration LIFE = Duration.ofDays(1);

    private final X500Name name;
    private final KeyPair keys = newKeys();
    private final byte[] certificate;

    TestingAuthority(String name) {
        this.name = new X500Name("CN=" + name);
        this.certificate = sign(this.name, keys, Instant.now().plus(LIFE), true, Optional.empty());
    }

    /// What those trust who trust the authority.
    String certificate() {
        return pem("CERTIFICATE", certificate);
    }

    TestingCertificate server(String host) {
        return server(host, Instant.now().plus(LIFE));
    }

    TestingCertificate server(String host, Instant end) {
        return signed(new X500Name("CN=database"), end, Optional.of(host));
    }

    /// @param user of the database
    TestingCertificate client(String user) {
        return client(user, Instant.now().plus(LIFE));
    }

    TestingCertificate client(String user, Instant end) {
        return signed(new X500Name("CN=" + user), end, Optional.empty());
    }

    private TestingCertificate signed(X500Name subject, Instant end, Optional<String> host) {
        KeyPair subjectKeys = newKeys();
        byte[] key = subjectKeys.getPrivate().getEncoded();
        return new TestingCertificate(pem("CERTIFICATE", sign(subject, subjectKeys, end, false, host)), pem("PRIVATE KEY", key), key);
    }

    private byte[] sign(X500Name subject, KeyPair subjectKeys, Instant end, boolean authority, Optional<String> host) {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                requireNonNull(name, "name is null"), BigInteger.valueOf(System.nanoTime()),
                Date.from(Instant.now().minus(LIFE.multipliedBy(2))), Date.from(end), subject, subjectKeys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (host.isPresent()) {
                builder.addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, host.get())));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())).getEncoded();
        }
        catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(
                kind, BaseEncoding.base64().withSeparator("\n", 64).encode(content));
    }
}
