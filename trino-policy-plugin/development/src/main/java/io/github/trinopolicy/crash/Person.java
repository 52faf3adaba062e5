package io.github.trinopolicy.crash;

import static com.google.common.collect.ImmutableList.toImmutableList;

import java.util.List;
import java.util.stream.IntStream;

/// The rows of the table that all clients read, and who may see which of them.
///
/// @param id from 1
record Person(int id) {
    static final String TABLE = "lake.crash.person";
    static final int ROWS = 400;

    private static final long FIRST_CARD = 4_111_111_111_110_000L;

    static List<Person> all() {
        return IntStream.rangeClosed(1, ROWS).mapToObj(Person::new).collect(toImmutableList());
    }

    /// Each part is a file, which some worker reads.
    static String createTable() {
        return """
                CREATE TABLE lake.crash.person WITH (partitioning = ARRAY['part']) AS
                SELECT x AS id, x %% 4 AS part,
                    CAST('person-' || CAST(x AS varchar) || '@example.com' AS varchar) AS email,
                    CAST('nick-' || CAST(x AS varchar) AS varchar) AS nick,
                    %s + x AS card,
                    x %% 10 AS digit_1, (x / 10) %% 10 AS digit_2,
                    CAST('raw' AS varchar) AS first_1, CAST('raw' AS varchar) AS second_1,
                    CAST('raw' AS varchar) AS first_2, CAST('raw' AS varchar) AS second_2
                FROM UNNEST(sequence(1, %s)) t(x)
                """.formatted(FIRST_CARD, ROWS);
    }

    String email() {
        return "person-%s@example.com".formatted(id);
    }

    String nick() {
        return "nick-" + id;
    }

    String card() {
        return Long.toString(FIRST_CARD + id);
    }

    /// Whether the filters of these generations let the row through.
    boolean isVisible(long first, long second) {
        return id % 10 != first % 10 && id / 10 % 10 != second % 10;
    }
}
