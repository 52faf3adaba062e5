package io.github.trinopolicy.demo;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/// A table drawn with characters. Cells that are longer than the limit are cut and end with two dots.
final class TextTable {
    private static final String CUT = "..";

    private final int cellLimit;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param cellLimit the most characters of a cell
    TextTable(int cellLimit, List<String> header) {
        checkArgument(cellLimit > CUT.length(), "cell limit is too small");
        this.cellLimit = cellLimit;
        rows.add(cut(header));
    }

    TextTable row(List<String> cells) {
        checkArgument(cells.size() == rows.getFirst().size(), "row has %s cells, header %s", cells.size(), rows.getFirst().size());
        rows.add(cut(cells));
        return this;
    }

    private List<String> cut(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.length() <= cellLimit ? cell : cell.substring(0, cellLimit - CUT.length()) + CUT)
                .collect(ImmutableList.toImmutableList());
    }

    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        ImmutableList.Builder<String> lines = ImmutableList.builder();
        for (int index = 0; index < rows.size(); index++) {
            lines.add(line(rows.get(index), widths));
            if (index == 0) {
                lines.add(rule(widths));
            }
        }
        return lines.build();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            line.append(column == 0 ? " " : " | ").append(Strings.padEnd(cells.get(column), widths[column], ' '));
        }
        return line.toString().stripTrailing();
    }

    private static String rule(int[] widths) {
        StringBuilder rule = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            rule.append(column == 0 ? "-" : "-+-").append("-".repeat(widths[column]));
        }
        return rule.append('-').toString();
    }
}
