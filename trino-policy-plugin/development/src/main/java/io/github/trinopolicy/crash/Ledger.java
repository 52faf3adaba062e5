package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What the clients were given, until the audit log has been found to tell of it. Thread-safe.
final class Ledger {
    private final Map<String, Instant> answered = new ConcurrentHashMap<>();
    private final Map<Unmasking, Given> unmasked = new ConcurrentHashMap<>();

    /// A query and a column of which it unmasked values.
    record Unmasking(String queryId, String column) {
        Unmasking {
            requireNonNull(queryId, "queryId is null");
            requireNonNull(column, "column is null");
        }
    }

    /// @param values how many
    /// @param at when the client had them
    record Given(long values, Instant at) {
        Given {
            requireNonNull(at, "at is null");
        }
    }

    /// The client has the last row, now.
    void answered(String queryId) {
        answered.put(queryId, Instant.now());
    }

    void unmasked(String queryId, String column, long values) {
        unmasked.put(new Unmasking(queryId, column), new Given(values, Instant.now()));
    }

    /// When each query was answered.
    Map<String, Instant> answered() {
        return Map.copyOf(answered);
    }

    Map<Unmasking, Given> unmasked() {
        return Map.copyOf(unmasked);
    }

    /// They are in the log, or nobody expects them there any more.
    void settle(Set<String> queries, Set<Unmasking> unmaskings) {
        answered.keySet().removeAll(queries);
        unmasked.keySet().removeAll(unmaskings);
    }
}
