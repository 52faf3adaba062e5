package io.github.trinopolicy.keys;

/// Wraps data keys under a key-encryption key that it keeps to itself. Implementations are safe for use by several threads.
public interface KeyProvider extends AutoCloseable {
    /// A public text that names the provider and its present key-encryption key; two nodes with the same id unwrap the same keys.
    String id();

    /// Whether the wrapped key is one of those that this provider wrapped, by what is said of it.
    boolean unwraps(WrappedKey key);

    /// A new random data key, wrapped under the present key-encryption key.
    ///
    /// @throws KeyWrappingException when the key-encryption key cannot be used
    WrappedKey create(KeyContext context);

    /// Wraps under the present key-encryption key.
    ///
    /// @throws KeyWrappingException when the key-encryption key cannot be used
    WrappedKey wrap(DataKey key, KeyContext context);

    /// @return the key, which the caller closes
    /// @throws KeyWrappingException when the key-encryption key is not here, or the wrapped key or its context was altered
    DataKey unwrap(WrappedKey key, KeyContext context);

    @Override
    void close();
}
