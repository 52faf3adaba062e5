package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.crash.Ledger.Given;
import io.github.trinopolicy.crash.Ledger.Unmasking;
import io.github.trinopolicy.development.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares the audit log with what clients were given. Used by one thread.
final class AuditCheck {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final StoreReader store;
    private final Ledger ledger;
    private final Duration promise;
    private final Findings findings;
    private final List<Duration> lost = new ArrayList<>();

    /// @param promise how long before the kill of a coordinator a query must have been answered to be in the log for certain
    AuditCheck(StoreReader store, Ledger ledger, Duration promise, Findings findings) {
        this.store = requireNonNull(store, "store is null");
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.promise = requireNonNull(promise, "promise is null");
        this.findings = requireNonNull(findings, "findings is null");
    }

    /// To be called when nothing of a killed coordinator can be on its way to the store any more.
    ///
    /// @param kills of coordinators since this was called last
    /// @param present by which the running coordinator's queries end
    void coordinatorsKilled(List<Instant> kills, String present) throws SQLException {
        Set<String> recorded = recordedQueries();
        Set<String> settled = new HashSet<>();
        ledger.answered().forEach((query, answered) -> {
            if (query.endsWith(present)) {
                return;
            }
            settled.add(query);
            if (recorded.contains(query)) {
                return;
            }
            Duration before = untilKill(answered, kills);
            lost.add(before);
            if (before.compareTo(promise) > 0) {
                findings.add("query %s was answered %s ms before the coordinator was killed, and is not in the audit log"
                        .formatted(query, before.toMillis()));
            }
        });
        ledger.settle(settled, ImmutableSet.of());
    }

    /// What a coordinator sent may arrive when it is gone.
    private static Duration untilKill(Instant answered, List<Instant> kills) {
        return kills.stream().filter(kill -> !kill.isBefore(answered)).findFirst()
                .map(kill -> Duration.between(answered, kill)).orElse(Duration.ZERO);
    }

    /// To be called when what was unmasked until then is surely written.
    void unmaskings(Instant until) throws SQLException {
        unrecorded(until).forEach(findings::add);
    }

    /// Nobody kills any more, so all must come.
    void end() throws SQLException, InterruptedException {
        Deadline deadline = Deadline.in(LONGEST_WAIT);
        Instant now = Instant.now();
        Set<String> missing = ledger.answered().keySet();
        List<String> unrecorded = unrecorded(now);
        while (!(missing.isEmpty() && unrecorded.isEmpty()) && !deadline.isPassed()) {
            deadline.pause();
            missing = Sets.difference(missing, recordedQueries()).immutableCopy();
            unrecorded = unrecorded(now);
        }
        missing.forEach(query -> findings.add("query %s was answered, nobody was killed, and it is not in the audit log".formatted(query)));
        unrecorded.forEach(findings::add);
    }

    /// What the log does not tell of the values that clients had until then. What it does tell of is not looked at again.
    private List<String> unrecorded(Instant until) throws SQLException {
        Map<Unmasking, Long> recorded = recordedUnmaskings();
        Set<Unmasking> settled = new HashSet<>();
        ImmutableList.Builder<String> unrecorded = ImmutableList.builder();
        ledger.unmasked().forEach((unmasking, given) -> {
            if (given.at().isAfter(until)) {
                return;
            }
            Long count = recorded.get(unmasking);
            if (count == null) {
                unrecorded.add("query %s unmasked values of %s, and is not in the audit log with that"
                        .formatted(unmasking.queryId(), unmasking.column()));
            }
            else if (count < given.values()) {
                unrecorded.add("query %s unmasked %s values of %s, and the audit log tells of %s"
                        .formatted(unmasking.queryId(), given.values(), unmasking.column(), count));
            }
            else {
                settled.add(unmasking);
            }
        });
        ledger.settle(ImmutableSet.of(), settled);
        return unrecorded.build();
    }

    /// How long before the kill of a coordinator the queries were answered that the log does not know.
    List<Duration> lost() {
        return List.copyOf(lost);
    }

    private Set<String> recordedQueries() throws SQLException {
        ImmutableSet.Builder<String> queries = ImmutableSet.builder();
        store.read("SELECT DISTINCT query_id FROM policy.audit_log WHERE kind = 'query'").forEach(row -> queries.add(row.getFirst()));
        return queries.build();
    }

    private Map<Unmasking, Long> recordedUnmaskings() throws SQLException {
        Map<Unmasking, Long> counts = new HashMap<>();
        store.read("SELECT query_id, object, sum(unmasked) FROM policy.audit_log WHERE kind = 'unmask' GROUP BY query_id, object")
                .forEach(row -> counts.put(new Unmasking(row.get(0), row.get(1)), Long.valueOf(row.get(2))));
        return counts;
    }
}
