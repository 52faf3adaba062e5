package io.github.trinopolicy.enforcement;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.QueryId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// The objects of which a name is being changed. From before Trino changes it until what is known of the object has followed in the store,
/// and for queries that see an older version of the store, nobody can tell what stands behind the name, so it is closed. Thread-safe.
final class MovingObjects {
    private static final int LONGEST_WAIT_SECONDS = 5;
    /// Longer than any query is analyzed.
    private static final Duration SETTLED_AGE = Duration.ofDays(2);

    private final Map<QueryId, Move> moves = new ConcurrentHashMap<>();
    private final Cache<ObjectName, Long> settled = Caffeine.newBuilder().expireAfterWrite(SETTLED_AGE).build();

    private record Move(String user, NameChange change, CompletableFuture<Void> end) {}

    void begin(QueryId query, String user, NameChange change) {
        moves.put(query, new Move(user, change, new CompletableFuture<>()));
    }

    /// The name was not changed.
    void abandon(QueryId query) {
        Move move = moves.remove(query);
        if (move != null) {
            move.end().complete(null);
        }
    }

    /// @param version in which what is known of the object has followed
    void settle(QueryId query, long version) {
        Move move = moves.get(query);
        if (move != null) {
            // before it ends, so that there is no gap
            move.change().objects().forEach(object -> settled.asMap().merge(object, version, Math::max));
            abandon(query);
        }
    }

    /// @param query that asks; it sees what it renames itself
    /// @param version that the query sees
    boolean closes(ObjectName object, QueryId query, long version) {
        boolean moving = moves.entrySet().stream().filter(move -> !move.getKey().equals(query)).map(Map.Entry::getValue)
                .anyMatch(move -> move.change().objects().stream().anyMatch(changing -> changing.contains(object)));
        if (moving) {
            return true;
        }
        for (Optional<ObjectName> holder = Optional.of(object); holder.isPresent(); holder = holder.get().parent()) {
            Long since = settled.getIfPresent(holder.get());
            if (since != null && version < since) {
                return true;
            }
        }
        return false;
    }

    /// Waits a little for what the user has renamed himself, so that his next statement finds it.
    void await(String user) {
        CompletableFuture<?>[] ends = moves.values().stream().filter(move -> move.user().equals(user)).map(Move::end)
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ends).completeOnTimeout(null, LONGEST_WAIT_SECONDS, SECONDS).join();
    }
}
