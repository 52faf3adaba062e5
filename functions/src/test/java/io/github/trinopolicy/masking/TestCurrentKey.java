package io.github.trinopolicy.masking;

import static io.airlift.slice.Slices.utf8Slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.trinopolicy.crypto.DataKey;
import io.trino.spi.StandardErrorCode;
import io.trino.spi.TrinoException;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestCurrentKey {
    private static final UUID FIRST = UUID.fromString("11111111-1111-1111-1111-111111111111");
    private static final UUID SECOND = UUID.fromString("22222222-2222-2222-2222-222222222222");

    private final TestingKeyRing keyRing = new TestingKeyRing().put(FIRST, key(1)).put(SECOND, key(2));
    private int derivations;
    private final CurrentKey<DataKey> current = new CurrentKey<>(keyRing, this::derive);

    @Test
    void testAsksRingEach1024Rows() {
        for (int row = 0; row < 1024; row++) {
            assertThat(current.get(utf8Slice(FIRST.toString()))).isEqualTo(key(1));
        }
        assertThat(keyRing.requests()).isEqualTo(1);
        current.get(utf8Slice(FIRST.toString()));
        assertThat(keyRing.requests()).isEqualTo(2);
        assertThat(derivations).isEqualTo(1);
    }

    @Test
    void testSeesReplacedKey() {
        rows(1024);
        keyRing.put(FIRST, key(3));
        assertThat(current.get(utf8Slice(FIRST.toString()))).isEqualTo(key(3));
        assertThat(derivations).isEqualTo(2);
    }

    @Test
    void testDerivesAgainFromReplacementOfClosedKey() {
        rows(1);
        keyRing.get(FIRST).close();
        keyRing.put(FIRST, key(1));
        rows(1024);
        assertThat(derivations).isEqualTo(2);
    }

    @Test
    void testFailingRingLeavesNoKeyBehind() {
        rows(1024);
        keyRing.remove(FIRST);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> rows(1)).isInstanceOf(TrinoException.class).hasMessage("This node has no data key " + FIRST);
        }
    }

    @Test
    void testFollowsKeyIdOfTheRow() {
        for (int round = 0; round < 3; round++) {
            assertThat(current.get(utf8Slice(FIRST.toString()))).isEqualTo(key(1));
            assertThat(current.get(utf8Slice(SECOND.toString()))).isEqualTo(key(2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "alice@example.org", "1-1-1-1-1", "11111111-1111-1111-1111-11111111111A",
            " 11111111-1111-1111-1111-111111111111"})
    void testInvalidKeyId(String text) {
        assertThatThrownBy(() -> current.get(utf8Slice(text)))
                .isInstanceOf(TrinoException.class)
                .hasMessage("The key id of a masking function must be a UUID in lower case")
                .satisfies(e -> assertThat(((TrinoException) e).getErrorCode())
                        .isEqualTo(StandardErrorCode.INVALID_FUNCTION_ARGUMENT.toErrorCode()));
        assertThat(keyRing.requests()).isZero();
    }

    private void rows(int count) {
        for (int row = 0; row < count; row++) {
            current.get(utf8Slice(FIRST.toString()));
        }
    }

    private DataKey derive(DataKey key) {
        derivations++;
        return key;
    }

    private static DataKey key(int fill) {
        byte[] secret = new byte[DataKey.LENGTH];
        Arrays.fill(secret, (byte) fill);
        return DataKey.copyOf(secret);
    }
}
