package io.github.trinopolicy.crypto;

import static io.github.trinopolicy.crypto.TestingVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Bytes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestHmacSha256 {
    /// All of Wycheproof, with keys of 16, 32 and 65 bytes and whole and truncated tags.
    @Test
    void testWycheproof() {
        JsonNode file = TestingVectors.read("hmac_sha256_test.json");
        int valid = 0;
        int invalid = 0;
        for (JsonNode group : file.required("testGroups")) {
            int tagLength = group.required("tagSize").intValue() / Byte.SIZE;
            for (JsonNode test : group.required("tests")) {
                byte[] tag = Arrays.copyOf(mac(hex(test, "key"), hex(test, "msg")), tagLength);
                boolean matches = MessageDigest.isEqual(tag, hex(test, "tag"));
                boolean expected = test.required("result").textValue().equals("valid");
                assertThat(matches).as("tcId %s: %s", test.required("tcId"), test.required("comment")).isEqualTo(expected);
                if (expected) {
                    valid++;
                }
                else {
                    invalid++;
                }
            }
        }
        assertThat(valid).isEqualTo(66);
        assertThat(invalid).isEqualTo(108);
        assertThat(valid + invalid).isEqualTo(file.required("numberOfTests").intValue());
    }

    @Test
    void testPrefixIsPartOfTheMessage() {
        byte[] key = {1, 2, 3};
        byte[] output = new byte[40];
        new HmacSha256(key, (byte) 7, (byte) 8).compute(new byte[]{0, 9, 10, 0}, 1, 2, output, 5);
        assertThat(Arrays.copyOfRange(output, 5, 37)).isEqualTo(mac(key, new byte[]{7, 8, 9, 10}));
        assertThat(output).startsWith(0, 0, 0, 0, 0).endsWith(0, 0, 0);
    }

    @Test
    void testMessageOfSeveralParts() {
        Random random = new Random(483);
        byte[] key = new byte[32];
        random.nextBytes(key);
        HmacSha256 hmac = new HmacSha256(key, (byte) 7);
        for (int length = 0; length < 600; length++) {
            byte[] message = new byte[length];
            random.nextBytes(message);
            int first = random.nextInt(length + 1);
            int second = first + random.nextInt(length - first + 1);
            hmac.start();
            hmac.update(message, 0, first);
            hmac.update(message, first, second - first);
            hmac.update(message, second, length - second);
            byte[] output = new byte[32];
            hmac.finish(output, 0);
            assertThat(output).as("%s bytes", length).isEqualTo(jce(key, Bytes.concat(new byte[]{7}, message)));
        }
    }

    /// A message that broke off, short or long, leaves nothing to the next.
    @ParameterizedTest
    @ValueSource(ints = {10, 1000})
    void testMessageThatBrokeOff(int length) {
        byte[] key = new byte[32];
        HmacSha256 hmac = new HmacSha256(key);
        hmac.start();
        hmac.update(new byte[length], 0, length);
        assertThatThrownBy(() -> hmac.update(new byte[1], 1, 2000)).isInstanceOf(RuntimeException.class);
        byte[] output = new byte[32];
        hmac.compute(new byte[]{1, 2, 3}, 0, 3, output, 0);
        assertThat(output).isEqualTo(jce(key, new byte[]{1, 2, 3}));
    }

    @Test
    void testOutputWithoutRoom() {
        HmacSha256 hmac = new HmacSha256(new byte[32]);
        assertThatThrownBy(() -> hmac.compute(new byte[1], 0, 1, new byte[32], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] mac(byte[] key, byte[] message) {
        byte[] output = new byte[HmacSha256.LENGTH];
        new HmacSha256(key).compute(message, 0, message.length, output, 0);
        return output;
    }

    private static byte[] jce(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
