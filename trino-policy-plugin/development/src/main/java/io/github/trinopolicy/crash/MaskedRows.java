package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;

import com.google.common.collect.ImmutableList;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Compares the answer that a reader got with what some allowed generation of each series gives, and remembers what was seen.
///
/// @param series the generations of each
record MaskedRows(List<Generations> series, KeyVersions keys, SeenValues seen, Findings findings) {
    private static final int FIRST_MARK = 4;

    MaskedRows {
        series = ImmutableList.copyOf(series);
        requireNonNull(keys, "keys is null");
        requireNonNull(seen, "seen is null");
        requireNonNull(findings, "findings is null");
    }

    /// @param answer with columns id, email, nick, card, first_1, second_1, first_2, second_2
    /// @param oldest generation of each series that was in force when the query began
    /// @param oldestKey version of the key by then
    void check(Answer answer, List<Long> oldest, int oldestKey) throws SQLException {
        Optional<Long> first = generation(answer, 0, oldest);
        Optional<Long> second = generation(answer, 1, oldest);
        if (first.isPresent() && second.isPresent()) {
            checkRows(answer, first.get(), second.get());
        }
        checkKey(answer, oldestKey);
        for (List<String> row : answer.rows()) {
            checkValues(answer, row);
        }
    }

    /// The one generation of a series that all rows show.
    private Optional<Long> generation(Answer answer, int index, List<Long> oldest) {
        long newest = series.get(index).newest();
        Set<String> marks = new LinkedHashSet<>();
        for (List<String> row : answer.rows()) {
            marks.add(row.get(FIRST_MARK + 2 * index));
            marks.add(row.get(FIRST_MARK + 2 * index + 1));
        }
        if (marks.size() != 1) {
            findings.add("query %s saw generations %s of %s in one answer of %s rows".formatted(answer.queryId(), marks,
                    Bundles.source(index + 1), answer.rows().size()));
            return Optional.empty();
        }
        String mark = marks.iterator().next();
        if (!mark.matches("[0-9]+") || Long.parseLong(mark) < oldest.get(index) || Long.parseLong(mark) > newest) {
            findings.add("query %s saw '%s' of %s, and only %s to %s were in force".formatted(answer.queryId(), mark,
                    Bundles.source(index + 1), oldest.get(index), newest));
            return Optional.empty();
        }
        series.get(index).establish(Long.parseLong(mark));
        return Optional.of(Long.valueOf(mark));
    }

    private void checkRows(Answer answer, long first, long second) {
        Set<Integer> expected = Person.all().stream().filter(person -> person.isVisible(first, second)).map(Person::id)
                .collect(toCollection(TreeSet::new));
        Set<Integer> actual = answer.rows().stream().map(row -> Integer.valueOf(row.getFirst())).collect(toCollection(TreeSet::new));
        if (!actual.equals(expected) || actual.size() != answer.rows().size()) {
            findings.add("query %s of generations %s and %s saw the rows %s".formatted(answer.queryId(), first, second, actual));
        }
    }

    private void checkKey(Answer answer, int oldest) throws SQLException {
        Set<Optional<Integer>> versions = new LinkedHashSet<>();
        for (List<String> row : answer.rows()) {
            versions.add(keys.ofToken(row.get(1)));
        }
        if (versions.size() != 1 || !versions.stream().allMatch(version -> version.isPresent() && version.get() >= oldest)) {
            findings.add("query %s saw tokens of the key versions %s, and the key had version %s when it began".formatted(answer.queryId(),
                    versions, oldest));
            return;
        }
        versions.iterator().next().ifPresent(version -> keys.establish(KeyVersions.Family.REVERSIBLE, version));
    }

    private void checkValues(Answer answer, List<String> row) {
        Person person = new Person(Integer.parseInt(row.getFirst()));
        if (row.get(1).equals(person.email()) || row.get(2).equals(person.nick()) || row.get(3).equals(person.card())) {
            findings.add("query %s saw a raw value of row %s".formatted(answer.queryId(), person.id()));
            return;
        }
        if (!row.get(3).matches("[0-9]{16}")) {
            findings.add("query %s saw a card of another format in row %s".formatted(answer.queryId(), person.id()));
        }
        seen.token(row.get(1), person);
        if (!seen.isTheHash(person, row.get(2))) {
            findings.add(
                    "query %s saw another hash than before in row %s, and its key never changes".formatted(answer.queryId(), person.id()));
        }
    }
}
