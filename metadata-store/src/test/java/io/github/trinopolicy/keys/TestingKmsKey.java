package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A key of [TestingKms]: AES-256-GCM with the encryption context as associated data, behind the identifier of the key.
public final class TestingKmsKey {
    public enum State {
        ENABLED,
        DISABLED,
        PENDING_DELETION
    }

    private static final int ID_LENGTH = 16;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    private final UUID id = UUID.randomUUID();
    private final SecureRandom random = new SecureRandom();
    private final byte[] secret = randomBytes(32);
    private final String region;
    private volatile State state = State.ENABLED;

    TestingKmsKey(String region) {
        this.region = requireNonNull(region, "region is null");
    }

    public void become(State next) {
        state = next;
    }

    String arn() {
        return "arn:aws:kms:%s:111122223333:key/%s".formatted(region, id);
    }

    String region() {
        return region;
    }

    void requireEnabled() {
        switch (state) {
            case ENABLED -> {
            }
            case DISABLED -> throw TestingKmsFailure.of("DisabledException");
            case PENDING_DELETION -> throw TestingKmsFailure.of("KMSInvalidStateException");
        }
    }

    byte[] generate(Map<String, String> context) {
        return encrypt(randomBytes(32), context);
    }

    byte[] encrypt(byte[] plaintext, Map<String, String> context) {
        byte[] nonce = randomBytes(NONCE_LENGTH);
        try {
            byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plaintext);
            return ByteBuffer.allocate(ID_LENGTH + NONCE_LENGTH + ciphertext.length).put(idBytes()).put(nonce).put(ciphertext).array();
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean hasWrapped(byte[] wrapped) {
        return wrapped.length >= ID_LENGTH && Arrays.equals(Arrays.copyOf(wrapped, ID_LENGTH), idBytes());
    }

    byte[] decrypt(byte[] wrapped, Map<String, String> context) {
        if (wrapped.length < ID_LENGTH + NONCE_LENGTH || !hasWrapped(wrapped)) {
            throw TestingKmsFailure.of("InvalidCiphertextException");
        }
        byte[] nonce = Arrays.copyOfRange(wrapped, ID_LENGTH, ID_LENGTH + NONCE_LENGTH);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, context)
                    .doFinal(Arrays.copyOfRange(wrapped, ID_LENGTH + NONCE_LENGTH, wrapped.length));
        }
        catch (GeneralSecurityException _) {
            throw TestingKmsFailure.of("InvalidCiphertextException");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, Map<String, String> context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(new TreeMap<>(context).toString().getBytes(UTF_8));
        return cipher;
    }

    private byte[] idBytes() {
        return ByteBuffer.allocate(ID_LENGTH).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array();
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
