package io.github.trinopolicy.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a measurement was made on. A figure without it says nothing.
record Machine(String processor, int processors, String operatingSystem, String java, double load) {
    private static final Path PROCESSOR_FILE = Path.of("/proc/cpuinfo");

    static Machine current() throws IOException {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String processorName() throws IOException {
        if (!Files.exists(PROCESSOR_FILE)) {
            return "unknown processor";
        }
        return Files.readString(PROCESSOR_FILE, UTF_8).lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("unknown processor");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %s processors, load %.1f; %s; %s", processor, processors, load, operatingSystem, java);
    }
}
