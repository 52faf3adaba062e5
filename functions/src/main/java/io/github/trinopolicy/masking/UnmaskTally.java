package io.github.trinopolicy.masking;

/// Counts what a query is given on this node. The use itself has been noted before; counts are written soon after. Thread-safe.
public interface UnmaskTally {
    void answered();

    /// Somebody passed a value that the masks of the column did not give out.
    void refused();
}
