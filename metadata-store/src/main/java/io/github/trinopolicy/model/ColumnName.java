package io.github.trinopolicy.model;

import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// A column of a table, or a part of a structured column.
///
/// @param path the way into the column, each step a field name or `[*]` for all elements; empty for the column itself
public record ColumnName(ObjectName table, String column, List<String> path) {
    /// The step to all elements of an array, or all values of a map.
    public static final String ELEMENTS = "[*]";

    public ColumnName {
        column = column.toLowerCase(ENGLISH);
        path = ImmutableList.copyOf(path);
    }

    /// Reads `catalog.schema.table.column[.field]...`, the step to the elements of an array or the values of a map being
    /// `[*]`.
    ///
    /// @throws IllegalArgumentException with a sentence for the user when the text is no such name
    public static ColumnName parse(String text) {
        List<String> parts = ObjectName.parseParts(separateElements(text));
        if (parts.size() < 4 || parts.subList(0, 4).contains(ELEMENTS)) {
            throw new IllegalArgumentException("'%s' is no name of a column: catalog.schema.table.column is expected".formatted(text));
        }
        return new ColumnName(ObjectName.ofTable(parts.get(0), parts.get(1), parts.get(2)), parts.get(3), parts.subList(4, parts.size()));
    }

    /// Makes each `[*]` a part of its own. Within double quotes it belongs to a name; a name that is nothing else is refused, as it
    /// could not be told from the step.
    private static String separateElements(String text) {
        StringBuilder result = new StringBuilder();
        boolean quoted = false;
        int position = 0;
        while (position < text.length()) {
            if (text.charAt(position) == '"') {
                quoted = !quoted;
                boolean beginsPart = quoted && (position == 0 || text.charAt(position - 1) == '.');
                if (beginsPart && text.startsWith('"' + ELEMENTS + '"', position)) {
                    throw new IllegalArgumentException("'%s': a field cannot be named %s".formatted(text, ELEMENTS));
                }
            }
            if (!quoted && text.startsWith(ELEMENTS, position)) {
                result.append(".\"").append(ELEMENTS).append('"');
                position += ELEMENTS.length();
            }
            else {
                result.append(text.charAt(position));
                position++;
            }
        }
        return result.toString();
    }

    /// False for the column itself.
    public boolean isPart() {
        return !path.isEmpty();
    }

    @Override
    public String toString() {
        return table + "." + withinTable();
    }

    /// The name without that of the table.
    public String withinTable() {
        StringBuilder result = new StringBuilder(ObjectName.quoteWhereNeeded(column));
        for (String step : path) {
            result.append(step.equals(ELEMENTS) ? ELEMENTS : '.' + ObjectName.quoteWhereNeeded(step));
        }
        return result.toString();
    }
}
