package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A page of the documentation with a part that is generated from results, between two marks.
///
/// @param before with the first mark
/// @param after with the second mark
record PerformancePage(Path file, String before, String after) {
    static final String BEGIN = "<!-- begin of the generated part: ./bench --write docs/performance.md -->";
    static final String END = "<!-- end of the generated part -->";

    PerformancePage {
        requireNonNull(file, "file is null");
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
    }

    /// @throws IllegalArgumentException if the page does not have both marks, in their order
    static PerformancePage read(Path file) throws IOException {
        String text = Files.readString(file, UTF_8);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        checkArgument(begin >= 0 && end > begin, "the page %s has no generated part: it must hold the lines '%s' and '%s'", file, BEGIN,
                END);
        return new PerformancePage(file, text.substring(0, begin + BEGIN.length()), text.substring(end));
    }

    void write(String machine, String command, List<SuiteReport> reports) throws IOException {
        StringBuilder text = new StringBuilder(before);
        text.append("\n\nMachine: %s.%n%nCommand: `%s`.%n".formatted(machine, command));
        for (SuiteReport report : reports) {
            text.append('\n').append(report.markdown());
        }
        Files.writeString(file, text.append('\n').append(after), UTF_8);
    }
}
