package io.github.trinopolicy.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.Purpose;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.VarcharType;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
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

/// The hash functions per value, against a kept `javax.crypto.Mac` with `HexFormat`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class BenchmarkHash {
    private static final int BLOCK = 64;
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final Slice KEY_ID_TEXT = Slices.utf8Slice(KEY_ID.toString());
    private static final DataKey KEY = DataKey.copyOf(new byte[DataKey.LENGTH]);
    private static final TestingKeyRing KEY_RING = new TestingKeyRing().put(KEY_ID, KEY);

    private final HashFunction hex = new HashFunction(KEY_RING, VarcharType.VARCHAR);
    private final HashFunction base32 = new HashFunction(KEY_RING, VarcharType.createVarcharType(26));
    private final HashFunction bigint = new HashFunction(KEY_RING, BigintType.BIGINT);
    private final HashFunction integer = new HashFunction(KEY_RING, IntegerType.INTEGER);
    private final Slice value = Slices.utf8Slice("someone@example.com.");
    private final Mac mac = mac();
    private final MessageDigest sha256 = sha256();
    private final byte[] paddedMessage = padded((byte) 0x36, BLOCK + 1 + 20);
    private final byte[] paddedDigest = padded((byte) 0x5c, BLOCK + 32);
    private final byte[] digest = new byte[32];
    private long number = 42;

    @Benchmark
    public Slice keptMacAndHexFormat() {
        mac.update((byte) 1);
        mac.update(value.byteArray(), value.byteArrayOffset(), value.length());
        return Slices.wrappedBuffer(HexFormat.of().formatHex(mac.doFinal()).getBytes(US_ASCII));
    }

    /// The way that was rejected: nothing but the result is allocated, for twice as many compressions.
    @Benchmark
    public Slice oneDigest() throws DigestException {
        System.arraycopy(value.byteArray(), value.byteArrayOffset(), paddedMessage, BLOCK + 1, value.length());
        sha256.update(paddedMessage, 0, BLOCK + 1 + value.length());
        sha256.digest(paddedDigest, BLOCK, 32);
        sha256.update(paddedDigest, 0, paddedDigest.length);
        sha256.digest(digest, 0, digest.length);
        return DigestText.hex(digest);
    }

    @Benchmark
    public @Nullable Slice hashOfVarchar() {
        return hex.text(value, KEY_ID_TEXT);
    }

    @Benchmark
    public Slice resultOfVarchar() {
        return Slices.wrappedBuffer(new byte[64]);
    }

    @Benchmark
    public Slice resultOfShortVarchar() {
        return Slices.wrappedBuffer(new byte[26]);
    }

    @Benchmark
    public @Nullable Slice hashOfShortVarchar() {
        return base32.text(value, KEY_ID_TEXT);
    }

    @Benchmark
    public long resultOfNumber() {
        return number++;
    }

    @Benchmark
    public long hashOfBigint() {
        return bigint.bigint(number++, KEY_ID_TEXT);
    }

    @Benchmark
    public long hashOfInteger() {
        return integer.integer(number++, KEY_ID_TEXT);
    }

    static void main() throws RunnerException {
        new Runner(new OptionsBuilder().include(BenchmarkHash.class.getName()).addProfiler(GCProfiler.class).build()).run();
    }

    /// The padded key and room behind it.
    private static byte[] padded(byte pad, int length) {
        byte[] block = Arrays.copyOf(KEY.derive(Purpose.HASH, Optional.empty()), length);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= pad;
        }
        // the class of text
        block[BLOCK] = 1;
        return block;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Mac mac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.derive(Purpose.HASH, Optional.empty()), "HmacSHA256"));
            return mac;
        }
        catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
