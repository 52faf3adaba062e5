package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class TestIntegerPermutation {
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));

    private final IntegerPermutation permutation = new IntegerPermutation(KEY);

    /// The contract once more, by plain JCE calls.
    @Test
    void testAgainstDefinition() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY.derive(Purpose.HASH, Optional.empty()), "HmacSHA256"));
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(mac.doFinal(new byte[]{4}), "AES"));
        for (int value : new int[]{0, 1, -1, 42, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            int left = value >>> 16;
            int right = value & 0xffff;
            for (int round = 0; round < 10; round++) {
                byte[] block = ByteBuffer.allocate(16).put((byte) round).putShort((short) right).array();
                int next = left ^ (ByteBuffer.wrap(aes.doFinal(block)).getShort() & 0xffff);
                left = right;
                right = next;
            }
            assertThat(permutation.permute(value)).isEqualTo((left << 16) | right);
        }
    }

    /// The network is inverted with the round function over its whole domain, so that no two integers can have one image.
    @Test
    void testBijective() {
        int[][] rounds = new int[IntegerPermutation.ROUNDS][1 << 16];
        for (int round = 0; round < rounds.length; round++) {
            for (int half = 0; half < rounds[round].length; half++) {
                rounds[round][half] = permutation.round(round, half);
                assertThat(rounds[round][half] >>> 16).isZero();
            }
        }
        Random random = new Random(483);
        for (int i = 0; i < 500_000; i++) {
            int value = random.nextInt();
            assertThat(invert(rounds, permutation.permute(value))).isEqualTo(value);
        }
    }

    @Test
    void testConsecutiveValuesDoNotCollide() {
        BitSet low = new BitSet();
        BitSet high = new BitSet();
        int count = 200_000;
        for (int value = 0; value < count; value++) {
            int image = permutation.permute(value);
            (image < 0 ? high : low).set(image & Integer.MAX_VALUE);
        }
        assertThat(low.cardinality() + high.cardinality()).isEqualTo(count);
        assertThat(low.cardinality()).isBetween(count / 2 - 2000, count / 2 + 2000);
    }

    @Test
    void testDependsOnKey() {
        IntegerPermutation other = new IntegerPermutation(DataKey.copyOf(new byte[32]));
        int equal = 0;
        for (int value = 0; value < 1000; value++) {
            if (other.permute(value) == permutation.permute(value)) {
                equal++;
            }
        }
        assertThat(equal).isLessThan(3);
    }

    private static int invert(int[][] rounds, int image) {
        int left = image >>> 16;
        int right = image & 0xffff;
        for (int round = rounds.length - 1; round >= 0; round--) {
            int previous = right ^ rounds[round][left];
            right = left;
            left = previous;
        }
        return (left << 16) | right;
    }
}
