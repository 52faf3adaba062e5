package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.KeyFamily;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

public class TestLocalKeyProvider {
    // 32 bytes 0, 1, 2, ... and 32, 33, 34, ...
    private static final String PRESENT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String PREVIOUS = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    private static final KeyContext CONTEXT = new KeyContext(
            UUID.fromString("11111111-2222-4333-8444-555555555555"),
            UUID.fromString("66666666-7777-4888-8999-aaaaaaaaaaaa"),
            UUID.fromString("bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"),
            KeyFamily.HASH,
            3);
    private static final String ALTERED = "data key 66666666-7777-4888-8999-aaaaaaaaaaaa cannot be unwrapped: it was altered, or moved from another key, table or store; restore its row from a backup";

    private final SecureRandom random = new SecureRandom();

    @Test
    public void testRoundTrip() {
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = DataKey.generate(random)) {
            WrappedKey wrapped = provider.wrap(key, CONTEXT);
            assertThat(wrapped.provider()).isEqualTo("local:e22473caf9727a38").isEqualTo(provider.id());
            assertThat(wrapped.bytes()).hasSize(2 + 16 + 12 + 32 + 16);
            try (DataKey unwrapped = provider.unwrap(wrapped, CONTEXT)) {
                assertThat(unwrapped).isEqualTo(key);
                assertThat(unwrapped.bytes()).isEqualTo(key.bytes());
            }
        }
    }

    /// Made with another implementation of AES-GCM: the format must stay readable.
    @Test
    public void testFormat() {
        byte[] wrapped = HexFormat.of().parseHex(
                "011065323234373363616639373237613338c8c9cacbcccdcecfd0d1d2d3751d07bceea5914b18"
                        + "5171d16e77996794f29adf7c12d25f91d4459e5a10296a0670ed1472179bc6aed0f43d31cda710");
        byte[] expected = new byte[32];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (100 + i);
        }
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = provider.unwrap(new WrappedKey("local", wrapped), CONTEXT)) {
            assertThat(key.bytes()).isEqualTo(expected);
        }
    }

    @Test
    public void testNoncesDiffer() {
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = DataKey.generate(random)) {
            assertThat(provider.wrap(key, CONTEXT)).isNotEqualTo(provider.wrap(key, CONTEXT));
        }
    }

    @Test
    public void testKeyIsBoundToItsContext() {
        UUID other = UUID.fromString("00000000-0000-4000-8000-000000000000");
        List<KeyContext> others = ImmutableList.of(
                new KeyContext(other, CONTEXT.keyId(), CONTEXT.scope(), CONTEXT.family(), CONTEXT.version()),
                new KeyContext(CONTEXT.storeId(), CONTEXT.keyId(), other, CONTEXT.family(), CONTEXT.version()),
                new KeyContext(CONTEXT.storeId(), CONTEXT.keyId(), CONTEXT.scope(), KeyFamily.MINIMIZE, CONTEXT.version()),
                new KeyContext(CONTEXT.storeId(), CONTEXT.keyId(), CONTEXT.scope(), CONTEXT.family(), 4));
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = DataKey.generate(random)) {
            WrappedKey wrapped = provider.wrap(key, CONTEXT);
            for (KeyContext context : others) {
                assertThatThrownBy(() -> provider.unwrap(wrapped, context))
                        .describedAs("%s", context)
                        .isInstanceOf(KeyWrappingException.class)
                        .hasMessage(ALTERED)
                        .hasNoCause();
            }
            KeyContext otherKey = new KeyContext(CONTEXT.storeId(), other, CONTEXT.scope(), CONTEXT.family(), CONTEXT.version());
            assertThatThrownBy(() -> provider.unwrap(wrapped, otherKey))
                    .isInstanceOf(KeyWrappingException.class)
                    .hasMessage(ALTERED.replace(CONTEXT.keyId().toString(), other.toString()));
        }
    }

    @Test
    public void testEveryAlteredBitIsNoticed() {
        try (LocalKeyProvider provider = provider(PRESENT, PREVIOUS); DataKey key = DataKey.generate(random)) {
            byte[] wrapped = provider.wrap(key, CONTEXT).bytes();
            for (int bit = 0; bit < wrapped.length * Byte.SIZE; bit++) {
                byte[] altered = wrapped.clone();
                altered[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
                assertThatThrownBy(() -> provider.unwrap(new WrappedKey("local", altered), CONTEXT))
                        .describedAs("bit %s", bit)
                        .isInstanceOf(KeyWrappingException.class)
                        .hasNoCause();
            }
        }
    }

    /// The id of the key-encryption key is not authenticated by itself: it must not open anything when it is exchanged.
    @Test
    public void testExchangedKeyEncryptionKeyId() {
        try (LocalKeyProvider provider = provider(PRESENT, PREVIOUS); DataKey key = DataKey.generate(random)) {
            byte[] wrapped = provider.wrap(key, CONTEXT).bytes();
            System.arraycopy("14dd4c5a0c379ef3".getBytes(US_ASCII), 0, wrapped, 2, 16);
            assertThatThrownBy(() -> provider.unwrap(new WrappedKey("local", wrapped), CONTEXT))
                    .isInstanceOf(KeyWrappingException.class)
                    .hasMessage(ALTERED);
        }
    }

    @Test
    public void testEveryOtherLengthIsRefused() {
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = DataKey.generate(random)) {
            byte[] wrapped = provider.wrap(key, CONTEXT).bytes();
            for (int length = 0; length < wrapped.length + 3; length++) {
                if (length != wrapped.length) {
                    byte[] cut = Arrays.copyOf(wrapped, length);
                    assertThatThrownBy(() -> provider.unwrap(new WrappedKey("local", cut), CONTEXT))
                            .describedAs("length %s", length)
                            .isInstanceOf(KeyWrappingException.class)
                            .hasMessage(ALTERED);
                }
            }
        }
    }

    @Test
    public void testPreviousKeyUnwrapsOnly() {
        try (LocalKeyProvider before = provider(PREVIOUS);
                LocalKeyProvider after = provider(PRESENT, PREVIOUS);
                DataKey key = DataKey.generate(random)) {
            WrappedKey old = before.wrap(key, CONTEXT);
            try (DataKey unwrapped = after.unwrap(old, CONTEXT)) {
                assertThat(unwrapped).isEqualTo(key);
            }
            WrappedKey anew = after.wrap(key, CONTEXT);
            assertThat(anew.provider()).isEqualTo("local:e22473caf9727a38");
            assertThatThrownBy(() -> before.unwrap(anew, CONTEXT)).isInstanceOf(KeyWrappingException.class);
        }
    }

    @Test
    public void testUnknownKeyEncryptionKey() {
        try (LocalKeyProvider writer = provider(PREVIOUS);
                LocalKeyProvider reader = provider(PRESENT);
                DataKey key = DataKey.generate(random)) {
            WrappedKey wrapped = writer.wrap(key, CONTEXT);
            assertThatThrownBy(() -> reader.unwrap(wrapped, CONTEXT))
                    .isInstanceOf(KeyWrappingException.class)
                    .hasMessage("data key 66666666-7777-4888-8999-aaaaaaaaaaaa is wrapped under the key-encryption key 14dd4c5a0c379ef3, "
                            + "which this node does not have: name the file that holds it in "
                            + "policy.key-encryption-key-file or policy.previous-key-encryption-key-files");
        }
    }

    @Test
    public void testClosedProviderIsOfNoUse() {
        LocalKeyProvider provider = provider(PRESENT, PREVIOUS);
        try (DataKey key = DataKey.generate(random); LocalKeyProvider other = provider(PREVIOUS)) {
            WrappedKey wrapped = provider.wrap(key, CONTEXT);
            WrappedKey wrappedUnderPrevious = other.wrap(key, CONTEXT);
            provider.close();
            assertThatThrownBy(() -> provider.unwrap(wrapped, CONTEXT)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> provider.unwrap(wrappedUnderPrevious, CONTEXT)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> provider.wrap(key, CONTEXT)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    public void testNothingSecretInTexts() {
        try (LocalKeyProvider provider = provider(PRESENT); DataKey key = DataKey.generate(random)) {
            assertThat(provider).hasToString("LocalKeyProvider[e22473caf9727a38]");
            assertThat(provider.wrap(key, CONTEXT)).hasToString("WrappedKey[provider=local:e22473caf9727a38, 78 bytes]");
            assertThat(key).hasToString("DataKey[secret]");
            assertThat(KeyEncryptionKey.fromBase64(PRESENT.getBytes(US_ASCII))).hasToString("KeyEncryptionKey[e22473caf9727a38]");
        }
    }

    private LocalKeyProvider provider(String present, String... previous) {
        return new LocalKeyProvider(
                KeyEncryptionKey.fromBase64(present.getBytes(US_ASCII)),
                Arrays.stream(previous).map(text -> KeyEncryptionKey.fromBase64(text.getBytes(US_ASCII))).toList(),
                random);
    }
}
