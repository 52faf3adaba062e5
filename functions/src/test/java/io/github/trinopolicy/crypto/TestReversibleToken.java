package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestReversibleToken {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(US_ASCII));
    private static final byte[] ROW = "row 1".getBytes(US_ASCII);
    private static final byte[] OTHER_ROW = "row 2".getBytes(US_ASCII);

    /// The layout once more, by plain JCE calls.
    @ParameterizedTest
    @EnumSource(TokenMode.class)
    void testLayout(TokenMode mode) throws Exception {
        byte[] value = "someone@example.com".getBytes(US_ASCII);
        byte[] token = encrypt(mode, value, ROW);
        byte[] context = HexFormat.of().parseHex("00000010" + COLUMN.toString().replace("-", ""));
        byte code = switch (mode) {
            case ROW_KEY -> 1;
            case KEEP_EQUALITY -> 2;
            case RANDOM -> 3;
        };
        byte[] header = Bytes.concat(new byte[]{1, code},
                HexFormat.of().parseHex(KEY_ID.toString().replace("-", "")));

        byte[] iv = switch (mode) {
            case ROW_KEY -> iv(Bytes.concat(new byte[]{1}, context, new byte[]{0, 0, 0, 5}, ROW, value));
            case KEEP_EQUALITY -> iv(Bytes.concat(new byte[]{2}, context, new byte[]{0, 0, 0, 0}, value));
            case RANDOM -> Arrays.copyOfRange(token, 18, 34);
        };
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY.derive(Purpose.ENC, Optional.of(COLUMN)), "AES"), new IvParameterSpec(iv));
        byte[] ciphertext = cipher.doFinal(value);
        byte[] tag = Arrays.copyOf(hmac(Purpose.MAC, Bytes.concat(header, context, iv, ciphertext)), 16);
        assertThat(token).isEqualTo(Bytes.concat(header, iv, ciphertext, tag));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 20, 31, 32, 100, 5000, 200_000, 20})
    void testRoundTrip(int length) throws Exception {
        byte[] value = "é".repeat(length).getBytes(UTF_8);
        for (TokenMode mode : TokenMode.values()) {
            ReversibleToken tokens = tokens(mode);
            byte[] token = encrypt(tokens, value, ROW);
            assertThat(token).hasSize(ReversibleToken.binaryLength(value.length));
            assertThat(ReversibleToken.keyId(token)).isEqualTo(KEY_ID);
            assertThat(tokens.decrypt(token)).isEqualTo(value);

            byte[] text = tokens.encryptToText(value, 0, value.length, ROW, 0, ROW.length);
            assertThat(text).hasSize(ReversibleToken.textLength(value.length));
            assertThat(new String(text, US_ASCII)).matches("[A-Za-z0-9_-]+");
            assertThat(tokens.decrypt(ReversibleToken.parse(text))).isEqualTo(value);
            if (mode != TokenMode.RANDOM) {
                assertThat(text).isEqualTo(Base64.getUrlEncoder().withoutPadding().encode(token));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TokenMode.class)
    void testRoundTripOfEachLength(TokenMode mode) throws Exception {
        Random random = new Random(483);
        ReversibleToken tokens = tokens(mode);
        for (int length = 0; length <= 256; length++) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            byte[] row = new byte[random.nextInt(256)];
            random.nextBytes(row);
            assertThat(tokens.decrypt(encrypt(tokens, value, row))).as("%s bytes", length).isEqualTo(value);
            byte[] text = tokens.encryptToText(value, 0, length, row, 0, row.length);
            assertThat(tokens.decrypt(ReversibleToken.parse(text))).as("%s bytes as text", length).isEqualTo(value);
        }
    }

    @Test
    void testLengths() {
        assertThat(ReversibleToken.binaryLength(0)).isEqualTo(66);
        assertThat(ReversibleToken.binaryLength(15)).isEqualTo(66);
        assertThat(ReversibleToken.binaryLength(16)).isEqualTo(82);
        assertThat(ReversibleToken.textLength(15)).isEqualTo(88);
        assertThat(ReversibleToken.textLength(16)).isEqualTo(110);
        assertThatThrownBy(() -> ReversibleToken.textLength(Integer.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void testPartsOfArrays() throws Exception {
        ReversibleToken tokens = tokens(TokenMode.ROW_KEY);
        byte[] token = tokens.encrypt("xxaliceyy".getBytes(US_ASCII), 2, 5, "zzrow 1".getBytes(US_ASCII), 2, 5);
        assertThat(token).isEqualTo(encrypt(tokens, "alice".getBytes(US_ASCII), ROW));
        assertThat(tokens.decrypt(token)).asString(US_ASCII).isEqualTo("alice");
    }

    @Test
    void testWhatEqualTokensMean() {
        byte[] value = "alice".getBytes(US_ASCII);
        byte[] other = "alicf".getBytes(US_ASCII);

        ReversibleToken cells = tokens(TokenMode.ROW_KEY);
        assertThat(encrypt(cells, value, ROW)).isEqualTo(encrypt(cells, value, ROW));
        assertThat(ivOf(encrypt(cells, value, ROW))).isNotEqualTo(ivOf(encrypt(cells, value, OTHER_ROW)));
        assertThat(ivOf(encrypt(cells, value, ROW))).isNotEqualTo(ivOf(encrypt(cells, other, ROW)));

        ReversibleToken equal = tokens(TokenMode.KEEP_EQUALITY);
        assertThat(encrypt(equal, value, ROW)).isEqualTo(encrypt(equal, value, OTHER_ROW));
        assertThat(ivOf(encrypt(equal, value, ROW))).isNotEqualTo(ivOf(encrypt(equal, other, ROW)));

        ReversibleToken random = tokens(TokenMode.RANDOM);
        Set<String> ivs = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            ivs.add(HexFormat.of().formatHex(ivOf(encrypt(random, value, ROW))));
        }
        assertThat(ivs).hasSize(2000);
    }

    /// Without the length before it, a byte could move from the row key to the value.
    @Test
    void testRowKeyAndValueDoNotRunTogether() {
        byte[] first = encrypt(TokenMode.ROW_KEY, "bc".getBytes(US_ASCII), "a".getBytes(US_ASCII));
        byte[] second = encrypt(TokenMode.ROW_KEY, "c".getBytes(US_ASCII), "ab".getBytes(US_ASCII));
        assertThat(ivOf(first)).isNotEqualTo(ivOf(second));
    }

    @Test
    void testEachModeReadsAll() throws Exception {
        byte[] value = "alice".getBytes(US_ASCII);
        for (TokenMode writer : TokenMode.values()) {
            for (TokenMode reader : TokenMode.values()) {
                assertThat(tokens(reader).decrypt(encrypt(writer, value, ROW))).isEqualTo(value);
            }
        }
    }

    @Test
    void testEachBitIsProtected() {
        ReversibleToken tokens = tokens(TokenMode.ROW_KEY);
        byte[] token = encrypt(tokens, "someone@example.com".getBytes(US_ASCII), ROW);
        for (int bit = 0; bit < token.length * Byte.SIZE; bit++) {
            byte[] changed = token.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertInvalid(tokens, changed);
        }
    }

    @Test
    void testOtherLengths() {
        ReversibleToken tokens = tokens(TokenMode.ROW_KEY);
        byte[] token = encrypt(tokens, "a value of more than two blocks of AES".getBytes(US_ASCII), ROW);
        for (int length = 0; length < token.length; length++) {
            assertInvalid(tokens, Arrays.copyOf(token, length));
        }
        assertInvalid(tokens, Arrays.copyOf(token, token.length + 1));
        assertInvalid(tokens, Arrays.copyOf(token, token.length + 16));
    }

    /// With right tags, as a holder of the MAC key would make them.
    @Test
    void testAuthenticButMalformedCiphertexts() {
        ReversibleToken tokens = tokens(TokenMode.RANDOM);
        for (int length : new int[]{0, 1, 15, 16, 17, 32}) {
            byte[] header = Arrays.copyOf(encrypt(tokens, new byte[1], ROW), 34);
            byte[] body = Bytes.concat(header, new byte[length]);
            byte[] context = HexFormat.of().parseHex("00000010" + COLUMN.toString().replace("-", ""));
            byte[] covered = Bytes.concat(Arrays.copyOf(body, 18), context, Arrays.copyOfRange(body, 18, body.length));
            assertInvalid(tokens, Bytes.concat(body, Arrays.copyOf(hmac(Purpose.MAC, covered), 16)));
        }
    }

    @Test
    void testOtherColumnKeyOrKeyId() {
        byte[] token = encrypt(TokenMode.ROW_KEY, "alice".getBytes(US_ASCII), ROW);
        assertInvalid(new ReversibleToken(KEY, KEY_ID, new UUID(1, 2), TokenMode.ROW_KEY), token);
        assertInvalid(new ReversibleToken(DataKey.copyOf(new byte[32]), KEY_ID, COLUMN, TokenMode.ROW_KEY), token);
        assertInvalid(new ReversibleToken(KEY, new UUID(1, 2), COLUMN, TokenMode.ROW_KEY), token);
    }

    @Test
    void testTextHasOneForm() {
        byte[] text = tokens(TokenMode.ROW_KEY).encryptToText("alice".getBytes(US_ASCII), 0, 5, ROW, 0, ROW.length);
        String string = new String(text, US_ASCII);
        // a token of 82 bytes, so that the last character has bits to spare
        String longer = new String(tokens(TokenMode.ROW_KEY).encryptToText(new byte[20], 0, 20, ROW, 0, ROW.length), US_ASCII);
        char last = longer.charAt(longer.length() - 1);
        for (String other : new String[]{
                string + "=",
                string + "==",
                longer + "==",
                string + " ",
                " " + string,
                string + "\n",
                string.substring(1),
                string.replace(string.charAt(5), '+'),
                string.replace(string.charAt(5), 'é'),
                longer.substring(0, longer.length() - 1) + (char) (last + 1),
        }) {
            assertThatThrownBy(() -> tokens(TokenMode.ROW_KEY).decrypt(ReversibleToken.parse(other.getBytes(UTF_8))))
                    .as(other)
                    .isInstanceOf(InvalidTokenException.class)
                    .hasMessage("The value is not a token of this column and key")
                    .hasNoCause();
        }
    }

    private static void assertInvalid(ReversibleToken tokens, byte[] token) {
        assertThatThrownBy(() -> tokens.decrypt(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessage("The value is not a token of this column and key")
                .hasNoCause();
    }

    private static ReversibleToken tokens(TokenMode mode) {
        return new ReversibleToken(KEY, KEY_ID, COLUMN, mode);
    }

    private static byte[] encrypt(TokenMode mode, byte[] value, byte[] rowKey) {
        return encrypt(tokens(mode), value, rowKey);
    }

    private static byte[] encrypt(ReversibleToken tokens, byte[] value, byte[] rowKey) {
        return tokens.encrypt(value, 0, value.length, rowKey, 0, rowKey.length);
    }

    private static byte[] ivOf(byte[] token) {
        return Arrays.copyOfRange(token, 18, 34);
    }

    private static byte[] iv(byte[] message) {
        return Arrays.copyOf(hmac(Purpose.IV, message), 16);
    }

    private static byte[] hmac(Purpose purpose, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.derive(purpose, Optional.of(COLUMN)), "HmacSHA256"));
            return mac.doFinal(message);
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
