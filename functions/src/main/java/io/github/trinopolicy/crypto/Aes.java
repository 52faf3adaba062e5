package io.github.trinopolicy.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/// Single AES blocks. A cipher belongs to one thread.
final class Aes {
    static final int BLOCK = 16;

    private Aes() {
    }

    static Cipher encryptor(byte[] key) {
        return cipher(Cipher.ENCRYPT_MODE, key);
    }

    static Cipher decryptor(byte[] key) {
        return cipher(Cipher.DECRYPT_MODE, key);
    }

    // The modes above single blocks are built on this in the package, because a JCE cipher with an IV allocates and is initialized per value.
    @SuppressWarnings("InsecureCryptoUsage")
    private static Cipher cipher(int mode, byte[] key) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"));
            return cipher;
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime refuses an AES key of %s bits".formatted(key.length * Byte.SIZE), e);
        }
    }

    /// Transforms whole blocks. In place it would work too, but JCE copies overlapping arrays first.
    static void transform(Cipher cipher, byte[] input, int inputOffset, int length, byte[] output, int outputOffset) {
        try {
            cipher.update(input, inputOffset, length, output, outputOffset);
        }
        catch (ShortBufferException e) {
            throw new IllegalArgumentException("The output has no room for %s bytes at %s".formatted(length, outputOffset), e);
        }
    }

    /// Transforms one block.
    static void transform(Cipher cipher, byte[] input, byte[] output) {
        transform(cipher, input, 0, BLOCK, output, 0);
    }
}
