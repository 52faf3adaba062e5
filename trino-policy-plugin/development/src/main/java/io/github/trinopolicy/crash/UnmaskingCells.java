package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.List;

/// Unmasks what the same query masks, in all rows.
record UnmaskingCells(Account inspector, Findings findings) implements Act {
    private static final String SQL = """
            SELECT id, policy.functions.unmask('lake.crash.person.email', email), policy.functions.unmask('lake.crash.person.card', card)
            FROM lake.crash.person
            """;

    UnmaskingCells {
        requireNonNull(inspector, "inspector is null");
        requireNonNull(findings, "findings is null");
    }

    @Override
    public String kind() {
        return "cells unmasked";
    }

    @Override
    public void perform() throws SQLException {
        Answer answer = inspector.ask(SQL);
        inspector.ledger().unmasked(answer.queryId(), "lake.crash.person.email", Person.ROWS);
        inspector.ledger().unmasked(answer.queryId(), "lake.crash.person.card", Person.ROWS);
        if (answer.rows().size() != Person.ROWS) {
            findings.add("query %s unmasked %s rows of %s".formatted(answer.queryId(), answer.rows().size(), Person.ROWS));
        }
        for (List<String> row : answer.rows()) {
            Person person = new Person(Integer.parseInt(row.getFirst()));
            if (!row.get(1).equals(person.email()) || !row.get(2).equals(person.card())) {
                findings.add("query %s unmasked row %s to something else".formatted(answer.queryId(), person.id()));
            }
        }
    }
}
