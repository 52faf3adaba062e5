package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// One run of scheduled work.
///
/// @param object what is worked on
/// @param pin of the object as it was when the run began
/// @param node the coordinator that runs it
/// @param rows how many rows it read
/// @param message what came of it, without any value of data
/// @param failures how many runs have failed in a row, this one included
/// @param nextRun when the object is due again
public record Job(long id, JobKind kind, String object, String pin, String node, JobState state, Instant started, Optional<Instant> ended,
        OptionalLong rows, Optional<String> message, int failures, Optional<Instant> nextRun) {
    public Job {
        requireNonNull(kind, "kind is null");
        requireNonNull(object, "object is null");
        requireNonNull(pin, "pin is null");
        requireNonNull(node, "node is null");
        requireNonNull(state, "state is null");
        requireNonNull(started, "started is null");
        requireNonNull(ended, "ended is null");
        requireNonNull(rows, "rows is null");
        requireNonNull(message, "message is null");
        requireNonNull(nextRun, "nextRun is null");
    }
}
