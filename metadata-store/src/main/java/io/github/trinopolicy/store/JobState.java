package io.github.trinopolicy.store;

/// Whether a job runs, or how it ended.
public enum JobState {
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    /// its coordinator is gone
    LOST,
}
