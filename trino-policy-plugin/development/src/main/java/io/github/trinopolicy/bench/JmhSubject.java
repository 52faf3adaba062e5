package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkState;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One JMH benchmark method, measured in a JVM of its own.
///
/// @param module the directory of the Maven module whose test sources hold it, built with the profile `benchmarks`
/// @param benchmark the class with its package
/// @param method runs in average-time or throughput mode
record JmhSubject(Path module, String benchmark, String method) implements Subject {
    JmhSubject {
        requireNonNull(module, "module is null");
        requireNonNull(benchmark, "benchmark is null");
        requireNonNull(method, "method is null");
    }

    @Override
    public String name() {
        return method;
    }

    @Override
    public double measure() throws IOException, InterruptedException {
        Path result = Files.createTempFile("bench-", ".csv");
        try {
            Process process = new ProcessBuilder(command(result)).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            checkState(process.waitFor() == 0, "Benchmark %s.%s failed:\n%s", benchmark, method, output);
            return nanosecondsPerOperation(Files.readAllLines(result, UTF_8), output);
        }
        finally {
            Files.delete(result);
        }
    }

    private List<String> command(Path result) throws IOException {
        Path target = module.resolve("target").resolve("benchmarks");
        String dependencies = Files.readString(target.resolve("classpath"), UTF_8).strip();
        return ImmutableList.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", target.resolve("classes") + ":" + target.resolve("test-classes") + ":" + dependencies,
                "org.openjdk.jmh.Main", "^" + (benchmark + "." + method).replace(".", "\\.") + "$",
                "-f", "1", "-wi", "3", "-w", "500ms", "-i", "3", "-r", "500ms", "-foe", "true",
                "-tu", "ns", "-rf", "csv", "-rff", result.toString());
    }

    private double nanosecondsPerOperation(List<String> csv, String output) {
        checkState(csv.size() == 2, "Benchmark %s.%s was not found or has parameters:\n%s", benchmark, method, output);
        List<String> names = Splitter.on(',').splitToList(csv.get(0).replace("\"", ""));
        List<String> values = Splitter.on(',').splitToList(csv.get(1).replace("\"", ""));
        double score = Double.parseDouble(values.get(names.indexOf("Score")));
        return switch (values.get(names.indexOf("Mode"))) {
            case "avgt" -> score;
            case "thrpt" -> 1 / score;
            default -> throw new IllegalStateException(
                    "Benchmark %s.%s must measure average time or throughput".formatted(benchmark, method));
        };
    }
}
