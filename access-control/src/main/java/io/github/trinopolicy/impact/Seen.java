package io.github.trinopolicy.impact;

import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.decision.TableAppearance;
import java.util.Map;
import java.util.Optional;

/// A table as a user sees it, in words.
///
/// @param access the level, or why none is needed
/// @param rows which rows; absent where there is no access
/// @param columns by name; of a table without access there are none
record Seen(String access, Optional<String> rows, Map<String, String> columns) {
    private static final String ALL_ROWS = "all rows";

    Seen {
        columns = ImmutableMap.copyOf(columns);
    }

    static Seen of(TableAppearance appearance) {
        return appearance.level()
                .map(level -> new Seen(level.name().toLowerCase(ENGLISH),
                        Optional.of(appearance.filters().isEmpty() ? ALL_ROWS : "filtered: " + String.join(" AND ", appearance.filters())),
                        appearance.columns()))
                .orElseGet(() -> nothing("none"));
    }

    static Seen nothing(String access) {
        return new Seen(access, Optional.empty(), ImmutableMap.of());
    }

    static Seen everything(String access, Iterable<String> columns) {
        ImmutableMap.Builder<String, String> raw = ImmutableMap.builder();
        columns.forEach(column -> raw.put(column, "raw"));
        return new Seen(access, Optional.of(ALL_ROWS), raw.buildOrThrow());
    }

    boolean nothing() {
        return rows.isEmpty();
    }

    String rowsInWords() {
        return rows.orElse("no access");
    }

    String column(String name) {
        return columns.getOrDefault(name, "no access");
    }
}
