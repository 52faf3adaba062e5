package io.github.trinopolicy.masking;

import io.github.trinopolicy.crypto.DataKey;
import io.trino.spi.TrinoException;
import java.util.UUID;

/// Where masking functions get data keys. Thread-safe.
///
/// The ring may serve a key from a cache for as long as its configured maximum age, and no longer. Callers therefore ask it again at short
/// intervals. The ring owns the keys: callers derive what they need at once and never close a key. A ring that closes an aged key leaves it
/// open for those who have just received it.
public interface KeyRing {
    /// @throws TrinoException with a message for the user when this node cannot get the key; the caller must then give out no value at all
    DataKey get(UUID keyId);
}
