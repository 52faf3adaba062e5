package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What of the audit log is right, and what is found.
final class TestAuditCheck {
    private static final String COLUMN = "lake.crash.person.email";

    private final List<List<String>> queries = new ArrayList<>();
    private final List<List<String>> unmaskings = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private final Findings findings = new Findings();
    private final AuditCheck check = new AuditCheck(
            sql -> ImmutableList.copyOf(sql.contains("'unmask'") ? unmaskings : queries), ledger, Duration.ofSeconds(1), findings);

    @Test
    void testQueriesBeforeAKill() throws Exception {
        queries.add(ImmutableList.of("kept_old"));
        ledger.answered("kept_old");
        ledger.answered("lost_old");
        ledger.answered("running_new");

        check.coordinatorsKilled(ImmutableList.of(answered("lost_old").plusMillis(900)), "_new");
        assertThat(check.lost()).containsExactly(Duration.ofMillis(900));
        assertThat(findings.texts()).isEmpty();
        // each is told of once
        assertThat(ledger.answered()).containsOnlyKeys("running_new");

        ledger.answered("early_newer");
        check.coordinatorsKilled(ImmutableList.of(answered("early_newer").plusMillis(1_100), answered("early_newer").plusMillis(9_000)),
                "_new");
        assertThat(findings.texts()).singleElement().asString()
                .endsWith("query early_newer was answered 1100 ms before the coordinator was killed, and is not in the audit log");
    }

    @Test
    void testAnswerThatArrivesAfterTheKill() throws Exception {
        ledger.answered("late_old");

        check.coordinatorsKilled(ImmutableList.of(answered("late_old").minusMillis(50)), "_new");

        assertThat(check.lost()).containsExactly(Duration.ZERO);
        assertThat(findings.texts()).isEmpty();
    }

    private Instant answered(String query) {
        return requireNonNull(ledger.answered().get(query), "not answered");
    }

    @Test
    void testUnmaskings() throws Exception {
        Instant begin = Instant.now();
        ledger.unmasked("none", COLUMN, 5);
        ledger.unmasked("few", COLUMN, 5);
        ledger.unmasked("enough", COLUMN, 5);
        unmaskings.add(ImmutableList.of("few", COLUMN, "4"));
        unmaskings.add(ImmutableList.of("enough", COLUMN, "6"));
        unmaskings.add(ImmutableList.of("none", "lake.crash.person.card", "5"));

        check.unmaskings(begin.minusMillis(1));
        assertThat(findings.texts()).isEmpty();

        check.unmaskings(Instant.now());
        assertThat(findings.texts()).hasSize(2)
                .anyMatch(text -> text
                        .endsWith("query none unmasked values of lake.crash.person.email, and is not in the audit log with that"))
                .anyMatch(text -> text.endsWith("query few unmasked 5 values of lake.crash.person.email, and the audit log tells of 4"));
        assertThat(ledger.unmasked()).doesNotContainKey(new Ledger.Unmasking("enough", COLUMN));
    }
}
