package io.github.trinopolicy.enforcement;

/// Whose policies apply to the tables under a view with definer's rights.
public enum DefinerViews {
    /// those of the user who asks
    INVOKER,
    /// those of the view's owner, as Trino does by itself
    OWNER,
}
