package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class TestDataKey {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");

    @Test
    void testDerivationIsHkdfOverTheContractedInfo() throws Exception {
        byte[] secret = secret(1);
        DataKey key = DataKey.copyOf(secret);
        assertThat(key.derive(Purpose.HASH, Optional.empty())).isEqualTo(hkdf(secret, "policy/v1/hash/"));
        assertThat(key.derive(Purpose.FF1, Optional.of(COLUMN))).isEqualTo(hkdf(secret, "policy/v1/ff1/" + COLUMN));
        assertThat(key.derive(Purpose.ENC, Optional.of(COLUMN))).isEqualTo(hkdf(secret, "policy/v1/enc/" + COLUMN));
        assertThat(key.derive(Purpose.MINIMIZE, Optional.empty())).isEqualTo(hkdf(secret, "policy/v1/minimize/"));
    }

    @Test
    void testPurposesAndColumnsAreIndependent() {
        DataKey key = DataKey.copyOf(secret(1));
        Set<String> derived = new HashSet<>();
        int count = 0;
        for (Purpose purpose : Purpose.values()) {
            for (Optional<UUID> column : Set.of(Optional.<UUID>empty(), Optional.of(COLUMN), Optional.of(new UUID(1, 2)))) {
                if (purpose.allows(column.isPresent())) {
                    derived.add(HexFormat.of().formatHex(key.derive(purpose, column)));
                    count++;
                }
            }
        }
        assertThat(derived).hasSize(count).hasSizeGreaterThanOrEqualTo(Purpose.values().length);
    }

    @Test
    void testPurposeDecidesAboutColumn() {
        DataKey key = DataKey.copyOf(secret(1));
        assertThatThrownBy(() -> key.derive(Purpose.HASH, Optional.of(COLUMN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A key for HASH is not bound to a column");
        assertThatThrownBy(() -> key.derive(Purpose.FF1, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A key for FF1 must be bound to a column");
    }

    @Test
    void testKeepsPrivateCopy() {
        byte[] secret = secret(1);
        DataKey key = DataKey.copyOf(secret);
        byte[] before = key.derive(Purpose.HASH, Optional.empty());
        Arrays.fill(secret, (byte) 0);
        assertThat(key.derive(Purpose.HASH, Optional.empty())).isEqualTo(before);
    }

    @Test
    void testLengthIsChecked() {
        assertThatThrownBy(() -> DataKey.copyOf(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A data key has 32 bytes, not 31");
        assertThatThrownBy(() -> DataKey.copyOf(new byte[33])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void testClosedKeyIsGone() {
        DataKey key = DataKey.copyOf(secret(1));
        DataKey same = DataKey.copyOf(secret(1));
        assertThat(key.isDestroyed()).isFalse();
        key.close();
        key.close();
        assertThat(key.isDestroyed()).isTrue();
        assertThatThrownBy(() -> key.derive(Purpose.HASH, Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The data key has been destroyed");
        assertThat(key).isNotEqualTo(same);
        assertThat(same).isNotEqualTo(key);
        assertThat(key).isNotEqualTo(DataKey.copyOf(new byte[32]));
    }

    @Test
    void testEqualityAndText() {
        DataKey key = DataKey.copyOf(secret(1));
        assertThat(key).isEqualTo(DataKey.copyOf(secret(1))).isNotEqualTo(DataKey.copyOf(secret(2))).isNotEqualTo("DataKey");
        assertThat(key).hasSameHashCodeAs(DataKey.copyOf(secret(2)));
        assertThat(key).hasToString("DataKey");
    }

    private static byte[] secret(int first) {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) (first + i);
        }
        return secret;
    }

    /// RFC 5869 for one block of output, by hand.
    private static byte[] hkdf(byte[] secret, String info) throws Exception {
        byte[] extracted = hmac(new byte[32], secret);
        byte[] input = Arrays.copyOf(info.getBytes(US_ASCII), info.length() + 1);
        input[info.length()] = 1;
        return hmac(extracted, input);
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }
}
