package io.github.trinopolicy.demo;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

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

            assertThat(files).contains("policy/LICENSE").filteredOn(file -> !file.endsWith(".jar")).hasSize(1);
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

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(BUILT)) {
            List<Path> archives = files.filter(file -> file.getFileName().toString().matches("trino-policy-plugin-483-.+\\.zip")).toList();
            assertThat(archives).hasSize(1);
            return archives.getFirst();
        }
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            List<Path> jars = files.toList();
            assertThat(jars).isNotEmpty().allMatch(file -> file.toString().endsWith(".jar"));
            return jars;
        }
    }
}
