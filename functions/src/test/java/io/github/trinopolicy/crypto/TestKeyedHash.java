package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestKeyedHash {
    private static final DataKey KEY = DataKey.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));

    private final KeyedHash hash = new KeyedHash(KEY);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 54, 55, 56, 62, 63, 64, 65, 1000})
    void testBytes(int length) throws Exception {
        byte[] value = "x".repeat(length).getBytes(UTF_8);
        byte[] output = new byte[KeyedHash.LENGTH];
        hash.hashText(value, 0, length, output);
        assertThat(output).isEqualTo(expected(1, value));
        hash.hashBinary(value, 0, length, output);
        assertThat(output).isEqualTo(expected(3, value));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 42, Integer.MIN_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE})
    void testIntegers(long value) throws Exception {
        byte[] output = new byte[KeyedHash.LENGTH];
        hash.hashInteger(value, output);
        assertThat(output).isEqualTo(expected(2, ByteBuffer.allocate(8).putLong(value).array()));
    }

    @Test
    void testPartOfArray() throws Exception {
        byte[] output = new byte[KeyedHash.LENGTH];
        hash.hashText("xxaliceyy".getBytes(UTF_8), 2, 5, output);
        assertThat(output).isEqualTo(expected(1, "alice".getBytes(UTF_8)));
    }

    private static byte[] expected(int tag, byte[] value) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY.derive(Purpose.HASH, Optional.empty()), "HmacSHA256"));
        mac.update((byte) tag);
        return mac.doFinal(value);
    }
}
