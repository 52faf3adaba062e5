package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

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

/// Format-preserving encryption of 16 digits, against Bouncy Castle with its key kept. Bouncy Castle is given numerals; the text and the integer
/// are converted as part of what is measured.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class BenchmarkFf1 {
    private static final UUID COLUMN = UUID.fromString("6f1c29d5-6d0a-4a52-9d0c-0d1f34b4c7aa");
    private static final DataKey KEY = DataKey.copyOf(new byte[DataKey.LENGTH]);
    private static final int DIGITS = 16;

    private final Ff1 ff1 = new Ff1(new byte[32], new byte[7], 10);
    private final byte[] numerals = new byte[DIGITS];
    private final FPEEngine bouncyCastle = bouncyCastle();
    private final byte[] bouncyCastleNumerals = new byte[DIGITS];
    private final FormatPreservingText codec = new FormatPreservingText(KEY, COLUMN, Alphabet.DIGITS);
    private final byte[] text = "4012-8888-8888-1881".getBytes(US_ASCII);
    private final FormatPreservingInteger integers = FormatPreservingInteger.ofBigint(KEY, COLUMN);
    private long number = 4_012_888_888_881_881L;

    @Benchmark
    public byte[] bouncyCastleKept() {
        bouncyCastle.processBlock(bouncyCastleNumerals, 0, DIGITS, bouncyCastleNumerals, 0);
        return bouncyCastleNumerals;
    }

    @Benchmark
    public byte[] numerals() {
        ff1.encrypt(numerals, DIGITS);
        return numerals;
    }

    @Benchmark
    public byte @Nullable [] text() {
        return codec.encrypt(text, 0, text.length);
    }

    @Benchmark
    public long bigint() {
        number = integers.encrypt(number);
        return number;
    }

    static void main() throws RunnerException {
        new Runner(new OptionsBuilder().include(BenchmarkFf1.class.getName()).addProfiler(GCProfiler.class).build()).run();
    }

    private static FPEEngine bouncyCastle() {
        FPEEngine engine = new FPEFF1Engine(AESEngine.newInstance());
        engine.init(true, new FPEParameters(new KeyParameter(new byte[32]), 10, new byte[7]));
        return engine;
    }
}
