package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.OptionalLong;

/// How a run of scheduled work ended.
///
/// @param message what came of it, without any value of data
/// @param failures how many runs have failed in a row, this one included
/// @param nextRun when the object is due again
public record JobEnd(JobState state, Instant ended, OptionalLong rows, String message, int failures, Instant nextRun) {
    public JobEnd {
        requireNonNull(state, "state is null");
        requireNonNull(ended, "ended is null");
        requireNonNull(rows, "rows is null");
        requireNonNull(message, "message is null");
        requireNonNull(nextRun, "nextRun is null");
    }
}
