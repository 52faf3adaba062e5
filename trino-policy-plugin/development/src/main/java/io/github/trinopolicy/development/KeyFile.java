package io.github.trinopolicy.development;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/// The file of a key-encryption key: 32 random bytes in Base64, for its owner's eyes.
public final class KeyFile {
    private static final int KEY_LENGTH = 32;

    private KeyFile() {
    }

    public static void writeNew(Path file) throws IOException {
        byte[] key = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(key);
        PrivateDirectory.write(file, new String(Base64.getEncoder().encode(key), US_ASCII));
        Arrays.fill(key, (byte) 0);
    }
}
