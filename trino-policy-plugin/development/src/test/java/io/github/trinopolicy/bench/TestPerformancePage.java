package io.github.trinopolicy.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestPerformancePage {
    private static final Path PAGE = Path.of("..", "..", "docs", "performance.md");

    private static final SuiteReport REPORT = new SuiteReport("hash", "the hash mask", new Comparison(
            new Comparison.Baseline("mac", new Spread(200, 190, 300), 248.2),
            ImmutableList.of(
                    new Comparison.Rival("fast", new Spread(150, 140, 160), new Spread(0.75, 0.7, 0.8), Optional.of(0.8), 120.004,
                            Optional.of(120.001)),
                    new Comparison.Rival("slow", new Spread(250, 240, 260), new Spread(1.25, 1.2, 1.3), Optional.of(0.8), 504,
                            Optional.of(120.0)),
                    new Comparison.Rival("other", new Spread(1, 1, 1), new Spread(0.01, 0.01, 0.01), Optional.empty(), 0,
                            Optional.empty()))));

    @TempDir
    private Path directory;

    @Test
    void testReplacesTheGeneratedPart() throws Exception {
        Path file = directory.resolve("page.md");
        Files.writeString(file, "# Speed\n" + PerformancePage.BEGIN + "\nold\n" + PerformancePage.END + "\n\nMore.\n", UTF_8);

        PerformancePage.read(file).write("a machine", "./bench", ImmutableList.of(REPORT));

        assertThat(file).hasContent("""
                # Speed
                <!-- begin of the generated part: ./bench --write docs/performance.md -->

                Machine: a machine.

                Command: `./bench`.

                ### hash

                The hash mask.

                |  | nanoseconds | times the baseline | target | bytes allocated | of them beyond the result |
                | --- | --- | --- | --- | --- | --- |
                | mac | 200.00 (190.00 to 300.00) | 1 (baseline) |  | 248 |  |
                | fast | 150.00 (140.00 to 160.00) | 0.750 (0.700 to 0.800) | 0.800 | 120 | 0 |
                | slow | 250.00 (240.00 to 260.00) | 1.250 (1.200 to 1.300) | 0.800 missed | 504 | 384 |
                | other | 1.00 (1.00 to 1.00) | 0.010 (0.010 to 0.010) |  | 0 |  |

                <!-- end of the generated part -->

                More.
                """);
    }

    @Test
    void testPageWithoutMarks() throws Exception {
        Path file = directory.resolve("page.md");
        for (String text : new String[]{"", PerformancePage.BEGIN, PerformancePage.END + PerformancePage.BEGIN}) {
            Files.writeString(file, text, UTF_8);
            assertThatThrownBy(() -> PerformancePage.read(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no generated part: it must hold the lines");
        }
    }

    /// Figures of a suite that is gone would stay for ever.
    @Test
    void testDocumentedSuites() throws Exception {
        List<String> headings = Files.readAllLines(PAGE, UTF_8).stream()
                .filter(line -> line.startsWith("### ")).map(line -> line.substring(4)).toList();
        assertThat(PerformancePage.read(PAGE).after()).startsWith(PerformancePage.END);
        assertThat(headings).isSubsetOf(Suites.all(Path.of("")).stream().map(Suite::name).toList())
                .contains("hash", "ff1", "reversible");
    }
}
