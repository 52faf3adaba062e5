package io.github.trinopolicy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What of an answer is right, and what is found.
final class TestMaskedRows {
    private static final UUID SECOND_KEY = new UUID(1, 2);

    private final Generations first = generations(15);
    private final Generations second = generations(23);
    // the key of version 2 is the only one
    private final KeyVersions keys = new KeyVersions(
            sql -> sql.contains(SECOND_KEY.toString()) ? ImmutableList.of(ImmutableList.of("2")) : ImmutableList.of());
    private final SeenValues seen = new SeenValues(new Random(1));

    private static Generations generations(long newest) {
        Generations generations = new Generations();
        while (generations.newest() < newest) {
            generations.begin();
        }
        return generations;
    }

    @Test
    void testAnswerOfOneVersion() throws Exception {
        assertThat(check(answer(14, 23))).isEmpty();
        assertThat(first.oldest()).isEqualTo(14);
        assertThat(second.oldest()).isEqualTo(23);
        assertThat(keys.oldest(KeyVersions.Family.REVERSIBLE)).isEqualTo(2);
    }

    @Test
    void testGenerations() throws Exception {
        first.acknowledge(12);
        assertFound(check(answer(11, 20)), "query q saw '11' of series-1, and only 12 to 15 were in force");
        assertFound(check(answer(16, 20)), "query q saw '16' of series-1, and only 12 to 15 were in force");
        assertFound(check(answer(12, 20, row -> with(row, 4, "13"))), "query q saw generations [13, 12] of series-1 in one answer of ");
        assertFound(check(answer(12, 20, row -> with(row, 7, "raw"))), "query q saw generations [20, raw] of series-2 in one answer of ");
        assertFound(check(new Answer("q", ImmutableList.of())), "query q saw generations [] of series-1 in one answer of 0 rows");
    }

    @Test
    void testRows() throws Exception {
        List<List<String>> complete = answer(14, 23).rows();
        assertFound(check(new Answer("q", complete.subList(1, complete.size()))), "query q of generations 14 and 23 saw the rows [2, 3, ");
        List<List<String>> twice = new ArrayList<>(complete);
        twice.add(complete.getFirst());
        assertFound(check(new Answer("q", twice)), "query q of generations 14 and 23 saw the rows [1, 2, ");
        // the rows of another generation under the marks of this one
        assertFound(check(answer(13, 23, row -> with(with(row, 4, "14"), 5, "14"))),
                "query q of generations 14 and 23 saw the rows [1, 2, 4, ");
    }

    @Test
    void testValues() throws Exception {
        assertThat(check(answer(14, 23))).isEmpty();
        assertFound(check(answer(14, 23, row -> row.getFirst().equals("7") ? with(row, 2, "nick-7") : row)),
                "query q saw a raw value of row 7");
        assertFound(check(answer(14, 23, row -> row.getFirst().equals("7") ? with(row, 3, new Person(7).card()) : row)),
                "query q saw a raw value of row 7");
        assertFound(check(answer(14, 23, row -> row.getFirst().equals("7") ? with(row, 3, "") : row)),
                "query q saw a card of another format in row 7");
        assertFound(check(answer(14, 23, row -> row.getFirst().equals("7") ? with(row, 2, "hash-8") : row)),
                "query q saw another hash than before in row 7, and its key never changes");
    }

    @Test
    void testKeys() throws Exception {
        keys.establish(KeyVersions.Family.REVERSIBLE, 3);
        assertFound(check(answer(14, 23)), "query q saw tokens of the key versions [Optional[2]], and the key had version 3 when it began");
        assertFound(check(answer(14, 23, row -> row.getFirst().equals("7") ? with(row, 1, token(new UUID(5, 5))) : row)),
                "query q saw tokens of the key versions [Optional[2], Optional.empty], and the key had version 3 when it began");
    }

    private List<String> check(Answer answer) throws SQLException {
        Findings findings = new Findings();
        new MaskedRows(ImmutableList.of(first, second), keys, seen, findings)
                .check(answer, ImmutableList.of(first.oldest(), second.oldest()), keys.oldest(KeyVersions.Family.REVERSIBLE));
        return findings.texts();
    }

    private static void assertFound(List<String> findings, String beginning) {
        assertThat(findings).anyMatch(text -> text.contains(": " + beginning));
    }

    private static Answer answer(long first, long second) {
        return answer(first, second, UnaryOperator.identity());
    }

    private static Answer answer(long first, long second, UnaryOperator<List<String>> change) {
        String one = Long.toString(first);
        String two = Long.toString(second);
        return new Answer("q", Person.all().stream().filter(person -> person.isVisible(first, second))
                .map(person -> (List<String>) ImmutableList.of(Integer.toString(person.id()), token(SECOND_KEY), "hash-" + person.id() % 5,
                        "9111111111111111", one, one, two, two))
                .map(change).toList());
    }

    private static String token(UUID key) {
        byte[] token = ByteBuffer.allocate(66).put((byte) 1).put((byte) 1)
                .putLong(key.getMostSignificantBits()).putLong(key.getLeastSignificantBits()).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static List<String> with(List<String> row, int index, String value) {
        List<String> changed = new ArrayList<>(row);
        changed.set(index, value);
        return changed;
    }
}
