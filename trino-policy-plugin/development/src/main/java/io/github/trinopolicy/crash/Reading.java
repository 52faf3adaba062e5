package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.List;

/// Reads the whole table as somebody to whom masks and filters apply.
///
/// @param sql with the columns of [#PLAIN]
record Reading(Account reader, String sql, MaskedRows rows) implements Act {
    /// Looks once.
    static final String PLAIN = "SELECT id, email, nick, card, first_1, second_1, first_2, second_2 FROM lake.crash.person";
    /// Looks twice: both must be of the same version.
    static final String JOINED = """
            SELECT a.id, a.email, b.nick, a.card, a.first_1, b.second_1, b.first_2, a.second_2
            FROM lake.crash.person a JOIN lake.crash.person b ON a.id = b.id
            """;

    Reading {
        requireNonNull(reader, "reader is null");
        requireNonNull(sql, "sql is null");
        requireNonNull(rows, "rows is null");
    }

    @Override
    public String kind() {
        return "masked reads";
    }

    @Override
    public void perform() throws SQLException {
        List<Long> oldest = rows.series().stream().map(Generations::oldest).toList();
        int oldestKey = rows.keys().oldest(KeyVersions.Family.REVERSIBLE);
        rows.check(reader.ask(sql), oldest, oldestKey);
    }
}
