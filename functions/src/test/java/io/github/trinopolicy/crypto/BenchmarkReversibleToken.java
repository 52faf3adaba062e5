package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// Text tokens of 20 bytes, against the same bytes by `getInstance` per call.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class BenchmarkReversibleToken {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf(new byte[DataKey.LENGTH]);

    private final ReversibleToken ofRowKey = new ReversibleToken(KEY, KEY_ID, COLUMN, TokenMode.ROW_KEY);
    private final ReversibleToken random = new ReversibleToken(KEY, KEY_ID, COLUMN, TokenMode.RANDOM);
    private final byte[] encryptionKey = KEY.derive(Purpose.ENC, Optional.of(COLUMN));
    private final byte[] macKey = KEY.derive(Purpose.MAC, Optional.of(COLUMN));
    private final byte[] ivKey = KEY.derive(Purpose.IV, Optional.of(COLUMN));
    private final byte[] value = "someone@example.com.".getBytes(US_ASCII);
    private final byte[] rowKey = "12345678".getBytes(US_ASCII);
    private final byte[] token = random.encrypt(value, 0, value.length, rowKey, 0, rowKey.length);

    @Benchmark
    public byte[] rowKey() {
        return ofRowKey.encryptToText(value, 0, value.length, rowKey, 0, rowKey.length);
    }

    @Benchmark
    public byte[] random() {
        return random.encryptToText(value, 0, value.length, rowKey, 0, rowKey.length);
    }

    @Benchmark
    public byte[] decrypt() throws InvalidTokenException {
        return random.decrypt(token);
    }

    @Benchmark
    public byte[] rowKeyByInstancePerCall() throws GeneralSecurityException {
        ByteBuffer context = ByteBuffer.allocate(20)
                .putInt(16)
                .putLong(COLUMN.getMostSignificantBits())
                .putLong(COLUMN.getLeastSignificantBits());
        Mac ivMac = Mac.getInstance("HmacSHA256");
        ivMac.init(new SecretKeySpec(ivKey, "HmacSHA256"));
        ivMac.update((byte) 1);
        ivMac.update(context.array());
        ivMac.update(ByteBuffer.allocate(4).putInt(rowKey.length).array());
        ivMac.update(rowKey);
        byte[] iv = Arrays.copyOf(ivMac.doFinal(value), 16);

        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(encryptionKey, "AES"), new IvParameterSpec(iv));
        byte[] ciphertext = cipher.doFinal(value);

        byte[] header = ByteBuffer.allocate(18)
                .put((byte) 1)
                .put((byte) 1)
                .putLong(KEY_ID.getMostSignificantBits())
                .putLong(KEY_ID.getLeastSignificantBits())
                .array();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
        mac.update(header);
        mac.update(context.array());
        mac.update(iv);
        byte[] tag = mac.doFinal(ciphertext);
        byte[] bytes = ByteBuffer.allocate(header.length + iv.length + ciphertext.length + 16)
                .put(header)
                .put(iv)
                .put(ciphertext)
                .put(tag, 0, 16)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encode(bytes);
    }

    static void main() throws RunnerException {
        new Runner(new OptionsBuilder().include(BenchmarkReversibleToken.class.getName()).addProfiler(GCProfiler.class).build()).run();
    }
}
