package io.github.trinopolicy.masking;

import io.trino.spi.TrinoException;

/// Where functions that give out raw values report that they did. Thread-safe; every node has one, which adds the name of the node.
public interface UnmaskAudit {
    /// Keeps the record for good before it returns: called before the values of a page leave the function, no crash can lose what was given out.
    ///
    /// @throws TrinoException with a message for the user when the record cannot be kept; the caller must then give out no value at all
    void record(UnmaskUse use);
}
