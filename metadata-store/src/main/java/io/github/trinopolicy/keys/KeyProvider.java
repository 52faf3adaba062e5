package io.github.trinopolicy.keys;

/// Wraps data keys under a key-encryption key that it keeps to itself. Implementations are safe for use by several threads.
public interface KeyProvider extends AutoCloseable {
    /// A public text that names the provider and its present key-encryption key; two nodes with the same id unwrap the same keys.
    String id();

    /// Wraps under the present key-encryption key.
    WrappedKey wrap(DataKey key, KeyContext context);

    /// @return the key, which the caller closes
    /// @throws KeyWrappingException when the key-encryption key is not here, or the wrapped key or its context was altered
    DataKey unwrap(WrappedKey key, KeyContext context);

    @Override
    void close();
}
