package io.github.trinopolicy.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What is known of a condition over the rows of a table, before anybody runs it.
///
/// @param reason why it is not known to fit, in words that quote it; empty where it fits
/// @param convertsSafely false where values are converted before they are compared, and that can fail
public record Judgement(Verdict verdict, Optional<String> reason, boolean convertsSafely) {
    public enum Verdict {
        /// Trino takes it as a condition.
        FITS,
        /// It has parts that are not known here; Trino may take it.
        UNKNOWN,
        /// Trino does not take it, or would look at the session to do so.
        WRONG
    }

    public Judgement {
        requireNonNull(verdict, "verdict is null");
        requireNonNull(reason, "reason is null");
    }

    /// True where types can make nothing fail.
    public boolean total() {
        return verdict == Verdict.FITS && convertsSafely;
    }
}
