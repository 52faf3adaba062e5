package io.github.trinopolicy.masking;

import io.trino.spi.TrinoException;
import java.util.UUID;

/// Where `value_in_set` gets the sets of values that expressions refer to. Thread-safe.
public interface ValueSets {
    /// @throws TrinoException with a message for the user when this node cannot get the set; the caller must then let no row pass
    ValueSet get(UUID reference);
}
