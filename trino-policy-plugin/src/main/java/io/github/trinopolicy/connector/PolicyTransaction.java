package io.github.trinopolicy.connector;

import io.trino.spi.connector.ConnectorTransactionHandle;

/// Changes of policies are transactions of the store, not of Trino.
public enum PolicyTransaction implements ConnectorTransactionHandle {
    INSTANCE,
}
