package io.github.trinopolicy.demo;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What platform engineers unpack into the plugin directory of Trino.
final class TestPluginArchive {
    private static final Path BUILT = Path.of("..", "target");
    private static final Path DIRECTORY = BUILT.resolve("plugin").resolve("policy");
    // Trino gives these to every plugin and loads them itself; a second copy, under whatever file name, would be other classes
    private static final List<String> CLASSES_OF_TRINO = List.of("io/trino/spi/", "io/airlift/slice/", "com/fasterxml/jackson/annotation/",
            "io/opentelemetry/api/", "io/opentelemetry/common/", "io/opentelemetry/context/");

    @Test
    void testArchiveHoldsThePluginDirectory() throws IOException {
        try (ZipFile archive = new ZipFile(archive().toFile())) {
            Set<String> files = archive.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).collect(toImmutableSet());

            assertThat(files).filteredOn(file -> !file.endsWith(".jar")).containsExactlyInAnyOrder("policy/LICENSE", "policy/bin/policy");
            assertThat(files.stream().filter(file -> file.endsWith(".jar"))).containsExactlyInAnyOrderElementsOf(
                    jars().stream().map(jar -> "policy/" + jar.getFileName()).toList());
        }
    }

    @Test
    void testNoClassOfTrinoIsInside() throws IOException {
        for (Path jar : jars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(ZipEntry::getName))
                        .as(jar.toString())
                        .noneMatch(name -> CLASSES_OF_TRINO.stream().anyMatch(name::startsWith) && name.endsWith(".class"));
            }
        }
    }

    @Test
    void testTrinoFindsThePlugin() throws IOException {
        Path plugin = jars().stream().filter(jar -> jar.getFileName().toString().startsWith("trino-policy-plugin-")).findFirst()
                .orElseThrow();
        try (JarFile file = new JarFile(plugin.toFile())) {
            ZipEntry services = file.getEntry("META-INF/services/io.trino.spi.Plugin");
            String name = new String(file.getInputStream(services).readAllBytes(), UTF_8).strip();

            assertThat(name).isEqualTo("io.github.trinopolicy.plugin.PolicyPlugin");
            assertThat(file.getEntry(name.replace('.', '/') + ".class")).isNotNull();
        }
    }

    @Test
    void testProgramRunsFromTheArchive(@TempDir Path directory) throws IOException, InterruptedException {
        Path unpacked = directory.resolve("policy");
        // with the rights that it has in the archive
        try (FileSystem zip = FileSystems.newFileSystem(archive(), ImmutableMap.of("enablePosixFileAttributes", true))) {
            Files.copy(zip.getPath("policy", "bin", "policy"), unpacked, StandardCopyOption.COPY_ATTRIBUTES);
        }
        String program = unpacked.toString();
        String javaHome = System.getProperty("java.home");

        assertThat(run(ImmutableMap.of("JAVA_HOME", javaHome), program, "--version").output()).matches("policy [0-9].* for Trino 483\n");
        Ended help = run(ImmutableMap.of("JAVA_HOME", "", "PATH", javaHome + "/bin:/usr/bin:/bin"), program, "--help");
        assertThat(help.exitCode()).isEqualTo(0);
        assertThat(help.output()).contains("\n  plan ").contains("\n  apply ");
        // with everything that reads bundles and policy texts
        String policies = Path.of("..", "..", "etc", "policies").toString();
        assertThat(run(ImmutableMap.of("JAVA_HOME", javaHome), program, "validate", "--complete", policies))
                .isEqualTo(new Ended(0, "23 documents, nothing wrong\n"));
        // and the driver
        assertThat(run(ImmutableMap.of("JAVA_HOME", javaHome), program, "plan", "--server", "localhost:1", policies)).isEqualTo(new Ended(1,
                "error: nobody answers at http://localhost:1: start Trino there, or name another coordinator by --server\n"));
    }

    @Test
    void testProgramNeedsJava(@TempDir Path directory) throws IOException, InterruptedException {
        String program = DIRECTORY.resolve("bin").resolve("policy").toString();
        assertThat(run(ImmutableMap.of("JAVA_HOME", "/nowhere"), program, "--version")).isEqualTo(new Ended(1,
                "policy needs Java 25 or newer: '/nowhere/bin/java' is not there; install one, and let JAVA_HOME point to it\n"));
        Path old = Files.createDirectories(directory.resolve("bin")).resolve("java");
        Files.writeString(old, "#!/bin/sh\necho '    java.specification.version = 17' >&2\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        assertThat(run(ImmutableMap.of("JAVA_HOME", directory.toString()), program, "--version")).isEqualTo(new Ended(1,
                "policy needs Java 25 or newer, and '%s' is Java 17: let JAVA_HOME point to a newer one\n".formatted(old)));
    }

    private record Ended(int exitCode, String output) {}

    /// @return with both streams as one
    private static Ended run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(BUILT)) {
            List<Path> archives = files.filter(file -> file.getFileName().toString().matches("trino-policy-plugin-483-.+\\.zip")).toList();
            assertThat(archives).hasSize(1);
            return archives.getFirst();
        }
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            List<Path> jars = files.filter(file -> !Files.isDirectory(file)).toList();
            assertThat(jars).isNotEmpty().allMatch(file -> file.toString().endsWith(".jar"));
            return jars;
        }
    }
}
