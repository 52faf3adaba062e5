package io.github.trinopolicy.sample;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Splitter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// A salted slow hash of a secret, as text: algorithm, iterations, salt, hash.
final class SecretHash {
    private static final String ALGORITHM = "pbkdf2-hmac-sha512";
    private static final int ITERATIONS = 210_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 512;
    private static final Splitter PARTS = Splitter.on('$');
    private static final SecureRandom RANDOM = new SecureRandom();

    private SecretHash() {
    }

    static String of(String secret) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return "%s$%s$%s$%s".formatted(ALGORITHM, ITERATIONS, Base64.getEncoder().encodeToString(salt),
                Base64.getEncoder().encodeToString(hash(secret, salt, ITERATIONS)));
    }

    /// @throws IllegalArgumentException when the text is no such hash
    static boolean matches(String secret, String stored) {
        List<String> parts = PARTS.splitToList(stored);
        checkArgument(parts.size() == 4 && parts.getFirst().equals(ALGORITHM), "a hash of a secret that this version does not know");
        byte[] expected = Base64.getDecoder().decode(parts.get(3));
        return MessageDigest.isEqual(expected, hash(secret, Base64.getDecoder().decode(parts.get(2)), Integer.parseInt(parts.get(1))));
    }

    private static byte[] hash(String secret, byte[] salt, int iterations) {
        PBEKeySpec key = new PBEKeySpec(secret.toCharArray(), salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(key).getEncoded();
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has PBKDF2WithHmacSHA512", e);
        }
        finally {
            key.clearPassword();
        }
    }
}
