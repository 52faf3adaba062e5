package io.github.trinopolicy.crypto;

import static io.github.trinopolicy.crypto.TestingVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Bytes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class TestCbcPkcs7 {
    /// All of Wycheproof, also the three empty ciphertexts that JCE accepts.
    @Test
    void testWycheproof() {
        JsonNode file = TestingVectors.read("aes_cbc_pkcs5_test.json");
        int valid = 0;
        int invalid = 0;
        int empty = 0;
        for (JsonNode group : file.required("testGroups")) {
            for (JsonNode test : group.required("tests")) {
                String description = "tcId %s: %s".formatted(test.required("tcId"), test.required("comment"));
                CbcPkcs7 cipher = new CbcPkcs7(hex(test, "key"));
                byte[] iv = hex(test, "iv");
                byte[] message = hex(test, "msg");
                byte[] ciphertext = hex(test, "ct");
                byte[] output = new byte[ciphertext.length];
                int length = cipher.decrypt(Bytes.concat(iv, ciphertext), iv.length, ciphertext.length, output);
                if (test.required("result").textValue().equals("valid")) {
                    assertThat(Arrays.copyOf(output, length)).as(description).isEqualTo(message);
                    byte[] encrypted = Arrays.copyOf(iv, iv.length + CbcPkcs7.ciphertextLength(message.length));
                    cipher.encrypt(message, 0, message.length, encrypted, iv.length);
                    assertThat(encrypted).as(description).isEqualTo(Bytes.concat(iv, ciphertext));
                    valid++;
                }
                else {
                    assertThat(length).as(description).isEqualTo(-1);
                    invalid++;
                    if (ciphertext.length == 0) {
                        empty++;
                    }
                }
            }
        }
        assertThat(valid).isEqualTo(72);
        assertThat(invalid).isEqualTo(144);
        assertThat(empty).isEqualTo(3);
        assertThat(valid + invalid).isEqualTo(file.required("numberOfTests").intValue());
    }
}
