package io.github.trinopolicy.crypto;

import static io.github.trinopolicy.crypto.TestingVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.fpe.FPEEngine;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestFf1 {
    private static final String NIST_SYMBOLS = "0123456789abcdefghijklmnopqrstuvwxyz";

    @Test
    void testNistSamples() {
        int executed = 0;
        for (JsonNode sample : TestingVectors.read("nist_ff1_samples.json")) {
            int radix = sample.required("radix").intValue();
            Ff1 ff1 = new Ff1(hex(sample, "key"), hex(sample, "tweak"), radix);
            byte[] plaintext = numerals(sample.required("pt").textValue(), NIST_SYMBOLS);
            byte[] ciphertext = numerals(sample.required("ct").textValue(), NIST_SYMBOLS);
            assertPair(ff1, plaintext, ciphertext, "sample " + sample.required("sample"));
            executed++;
        }
        assertThat(executed).isEqualTo(9);
    }

    /// Valid by the rule of 2016, which wanted a hundred possible strings, but refused by Revision 1, which wants a million: these alone may be
    /// refused of the valid ones.
    @ParameterizedTest
    @CsvSource({
            "aes_ff1_base10_test.json, 3300, 12, 533",
            "aes_ff1_radix10_test.json, 3300, 12, 533",
            "aes_ff1_radix36_test.json, 2459, 6, 389",
            "aes_ff1_radix62_test.json, 2133, 6, 335"})
    void testWycheproof(String name, int expectedValid, int expectedSmall, int expectedInvalid) {
        JsonNode file = TestingVectors.read(name);
        int valid = 0;
        int small = 0;
        int invalid = 0;
        for (JsonNode group : file.required("testGroups")) {
            int radix = group.required("radix").intValue();
            for (JsonNode test : group.required("tests")) {
                String description = "tcId %s: %s".formatted(test.required("tcId"), test.required("comment"));
                byte[] plaintext = numerals(group, test.required("msg"));
                byte[] ciphertext = numerals(group, test.required("ct"));
                if (test.required("result").textValue().equals("invalid")) {
                    assertThatThrownBy(() -> new Ff1(hex(test, "key"), hex(test, "tweak"), radix).encrypt(plaintext, plaintext.length))
                            .as(description)
                            .isInstanceOf(IllegalArgumentException.class);
                    invalid++;
                }
                else if (Math.pow(radix, plaintext.length) < 1_000_000) {
                    Ff1 ff1 = new Ff1(hex(test, "key"), hex(test, "tweak"), radix);
                    assertThat(ff1.covers(plaintext.length)).as(description).isFalse();
                    assertThatThrownBy(() -> ff1.encrypt(plaintext, plaintext.length))
                            .as(description)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage("Radix %s does not cover length %s".formatted(radix, plaintext.length));
                    small++;
                }
                else {
                    assertPair(new Ff1(hex(test, "key"), hex(test, "tweak"), radix), plaintext, ciphertext, description);
                    valid++;
                }
            }
        }
        assertThat(valid).isEqualTo(expectedValid);
        assertThat(small).isEqualTo(expectedSmall);
        assertThat(invalid).isEqualTo(expectedInvalid);
        assertThat(valid + small + invalid).isEqualTo(file.required("numberOfTests").intValue());
    }

    /// All radixes that the alphabets could have and lengths in both tiers, with tweaks that take none, some and more than the last block.
    @Test
    void testAgainstBouncyCastle() {
        Random random = new Random(483);
        int longTier = 0;
        int bigTier = 0;
        for (int radix = 2; radix <= 64; radix++) {
            byte[] key = bytes(random, 32);
            byte[] tweak = bytes(random, random.nextInt(40));
            Ff1 ff1 = new Ff1(key, tweak, radix);
            FPEEngine engine = new FPEFF1Engine(AESEngine.newInstance());
            engine.init(true, new FPEParameters(new KeyParameter(key), radix, tweak));
            for (int length = Ff1.minLength(radix); length <= 128; length++) {
                byte[] plaintext = new byte[length];
                switch (length % 4) {
                    case 0 -> Arrays.fill(plaintext, (byte) (radix - 1));
                    case 1 -> plaintext[length - 1] = 1;
                    default -> {
                        for (int i = 0; i < length; i++) {
                            plaintext[i] = (byte) random.nextInt(radix);
                        }
                    }
                }
                byte[] ciphertext = new byte[length];
                engine.processBlock(plaintext, 0, length, ciphertext, 0);
                assertPair(ff1, plaintext, ciphertext, "radix %s, length %s".formatted(radix, length));
                if (LongFf1Rounds.covers(radix, length)) {
                    longTier++;
                }
                else {
                    bigTier++;
                }
            }
        }
        assertThat(longTier).isGreaterThan(1000);
        assertThat(bigTier).isGreaterThan(5000);
    }

    /// Many values where the halves are near the limits of the arithmetic: below and above 2^32, and just below 2^61.
    @ParameterizedTest
    @CsvSource({"2, 60", "2, 64", "2, 65", "2, 120", "10, 6", "10, 16", "10, 18", "10, 19", "10, 20", "10, 35", "10, 36", "36, 13",
            "62, 20",
            "256, 8", "256, 14"})
    void testLongRoundsAgainstBigRounds(int radix, int length) {
        Random random = new Random(483);
        byte[] key = bytes(random, 32);
        byte[] tweak = bytes(random, 8);
        assertThat(LongFf1Rounds.covers(radix, length)).isTrue();
        Ff1Rounds fast = LongFf1Rounds.create(Aes.encryptor(key), radix, length, tweak);
        Ff1Rounds plain = new BigFf1Rounds(Aes.encryptor(key), radix, length, tweak);
        for (int i = 0; i < 2000; i++) {
            byte[] numerals = new byte[length];
            for (int j = 0; j < length; j++) {
                numerals[j] = (byte) random.nextInt(radix);
            }
            byte[] expected = numerals.clone();
            plain.encrypt(expected);
            byte[] actual = numerals.clone();
            fast.encrypt(actual);
            assertThat(actual).isEqualTo(expected);
            fast.decrypt(actual);
            assertThat(actual).isEqualTo(numerals);
            plain.decrypt(expected);
            assertThat(expected).isEqualTo(numerals);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 9, 10, 18, 19})
    void testNumbersAreTheirDigits(int length) {
        Ff1 ff1 = new Ff1(new byte[32], new byte[8], 10);
        Random random = new Random(length);
        for (int i = 0; i < 1000; i++) {
            byte[] numerals = new byte[length];
            for (int j = 0; j < length; j++) {
                numerals[j] = (byte) random.nextInt(10);
            }
            long number = number(numerals);
            ff1.encrypt(numerals, length);
            assertThat(ff1.encrypt(number, length)).isEqualTo(number(numerals));
            assertThat(ff1.decrypt(number(numerals), length)).isEqualTo(number);
        }
    }

    @Test
    void testNumbersOfTooManyDigits() {
        Ff1 ff1 = new Ff1(new byte[32], new byte[8], 10);
        assertThatThrownBy(() -> ff1.encrypt(1, 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Numbers of 20 numerals of radix 10 do not fit 64 bits");
        assertThatThrownBy(() -> ff1.encrypt(1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ff1.encrypt(1_000_000, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The number has more than 6 numerals");
        assertThatThrownBy(() -> ff1.decrypt(-1, 6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void testColumnHasOwnKeyAndTweak() throws Exception {
        UUID column = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
        DataKey key = DataKey.copyOf(new byte[32]);
        byte[] uuid = HexFormat.of().parseHex("6f1c29d56d0a4a529d0c0d1f34b4c7aa");
        assertThat(ByteBuffer.wrap(uuid).getLong()).isEqualTo(column.getMostSignificantBits());
        byte[] tweak = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(uuid), 8);
        Ff1 expected = new Ff1(key.derive(Purpose.FF1, Optional.of(column)), tweak, 10);
        assertThat(Ff1.ofColumn(key, column, 10).encrypt(1234567, 9)).isEqualTo(expected.encrypt(1234567, 9));
        assertThat(Ff1.ofColumn(key, new UUID(1, 1), 10).encrypt(1234567, 9)).isNotEqualTo(expected.encrypt(1234567, 9));
    }

    @Test
    void testCoveredLengths() {
        assertThat(Ff1.minLength(2)).isEqualTo(20);
        assertThat(Ff1.minLength(10)).isEqualTo(6);
        assertThat(Ff1.minLength(26)).isEqualTo(5);
        assertThat(Ff1.minLength(52)).isEqualTo(4);
        assertThat(Ff1.minLength(62)).isEqualTo(4);
        assertThat(Ff1.minLength(100)).isEqualTo(3);
        assertThat(Ff1.minLength(256)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 40})
    void testForeignNumeralChangesNothing(int length) {
        Ff1 ff1 = new Ff1(new byte[32], new byte[8], 10);
        byte[] numerals = new byte[length];
        for (int position : new int[]{0, length / 2, length - 1}) {
            Arrays.fill(numerals, (byte) 3);
            numerals[position] = 10;
            byte[] before = numerals.clone();
            assertThatThrownBy(() -> ff1.encrypt(numerals, length))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A numeral is not less than the radix");
            assertThatThrownBy(() -> ff1.decrypt(numerals, length)).isInstanceOf(IllegalArgumentException.class);
            assertThat(numerals).isEqualTo(before);
        }
    }

    private static void assertPair(Ff1 ff1, byte[] plaintext, byte[] ciphertext, String description) {
        byte[] numerals = plaintext.clone();
        ff1.encrypt(numerals, numerals.length);
        assertThat(numerals).as(description).isEqualTo(ciphertext);
        ff1.decrypt(numerals, numerals.length);
        assertThat(numerals).as(description).isEqualTo(plaintext);
    }

    private static byte[] numerals(JsonNode group, JsonNode value) {
        if (value.isTextual()) {
            return numerals(value.textValue(), group.required("alphabet").textValue());
        }
        byte[] numerals = new byte[value.size()];
        for (int i = 0; i < numerals.length; i++) {
            numerals[i] = (byte) value.required(i).intValue();
        }
        return numerals;
    }

    /// A character outside the alphabet becomes -1, which is above every radix as an unsigned byte.
    private static byte[] numerals(String text, String alphabet) {
        byte[] numerals = new byte[text.length()];
        for (int i = 0; i < numerals.length; i++) {
            numerals[i] = (byte) alphabet.indexOf(text.charAt(i));
        }
        return numerals;
    }

    private static long number(byte[] digits) {
        long number = 0;
        for (byte digit : digits) {
            number = number * 10 + digit;
        }
        return number;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
