package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

public class TestKeyEncryptionKey {
    private static final String TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    public void testId() {
        // computed with another implementation of HMAC
        assertThat(key(TEXT).id()).isEqualTo("e22473caf9727a38");
        assertThat(key("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=").id()).isEqualTo("14dd4c5a0c379ef3");
    }

    @Test
    public void testEquality() {
        assertThat(key(TEXT)).isEqualTo(key(TEXT)).hasSameHashCodeAs(key(TEXT));
        assertThat(key(TEXT)).isNotEqualTo(key("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="));
        assertThat(new DataKey(new byte[32])).isEqualTo(new DataKey(new byte[32]));
        assertThat(new DataKey(new byte[32])).isNotEqualTo(new DataKey(Base64.getDecoder().decode(TEXT)));
    }

    @Test
    public void testSpaceAtTheEnd() {
        assertThat(key(TEXT + "\n")).isEqualTo(key(TEXT));
        assertThat(key(TEXT + " \r\n")).isEqualTo(key(TEXT));
        assertNotBase64(" " + TEXT);
        assertNotBase64(TEXT + "\u00a0");
    }

    @Test
    public void testNotBase64() {
        assertNotBase64(TEXT.replace('A', '*'));
        assertNotBase64(TEXT + "\n" + TEXT);
        assertNotBase64(TEXT.substring(1));
    }

    @Test
    public void testLength() {
        assertLength(0);
        assertLength(16);
        assertLength(31);
        assertLength(33);
        assertLength(64);
    }

    @Test
    public void testCopies() {
        byte[] mine = new byte[32];
        try (DataKey key = new DataKey(mine)) {
            mine[0] = 1;
            key.bytes()[1] = 1;
            assertThat(key.bytes()).isEqualTo(new byte[32]);
        }
        byte[] wrapped = new byte[5];
        WrappedKey key = new WrappedKey("local", wrapped);
        wrapped[0] = 1;
        key.bytes()[1] = 1;
        assertThat(key.bytes()).isEqualTo(new byte[5]);
    }

    @Test
    public void testClosed() {
        DataKey key = new DataKey(new byte[32]);
        key.close();
        assertThatThrownBy(key::bytes).isInstanceOf(IllegalStateException.class).hasMessage("the secret was wiped");
    }

    @Test
    public void testDataKeyLength() {
        assertThatThrownBy(() -> new DataKey(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a secret has 31 bytes, exactly 32 are needed");
    }

    private static void assertNotBase64(String text) {
        // no cause: that of the decoder quotes a character
        assertThatThrownBy(() -> key(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("is not Base64, exactly 32 bytes in Base64 are needed")
                .hasNoCause();
    }

    private static void assertLength(int length) {
        assertThatThrownBy(() -> KeyEncryptionKey.fromBase64(Base64.getEncoder().encode(new byte[length])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("holds %s bytes, exactly 32 bytes in Base64 are needed", length);
    }

    private static KeyEncryptionKey key(String text) {
        return KeyEncryptionKey.fromBase64(text.getBytes(text.chars().allMatch(c -> c < 128) ? US_ASCII : UTF_8));
    }
}
