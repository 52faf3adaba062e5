package io.github.trinopolicy.audit;

/// What happens while the audit log cannot be written as fast as events come.
public enum Overload {
    /// queries wait before they begin, for a while, and are then denied
    BLOCK,
    /// events are lost, and how many is recorded
    DROP_AND_COUNT,
    /// queries are denied at once
    FAIL_QUERY,
}
