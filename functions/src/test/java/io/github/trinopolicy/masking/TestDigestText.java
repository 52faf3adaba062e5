package io.github.trinopolicy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TestDigestText {
    /// Each byte in each place.
    @Test
    void testHex() {
        for (int value = 0; value < 256; value++) {
            byte[] digest = new byte[32];
            for (int i = 0; i < digest.length; i++) {
                digest[i] = (byte) (value + 37 * i);
            }
            assertThat(DigestText.hex(digest).toStringAscii()).isEqualTo(HexFormat.of().formatHex(digest));
        }
    }

    @Test
    void testHexOfRandomDigests() {
        Random random = new Random(483);
        byte[] digest = new byte[32];
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(digest);
            assertThat(DigestText.hex(digest).toStringAscii()).isEqualTo(HexFormat.of().formatHex(digest));
        }
    }
}
