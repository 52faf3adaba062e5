package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.InvalidTokenException;
import io.github.trinopolicy.crypto.Purpose;
import io.github.trinopolicy.crypto.ReversibleToken;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.block.Block;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.block.SqlRow;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.VarcharType;
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
import org.jspecify.annotations.Nullable;
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

/// The functions of reversible tokens per value of 20 bytes, against the same bytes by `getInstance` per call.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class BenchmarkReversible {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final Slice KEY_ID_TEXT = Slices.utf8Slice(KEY_ID.toString());
    private static final Slice COLUMN_TEXT = Slices.utf8Slice(COLUMN.toString());
    private static final DataKey KEY = DataKey.copyOf(new byte[DataKey.LENGTH]);
    private static final TestingKeyRing KEY_RING = new TestingKeyRing().put(KEY_ID, KEY);
    private static final RowType ROW_TYPE = RowType.anonymousRow(BigintType.BIGINT);

    private final ReversibleFunction equal = new ReversibleFunction(KEY_RING, VarcharType.VARCHAR, TokenMode.KEEP_EQUALITY);
    private final ReversibleFunction random = new ReversibleFunction(KEY_RING, VarcharType.VARCHAR, TokenMode.RANDOM);
    private final ReversibleFunction.OfRow cell = new ReversibleFunction.OfRow(KEY_RING, VarcharType.VARCHAR, ROW_TYPE);
    private final ReversibleToken tokens = new ReversibleToken(KEY, KEY_ID, COLUMN, TokenMode.KEEP_EQUALITY);
    private final byte[] encryptionKey = KEY.derive(Purpose.ENC, Optional.of(COLUMN));
    private final byte[] macKey = KEY.derive(Purpose.MAC, Optional.of(COLUMN));
    private final byte[] ivKey = KEY.derive(Purpose.IV, Optional.of(COLUMN));
    private final Slice value = Slices.utf8Slice("someone@example.com.");
    private final byte[] token = tokens.encrypt(value.byteArray(), 0, value.length(), new byte[0], 0, 0);
    private final SqlRow row = row();

    @Benchmark
    public @Nullable Slice tokenOfValue() {
        return equal.encrypt(value, KEY_ID_TEXT, COLUMN_TEXT);
    }

    @Benchmark
    public @Nullable Slice tokenOfCell() {
        return cell.encrypt(value, KEY_ID_TEXT, COLUMN_TEXT, row);
    }

    @Benchmark
    public @Nullable Slice randomToken() {
        return random.encrypt(value, KEY_ID_TEXT, COLUMN_TEXT);
    }

    @Benchmark
    public Slice result() {
        return Slices.wrappedBuffer(new byte[ReversibleToken.textLength(20)]);
    }

    @Benchmark
    public byte[] valueOfToken() throws InvalidTokenException {
        return tokens.decrypt(token);
    }

    @Benchmark
    public Slice instancePerCall() throws GeneralSecurityException {
        ByteBuffer context = ByteBuffer.allocate(20)
                .putInt(16)
                .putLong(COLUMN.getMostSignificantBits())
                .putLong(COLUMN.getLeastSignificantBits());
        Mac ivMac = Mac.getInstance("HmacSHA256");
        ivMac.init(new SecretKeySpec(ivKey, "HmacSHA256"));
        ivMac.update((byte) 2);
        ivMac.update(context.array());
        ivMac.update(ByteBuffer.allocate(4).array());
        byte[] iv = Arrays.copyOf(ivMac.doFinal(value.getBytes()), 16);

        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(encryptionKey, "AES"), new IvParameterSpec(iv));
        byte[] ciphertext = cipher.doFinal(value.getBytes());

        byte[] header = ByteBuffer.allocate(18)
                .put((byte) 1)
                .put((byte) 2)
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
        return Slices.wrappedBuffer(Base64.getUrlEncoder().withoutPadding().encode(bytes));
    }

    static void main() throws RunnerException {
        new Runner(new OptionsBuilder().include(BenchmarkReversible.class.getName()).addProfiler(GCProfiler.class).build()).run();
    }

    private static SqlRow row() {
        BlockBuilder key = BigintType.BIGINT.createFixedSizeBlockBuilder(1);
        BigintType.BIGINT.writeLong(key, 12345678);
        return new SqlRow(0, new Block[]{key.build()});
    }
}
