package io.github.trinopolicy.plugin;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Strings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A result as a table of text, as command lines print it.
final class TestingTextTable {
    private final List<List<String>> lines;

    private TestingTextTable(List<List<String>> lines) {
        this.lines = lines;
    }

    static String of(ResultSet result) throws SQLException {
        List<List<String>> lines = new ArrayList<>();
        int columns = result.getMetaData().getColumnCount();
        List<String> names = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
            names.add(result.getMetaData().getColumnLabel(column));
        }
        lines.add(names);
        while (result.next()) {
            List<String> values = new ArrayList<>();
            for (int column = 1; column <= columns; column++) {
                String value = result.getString(column);
                values.add(value == null ? "NULL" : value);
            }
            lines.add(values);
        }
        return new TestingTextTable(lines).text();
    }

    private String text() {
        int columns = lines.getFirst().size();
        List<Integer> widths = IntStream.range(0, columns)
                .mapToObj(column -> lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0)).toList();
        String rule = widths.stream().map(width -> "-".repeat(width + 2)).collect(joining("+")) + "\n";
        StringBuilder text = new StringBuilder(line(lines.getFirst(), widths)).append(rule);
        lines.stream().skip(1).forEach(line -> text.append(line(line, widths)));
        return text.toString();
    }

    private static String line(List<String> cells, List<Integer> widths) {
        return (" " + IntStream.range(0, cells.size()).mapToObj(column -> Strings.padEnd(cells.get(column), widths.get(column), ' '))
                .collect(joining(" | "))).stripTrailing() + "\n";
    }
}
