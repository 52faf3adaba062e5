package io.github.trinopolicy.commandline;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An answer as a table for people, its columns aligned.
final class TextTable {
    private TextTable() {
    }

    /// The heading, a rule, and a line for each row. NULL is an empty cell.
    static List<String> lines(Answer answer) {
        int[] widths = answer.columns().stream().mapToInt(TextTable::width).toArray();
        for (List<@Nullable String> row : answer.rows()) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        ImmutableList.Builder<String> lines = ImmutableList.builder();
        lines.add(line(answer.columns(), widths));
        lines.add(Arrays.stream(widths).mapToObj("-"::repeat).collect(Collectors.joining("-+-")));
        answer.rows().forEach(row -> lines.add(line(row, widths)));
        return lines.build();
    }

    private static String line(List<? extends @Nullable String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cell(cells.get(column));
            line.append(column == 0 ? "" : " | ").append(cell).append(" ".repeat(widths[column] - width(cell)));
        }
        return line.toString().stripTrailing();
    }

    private static String cell(@Nullable String value) {
        return value == null ? "" : value.replace('\n', ' ');
    }

    private static int width(@Nullable String value) {
        return value == null ? 0 : value.codePointCount(0, value.length());
    }
}
