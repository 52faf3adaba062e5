package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The local key under which data keys are wrapped: AES-256-GCM with a tag of 128 bits. Safe for use by several threads.
public final class KeyEncryptionKey implements AutoCloseable {
    static final int NONCE_LENGTH = 12;
    static final int TAG_LENGTH = 16;
    static final int ID_LENGTH = 16;

    private static final byte[] ID_LABEL = "policy/v1/kek-id".getBytes(US_ASCII);

    private final SecretBytes secret;
    private final String id;

    private KeyEncryptionKey(byte[] bytes) {
        secret = new SecretBytes(bytes);
        id = computeId(bytes);
    }

    /// Reads exactly 32 bytes in Base64, padded, with white space at the end allowed.
    ///
    /// @param text US-ASCII; the caller wipes it
    /// @throws IllegalArgumentException with the end of a sentence that begins with where the text is from
    public static KeyEncryptionKey fromBase64(byte[] text) {
        byte[] trimmed = withoutTrailingSpace(text);
        byte[] bytes = decode(trimmed);
        try {
            if (bytes.length != SecretBytes.LENGTH) {
                throw new IllegalArgumentException(
                        "holds %s bytes, exactly %s bytes in Base64 are needed".formatted(bytes.length, SecretBytes.LENGTH));
            }
            return new KeyEncryptionKey(bytes);
        }
        finally {
            Arrays.fill(trimmed, (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /// The first 16 hex digits of HMAC-SHA-256(key, "policy/v1/kek-id"): public, and tells nothing of the key.
    public String id() {
        return id;
    }

    byte[] encrypt(byte[] nonce, byte[] plaintext, byte[] associatedData) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, nonce, associatedData).doFinal(plaintext);
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM is not available", e);
        }
    }

    /// @throws GeneralSecurityException when nonce, ciphertext or associated data are not those of the encryption
    byte[] decrypt(byte[] nonce, byte[] ciphertext, byte[] associatedData)
            throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, nonce, associatedData).doFinal(ciphertext);
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] associatedData)
            throws GeneralSecurityException {
        byte[] bytes = secret.copy();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(TAG_LENGTH * Byte.SIZE, nonce));
            cipher.updateAAD(associatedData);
            return cipher;
        }
        finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public void close() {
        secret.close();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof KeyEncryptionKey key && secret.hasSameBytes(key.secret));
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "KeyEncryptionKey[%s]".formatted(id);
    }

    private static byte[] withoutTrailingSpace(byte[] text) {
        int end = requireNonNull(text, "text is null").length;
        while (end > 0 && text[end - 1] >= 0 && Character.isWhitespace(text[end - 1])) {
            end--;
        }
        return Arrays.copyOf(text, end);
    }

    private static byte[] decode(byte[] text) {
        try {
            return Base64.getDecoder().decode(text);
        }
        catch (IllegalArgumentException _) {
            // the decoder's message quotes a character of the secret, so it goes no further
            throw new IllegalArgumentException("is not Base64, exactly %s bytes in Base64 are needed".formatted(SecretBytes.LENGTH));
        }
    }

    private static String computeId(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(ID_LABEL)).substring(0, ID_LENGTH);
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is not available", e);
        }
    }
}
