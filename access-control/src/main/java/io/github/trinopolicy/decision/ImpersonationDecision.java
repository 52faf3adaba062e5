package io.github.trinopolicy.decision;

/// Whether a user may act as another one.
public enum ImpersonationDecision {
    REFUSED,
    /// as one of the members of a group
    AS_MEMBER,
    /// a policy names the other user himself
    BY_NAME,
}
