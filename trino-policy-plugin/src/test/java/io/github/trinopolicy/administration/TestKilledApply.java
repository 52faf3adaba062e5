package io.github.trinopolicy.administration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Real processes, killed; the killing of a whole coordinator is in TestCrash.
class TestKilledApply {
    private static final int KILLS = 11;
    // after each so many kills in the first change comes one in the second change
    private static final int IN_THE_SECOND = 5;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Test
    @DisplayName("Invariant 12: a crash produces no half-applied bundle")
    void testFiveMegabytesAreAppliedWholeOrNotAtAll() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> ends = new ArrayList<>();
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            String present = "none";
            Duration whole = Duration.ZERO;
            for (int i = 0; i < KILLS; i++) {
                String first = "m%03d".formatted(2 * i);
                String second = "m%03d".formatted(2 * i + 1);
                try (TestingApplyProcess process = new TestingApplyProcess(database.url(), first, second)) {
                    assertThat(process.next()).isEqualTo("applying " + first);
                    String before = present;
                    if (i % IN_THE_SECOND == 0) {
                        // measured again and again: to change all objects takes longer than to make them
                        long start = System.nanoTime();
                        assertThat(process.next()).isEqualTo("applied " + first);
                        whole = Duration.ofNanos(System.nanoTime() - start);
                        present = first;
                    }
                    if (i % IN_THE_SECOND != 1) {
                        Thread.sleep(random.nextLong(whole.toMillis() * 5 / 4));
                    }
                    process.kill();
                    List<String> said = new ArrayList<>();
                    for (String line = process.next(); !line.equals("null"); line = process.next()) {
                        said.add(line);
                    }
                    awaitNobodyElse(database);
                    String found = mark(database);
                    // what the process called applied is there; beyond that, only what it was about
                    assertThat(found).describedAs("seed %s, kill %s, after %s", seed, i, said)
                            .isIn(said.contains("applied " + second)
                                    ? List.of(second)
                                    : said.contains("applied " + first) ? List.of(first, second) : List.of(present, first, second));
                    ends.add(found.equals(before) ? "old" : "new");
                    present = found;
                }
            }
        }
        // else the kills were all too early or all too late
        assertThat(ends).describedAs("seed %s", seed).contains("old", "new");
    }

    /// The mark that all users carry, after a look at everything else that a change writes.
    private static String mark(TestingDatabase database) {
        assertThat(database.query("SELECT version = (SELECT max(version) FROM policy.revision) FROM policy.store_info"))
                .containsExactly("t");
        assertThat(database.query("SELECT count(DISTINCT version) FROM policy.object")).containsExactly("1");
        assertThat(database.query("""
                SELECT count(*) FROM policy.object o FULL JOIN policy.revision_change c USING (version, kind, name)
                WHERE version = (SELECT version FROM policy.store_info) AND o.document IS DISTINCT FROM c.after_document
                """)).containsExactly("0");
        List<String> marks = database.query("SELECT DISTINCT substring(document from 'm[0-9]{3}') FROM policy.object");
        assertThat(marks).hasSize(1);
        return marks.getFirst();
    }

    /// Until the server has ended what the killed process had begun.
    private static void awaitNobodyElse(TestingDatabase database) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!database.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
                .equals(List.of("0"))) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
