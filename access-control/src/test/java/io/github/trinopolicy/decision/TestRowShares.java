package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingPolicies.everywhere;
import static io.github.trinopolicy.decision.TestingPolicies.exempt;
import static io.github.trinopolicy.decision.TestingStore.keyed;
import static io.github.trinopolicy.decision.TestingStore.minimizeKey;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.AgeLimit;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Filters that look at what a table says of its columns: `time_window` at its event time, `minimize` at the key of its rows.
final class TestRowShares {
    private static final String TABLE = "lake.shop.orders";
    private static final Map<String, Type> COLUMNS = ImmutableMap.of("id", BIGINT, "line", VARCHAR, "weight", DOUBLE, "day", DATE);
    private static final Policy SHARE = filter(new RowRule.Minimize(12.5));
    private static final Policy RECENT = filter(new RowRule.TimeWindow(true, new AgeLimit(1, 'd')));
    private static final Subject ALICE = new Subject("alice", Set.of(), ImmutableSetMultimap.of(), Set.of(), Optional.empty(),
            Instant.parse("2026-11-22T20:00:00Z"));

    private final PolicyEvaluator evaluator = new PolicyEvaluator(new MaskCatalogue(), "policy", ZoneId.of("Asia/Kolkata"));

    @Test
    void testShare() {
        assertThat(decide(store(List.of("id", "line"), Optional.empty()), SHARE)).containsExactly(new FilterDecision("p",
                Optional.of("policy.masking.minimize(ROW(\"id\", \"line\"), '%s', 1.25E1)".formatted(minimizeKey(TABLE))),
                Optional.of("12.5 % of the rows by 'id', 'line'"), "12.5 % of the rows by 'id', 'line' are shown, always the same", false));
    }

    @Test
    void testShareClosesTheTable() {
        assertCloses(store(List.of(), Optional.empty()), SHARE, "no key_columns in its DataSource");
        assertCloses(store(List.of("id", "gone"), Optional.empty()), SHARE, "no column 'gone', one of its key_columns");
        assertCloses(store(List.of("id", "weight"), Optional.empty()), SHARE, "no row key in its key column 'weight' of type double");
        assertCloses(TestingStore.of(keyed(TABLE, List.of("id"), Optional.empty())).withApproved(TABLE, COLUMNS), SHARE,
                "no minimize key; approve a column of it");
        // a hash key is no key to choose rows by, and what is not described has none
        assertCloses(TestingStore.of(keyed(TABLE, List.of("id"), Optional.empty())), SHARE, "no minimize key; approve a column of it");
        // what a schema says is not of its tables
        assertCloses(TestingStore.of(keyed("lake.shop", List.of("id"), Optional.of("day"))).withApproved(TABLE, COLUMNS), SHARE,
                "no key_columns in its DataSource");
    }

    @Test
    void testTimeWindow() {
        // in Kolkata it is the 23rd already
        assertThat(decide(store(List.of(), Optional.of("day")), RECENT)).containsExactly(new FilterDecision("p",
                Optional.of("(\"day\" >= CAST('2026-11-23' AS date))"), Optional.of("'day' newer than 1d"),
                "column 'day' must be newer than 1d", false));
    }

    @Test
    void testTimeWindowClosesTheTable() {
        assertCloses(store(List.of("id"), Optional.empty()), RECENT, "no event_time in its DataSource");
        assertCloses(store(List.of(), Optional.of("gone")), RECENT, "no column 'gone', its event_time");
        assertCloses(store(List.of(), Optional.of("id")), RECENT, "no date or timestamp in its event_time 'id'");
    }

    @Test
    void testExempt() {
        assertThat(decide(store(List.of(), Optional.empty()), exempt(SHARE, "true")))
                .containsExactly(new FilterDecision("p", Optional.empty(), "'exempt' holds", true));
        assertThat(decide(store(List.of("id"), Optional.empty()), exempt(SHARE, "false"))).singleElement().satisfies(
                filter -> assertThat(filter.reason()).endsWith("; 'exempt' does not hold"),
                filter -> assertThat(filter.words()).contains("12.5 % of the rows by 'id'"));
    }

