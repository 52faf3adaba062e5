package io.github.trinopolicy.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Collects what is wrong with a bundle, so that its author sees everything at once. Not thread-safe.
public final class BundleErrors {
    /// More errors than this are counted, not kept.
    public static final int MAX_KEPT = 100;

    private final List<BundleError> kept = new ArrayList<>();
    private int count;

    public void add(Optional<Position> position, String message) {
        count++;
        if (kept.size() < MAX_KEPT) {
            kept.add(new BundleError(position, message));
        }
    }

    /// All errors so far, also those that were not kept.
    public int count() {
        return count;
    }

    /// @throws BundleException when there is an error
    public void throwIfAny() {
        if (count > 0) {
            throw toException();
        }
    }

    BundleException toException() {
        return new BundleException(kept, count - kept.size());
    }
}
