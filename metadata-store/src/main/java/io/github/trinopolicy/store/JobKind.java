package io.github.trinopolicy.store;

/// What sort of work is done on schedule.
public enum JobKind {
    /// a lookup table is read into attributes
    ATTRIBUTE_SOURCE(true),
    /// the tables of a data source are compared with how they were seen last
    SCHEMA_MONITORING(false),
    /// statistics of a table are taken
    FINGERPRINT(false);

    private final boolean awaitedByDecisions;

    JobKind(boolean awaitedByDecisions) {
        this.awaitedByDecisions = awaitedByDecisions;
    }

    /// True when users are denied what they are entitled to until it is done.
    public boolean isAwaitedByDecisions() {
        return awaitedByDecisions;
    }
}