    /// What is compared before and after a change names no key, and does not change from one moment to the next.
    @Test
    void testAppearance() {
        PolicySnapshot snapshot = store(List.of("id"), Optional.of("day")).with(SHARE, renamed(RECENT), TestingPolicies.grant("g",
                Policy.Level.READ, "true", everywhere())).snapshot();
        assertThat(evaluator.appearance(snapshot, ALICE, ObjectName.parse(TABLE), columns()).filters())
                .containsExactly("'day' newer than 1d", "12.5 % of the rows by 'id'");
    }

    /// A query sees one moment, and a later one sees a later window.
    @Test
    void testMomentIsThatOfTheSubject() {
        TestingStore store = store(List.of(), Optional.of("day"));
        Subject later = new Subject("alice", Set.of(), ImmutableSetMultimap.of(), Set.of(), Optional.empty(),
                ALICE.moment().plusSeconds(24 * 60 * 60));
        assertThat(decide(store, RECENT)).isEqualTo(decide(store, RECENT));
        assertThat(evaluator.decide(store.with(RECENT).snapshot(), later, ObjectName.parse(TABLE), columns()).filters())
                .extracting(FilterDecision::expression).containsExactly(Optional.of("(\"day\" >= CAST('2026-11-24' AS date))"));
    }

    /// Saying another key or time lets a filter show other rows, which is not for owners.
    @Test
    void testOtherColumnsAreNotForOwners() {
        ObjectName table = ObjectName.parse(TABLE);
        PolicySnapshot before = store(List.of(), Optional.empty()).with(SHARE, renamed(RECENT)).snapshot();
        PolicySnapshot timed = store(List.of(), Optional.of("day")).with(SHARE, renamed(RECENT)).snapshot();
        PolicySnapshot keyed = store(List.of("id"), Optional.empty()).with(SHARE, renamed(RECENT)).snapshot();
        assertThat(Declassification.reason(before, before, table)).isEmpty();
        assertThat(Declassification.reason(before, timed, table)).contains("a row filter would look at another column");
        assertThat(Declassification.reason(before, keyed, table)).contains("a row filter would look at another column");
        PolicySnapshot unfiltered = store(List.of(), Optional.empty()).snapshot();
        assertThat(Declassification.reason(unfiltered, store(List.of("id"), Optional.of("day")).snapshot(), table)).isEmpty();
    }

    private void assertCloses(TestingStore store, Policy policy, String missing) {
        assertThat(decide(store, policy))
                .containsExactly(new FilterDecision("p", Optional.of("false"), "closes the table: there is " + missing, false));
        assertThat(evaluator.review(store.with(policy).snapshot(), ObjectName.parse(TABLE), columns())).containsExactly(
                new Finding("p", "closes, but to those who are exempt, since there is %s:".formatted(missing), TABLE));
    }

    private List<FilterDecision> decide(TestingStore store, Policy policy) {
        return evaluator.decide(store.with(policy).snapshot(), ALICE, ObjectName.parse(TABLE), columns()).filters();
    }

    private static List<Column> columns() {
        return COLUMNS.entrySet().stream().map(column -> new Column(column.getKey(), column.getValue()))
                .collect(ImmutableList.toImmutableList());
    }

    private static TestingStore store(List<String> keyColumns, Optional<String> eventTime) {
        return TestingStore.of(keyed(TABLE, keyColumns, eventTime)).withApproved(TABLE, COLUMNS).withMinimizeKey(TABLE);
    }

    private static Policy filter(RowRule rule) {
        return new Policy("p", Optional.empty(), Policy.State.ACTIVE, Optional.empty(), new Policy.RowFilter(everywhere(), rule));
    }

    private static Policy renamed(Policy policy) {
        return new Policy("q", policy.description(), policy.state(), policy.exempt(), policy.body());
    }
}
