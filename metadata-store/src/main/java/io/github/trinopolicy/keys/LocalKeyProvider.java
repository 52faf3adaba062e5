package io.github.trinopolicy.keys;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Wraps under key-encryption keys that each node reads at its start. The present one wraps; previous ones only unwrap.
///
/// Format 1 of a wrapped key: one byte 1 ‖ length of the key-encryption key's id in one byte ‖ that id in US-ASCII ‖ nonce of 12 random
/// bytes ‖ AES-256-GCM ciphertext of the 32 key bytes with its tag of 16 bytes. The associated data is that of [KeyContext].
public final class LocalKeyProvider implements KeyProvider {
    private static final byte FORMAT = 1;
    private static final Pattern KEY_ENCRYPTION_KEY_ID = Pattern.compile("[0-9a-f]{16}");

    private final KeyEncryptionKey present;
    private final Map<String, KeyEncryptionKey> byId;
    private final SecureRandom random;

    /// Takes ownership of the keys: [#close] wipes them.
    public LocalKeyProvider(KeyEncryptionKey present, List<KeyEncryptionKey> previous, SecureRandom random) {
        this.present = requireNonNull(present, "present is null");
        this.byId = Stream.concat(Stream.of(present), previous.stream())
                .collect(toImmutableMap(KeyEncryptionKey::id, key -> key, (first, _) -> first));
        this.random = requireNonNull(random, "random is null");
    }

    @Override
    public String id() {
        return "local:" + present.id();
    }

    @Override
    public boolean unwraps(WrappedKey key) {
        return key.provider().startsWith("local:");
    }

    @Override
    public WrappedKey create(KeyContext context) {
        try (DataKey key = DataKey.generate(random)) {
            return wrap(key, context);
        }
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        byte[] nonce = new byte[KeyEncryptionKey.NONCE_LENGTH];
        random.nextBytes(nonce);
        byte[] plaintext = key.bytes();
        try {
            byte[] ciphertext = present.encrypt(nonce, plaintext, context.associatedData());
            byte[] id = present.id().getBytes(US_ASCII);
            byte[] wrapped = ByteBuffer.allocate(2 + id.length + nonce.length + ciphertext.length)
                    .put(FORMAT)
                    .put((byte) id.length)
                    .put(id)
                    .put(nonce)
                    .put(ciphertext)
                    .array();
            return new WrappedKey(id(), wrapped);
        }
        finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    public DataKey unwrap(WrappedKey key, KeyContext context) {
        Envelope envelope = parse(key, context);
        KeyEncryptionKey wrappedUnder = byId.get(envelope.keyEncryptionKeyId());
        if (wrappedUnder == null) {
            throw new KeyWrappingException(
                    "data key %s is wrapped under the key-encryption key %s, which this node does not have: name the file that holds it in "
                            .formatted(context.keyId(), envelope.keyEncryptionKeyId())
                            + "policy.key-encryption-key-file or policy.previous-key-encryption-key-files");
        }
        byte[] plaintext;
        try {
            plaintext = wrappedUnder.decrypt(envelope.nonce(), envelope.ciphertext(), context.associatedData());
        }
        catch (GeneralSecurityException _) {
            throw altered(context);
        }
        try {
            return new DataKey(plaintext);
        }
        finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    public void close() {
        byId.values().forEach(KeyEncryptionKey::close);
    }

    @Override
    public String toString() {
        return "LocalKeyProvider[%s]".formatted(present.id());
    }

    private static Envelope parse(WrappedKey key, KeyContext context) {
        ByteBuffer in = ByteBuffer.wrap(key.bytes());
        try {
            if (in.get() != FORMAT) {
                throw altered(context);
            }
            byte[] id = new byte[Byte.toUnsignedInt(in.get())];
            in.get(id);
            byte[] nonce = new byte[KeyEncryptionKey.NONCE_LENGTH];
            in.get(nonce);
            byte[] ciphertext = new byte[in.remaining()];
            in.get(ciphertext);
            String keyEncryptionKeyId = new String(id, US_ASCII);
            if (!KEY_ENCRYPTION_KEY_ID.matcher(keyEncryptionKeyId).matches()
                    || ciphertext.length != SecretBytes.LENGTH + KeyEncryptionKey.TAG_LENGTH) {
                throw altered(context);
            }
            return new Envelope(keyEncryptionKeyId, nonce, ciphertext);
        }
        catch (BufferUnderflowException _) {
            throw altered(context);
        }
    }

    /// One sentence whatever was altered: which check failed is nothing to learn from.
    private static KeyWrappingException altered(KeyContext context) {
        return new KeyWrappingException(
                "data key %s cannot be unwrapped: it was altered, or moved from another key, table or store; restore its row from a backup"
                        .formatted(context.keyId()));
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Envelope(String keyEncryptionKeyId, byte[] nonce, byte[] ciphertext) {}
}
