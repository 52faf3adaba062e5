package io.github.trinopolicy.enforcement;

/// What the audit log keeps of the text of a query.
public enum AuditedText {
    /// without its literals and comments
    REDACTED,
    NONE,
    /// as it was written
    FULL,
}
