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
    public Measurement measure() throws IOException, InterruptedException {
        Path result = Files.createTempFile("bench-", ".csv");
        try {
            Process process = new ProcessBuilder(command(result)).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            checkState(process.waitFor() == 0, "Benchmark %s.%s failed:\n%s", benchmark, method, output);
            return measurement(Files.readAllLines(result, UTF_8), output);
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
                "-f", "1", "-wi", "3", "-w", "500ms", "-i", "3", "-r", "500ms", "-foe", "true", "-prof", "gc",
                "-tu", "ns", "-rf", "csv", "-rff", result.toString());
    }

    private Measurement measurement(List<String> csv, String output) {
        Row time = row(csv, "", output);
        double nanoseconds = switch (time.mode()) {
            case "avgt" -> time.score();
            case "thrpt" -> 1 / time.score();
            default -> throw new IllegalStateException(
                    "Benchmark %s.%s must measure average time or throughput".formatted(benchmark, method));
        };
        return new Measurement(nanoseconds, row(csv, ":gc.alloc.rate.norm", output).score());
    }

    /// @param suffix of the profiler's row, behind the name of the benchmark
    private Row row(List<String> csv, String suffix, String output) {
        List<String> names = fields(csv.getFirst());
        List<List<String>> rows = csv.stream().skip(1).map(JmhSubject::fields)
                .filter(fields -> fields.get(names.indexOf("Benchmark")).equals(benchmark + "." + method + suffix))
                .toList();
        checkState(rows.size() == 1, "Benchmark %s.%s was not found or has parameters:\n%s", benchmark, method, output);
        List<String> fields = rows.getFirst();
        return new Row(fields.get(names.indexOf("Mode")), Double.parseDouble(fields.get(names.indexOf("Score"))));
    }

    private static List<String> fields(String line) {
        return Splitter.on(',').splitToList(line.replace("\"", ""));
    }

    private record Row(String mode, double score) {}
}
