package io.github.trinopolicy.crash;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// Reads the table as somebody to whom no mask and no filter applies.
record ReadingRaw(Account exempt, Findings findings) implements Act {
    private static final Set<List<String>> EXPECTED = Person.all().stream()
            .map(person -> ImmutableList.of(Integer.toString(person.id()), person.email(), person.nick(), person.card(), "raw", "raw",
                    "raw", "raw"))
            .collect(toImmutableSet());

    ReadingRaw {
        requireNonNull(exempt, "exempt is null");
        requireNonNull(findings, "findings is null");
    }

    @Override
    public String kind() {
        return "raw reads";
    }

    @Override
    public void perform() throws SQLException {
        Answer answer = exempt.ask(Reading.PLAIN);
        if (answer.rows().size() != EXPECTED.size() || !ImmutableSet.copyOf(answer.rows()).equals(EXPECTED)) {
            findings.add("query %s of an exempt user saw other rows than there are".formatted(answer.queryId()));
        }
    }
}
