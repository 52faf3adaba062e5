package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkState;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The numbers of a series of changes, each of which replaces the one before, and which of them may be in force. Made by one thread, read by all.
///
/// A change that failed may be in force all the same: whoever lost the connection does not know. One that is known to have been in force, since
/// it was acknowledged or seen, leaves only itself and later ones.
final class Generations {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong known = new AtomicLong();
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();

    /// The number of a change that is about to be made.
    long begin() {
        return begun.incrementAndGet();
    }

    /// Whoever asked for it was told that it is in force, and that it lasts.
    void acknowledge(long number) {
        acknowledged.add(number);
        establish(number);
    }

    /// It was in force at some time until now.
    void establish(long number) {
        checkState(number <= begun.get(), "generation %s was never begun", number);
        known.accumulateAndGet(number, Math::max);
    }

    Set<Long> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    /// What a query that begins now may see at least.
    long oldest() {
        return known.get();
    }

    /// What a query that ends now may have seen at most.
    long newest() {
        return begun.get();
    }
}
