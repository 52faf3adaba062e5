package io.github.trinopolicy.schedule;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.store.JobKind;
import java.time.Duration;

/// What is to be done every `interval`.
///
/// @param object what is worked on
/// @param pin of the object as it is now; a task is due at once when it was last run for another one
/// @param missing whether what the last success made is gone, for example with the object; then it is due at once too
public record Task(JobKind kind, String object, String pin, Duration interval, boolean missing, Work work) {
    public Task {
        requireNonNull(kind, "kind is null");
        requireNonNull(object, "object is null");
        requireNonNull(pin, "pin is null");
        requireNonNull(interval, "interval is null");
        requireNonNull(work, "work is null");
    }

    /// One run.
    public interface Work {
        /// @param job the number of the run; it changes nothing once the job does not run any more
        /// @throws WorkFailedException when it comes to nothing
        Result run(long job, Cancellation cancellation);
    }

    /// @param rows how many rows it read
    /// @param message what came of it, without any value of data
    public record Result(long rows, String message) {
        public Result {
            requireNonNull(message, "message is null");
        }
    }
}
