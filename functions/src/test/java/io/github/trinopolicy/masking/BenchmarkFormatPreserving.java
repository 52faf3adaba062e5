package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.VarcharType;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.fpe.FPEEngine;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;
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

/// The format-preserving functions per value, against Bouncy Castle's FF1 with its key kept. Bouncy Castle is given numerals and makes numerals; the
/// functions are charged for the text or the number as well.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class BenchmarkFormatPreserving {
    private static final UUID KEY_ID = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");
    private static final Slice KEY_ID_TEXT = Slices.utf8Slice(KEY_ID.toString());
    private static final Slice COLUMN_TEXT = Slices.utf8Slice("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final Slice DIGITS = Slices.utf8Slice("digits");
    private static final TestingKeyRing KEY_RING = new TestingKeyRing().put(KEY_ID, DataKey.copyOf(new byte[DataKey.LENGTH]));
    private static final int LONG = 64;

    private final FPEEngine bouncyCastle = bouncyCastle();
    private final byte[] numerals = new byte[16];
    private final byte[] longNumerals = new byte[LONG];
    private final FormatPreservingFunction texts = new FormatPreservingFunction(KEY_RING, VarcharType.VARCHAR);
    private final FormatPreservingFunction integers = new FormatPreservingFunction(KEY_RING, BigintType.BIGINT);
    private final Slice text = Slices.utf8Slice("4012888888881881");
    private final Slice longText = Slices.utf8Slice("4012888888881881".repeat(LONG / 16));
    private long number = 4_012_888_888_881_881L;

    @Benchmark
    public byte[] bouncyCastleOf16Digits() {
        bouncyCastle.processBlock(numerals, 0, numerals.length, numerals, 0);
        return numerals;
    }

    @Benchmark
    public byte[] bouncyCastleOf64Digits() {
        bouncyCastle.processBlock(longNumerals, 0, longNumerals.length, longNumerals, 0);
        return longNumerals;
    }

    @Benchmark
    public @Nullable Slice textOf16Digits() {
        return texts.text(text, KEY_ID_TEXT, COLUMN_TEXT, DIGITS);
    }

    @Benchmark
    public Slice resultOf16Digits() {
        return Slices.wrappedBuffer(new byte[16]);
    }

    @Benchmark
    public @Nullable Slice textOf64Digits() {
        return texts.text(longText, KEY_ID_TEXT, COLUMN_TEXT, DIGITS);
    }

    @Benchmark
    public Slice resultOf64Digits() {
        return Slices.wrappedBuffer(new byte[LONG]);
    }

    @Benchmark
    public @Nullable Long bigintOf16Digits() {
        return integers.number(number++, KEY_ID_TEXT, COLUMN_TEXT);
    }

    @Benchmark
    public Long resultOfBigint() {
        return number++;
    }

    static void main() throws RunnerException {
        new Runner(new OptionsBuilder().include(BenchmarkFormatPreserving.class.getName()).addProfiler(GCProfiler.class).build()).run();
    }

    private static FPEEngine bouncyCastle() {
        FPEEngine engine = new FPEFF1Engine(AESEngine.newInstance());
        engine.init(true, new FPEParameters(new KeyParameter(new byte[32]), 10, new byte[8]));
        return engine;
    }
}
