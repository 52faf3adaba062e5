package io.github.trinopolicy.masking;

/// Counts what a query is given on this node. Thread-safe.
public interface UnmaskTally {
    /// To be called before a value is given out. When it returns, the audit log knows at least so many.
    ///
    /// @throws io.trino.spi.TrinoException when the log cannot be written; then the value must not be given out
    void answered();

    /// Somebody passed a value that the masks of the column did not give out.
    void refused();
}
