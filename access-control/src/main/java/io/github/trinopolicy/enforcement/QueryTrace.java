package io.github.trinopolicy.enforcement;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.decision.TableDecision;
import io.github.trinopolicy.model.ObjectName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;

/// What a query was let read, as it was decided, for the audit log. Thread-safe.
final class QueryTrace {
    /// @param user in whose name Trino asked: under a definer view its owner
    record Reading(ObjectName table, String user) {
        Reading {
            requireNonNull(table, "table is null");
            requireNonNull(user, "user is null");
        }
    }

    private final Map<Reading, Set<String>> columns = new ConcurrentHashMap<>();
    private final Map<Reading, TableDecision> decisions = new ConcurrentHashMap<>();
    private final Set<Reading> probed = ConcurrentHashMap.newKeySet();

    /// Between masks and filters Trino asks of each masked column whether it could be read. That is not reading it: what the query reads, Trino
    /// asks in the end.
    void read(Reading reading, Set<String> names) {
        if (probed.contains(reading)) {
            return;
        }
        Set<String> known = columns.computeIfAbsent(reading, _ -> ConcurrentHashMap.newKeySet());
        names.forEach(name -> known.add(name.toLowerCase(ENGLISH)));
    }

    /// Trino has asked for the masks, which it does before it asks whether the table may be read.
    void decided(Reading reading, TableDecision decision) {
        if (decision.access().level().isEmpty()) {
            return;
        }
        decisions.put(reading, decision);
        if (decision.columns().values().stream().anyMatch(column -> column.expression().isPresent())) {
            probed.add(reading);
        }
    }

    /// Trino asks for the filters, which it does when it is done with the masks.
    void filtersAsked(Reading reading) {
        probed.remove(reading);
    }

    Set<Reading> readings() {
        return Sets.union(columns.keySet(), decisions.keySet());
    }

    SortedSet<String> columns(Reading reading) {
        return ImmutableSortedSet.copyOf(columns.getOrDefault(reading, Set.of()));
    }

    Optional<TableDecision> decision(Reading reading) {
        return Optional.ofNullable(decisions.get(reading));
    }
}
