package io.github.trinopolicy.snapshot;

import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static java.util.Objects.requireNonNull;

import io.trino.spi.TrinoException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Waits for what a coordinator writes into the store while it plans a query, which may be after the first rows of the query come to a node.
///
/// @param longest how long
public record StoreWait(Duration longest) {
    private static final Duration FIRST = Duration.ofMillis(10);

    public StoreWait {
        requireNonNull(longest, "longest is null");
    }

    /// Looks again and again, ever more seldom; empty when it never came.
    ///
    /// @param what is waited for, as the end of a sentence
    public <T> Optional<T> await(Supplier<Optional<T>> look, String what) {
        Duration waited = Duration.ZERO;
        for (Duration wait = FIRST;; wait = wait.multipliedBy(2)) {
            Optional<T> found = look.get();
            if (found.isPresent() || waited.compareTo(longest) >= 0) {
                return found;
            }
            sleep(wait, what);
            waited = waited.plus(wait);
        }
    }

    private static void sleep(Duration wait, String what) {
        try {
            Thread.sleep(wait);
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrinoException(POLICY_STORE_ERROR, "Waiting for %s was interrupted".formatted(what), e);
        }
    }
}
