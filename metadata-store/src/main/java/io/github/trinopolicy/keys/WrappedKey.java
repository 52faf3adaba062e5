package io.github.trinopolicy.keys;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A data key as it is stored. Useless without the key-encryption key, yet kept out of texts.
public final class WrappedKey {
    private final String provider;
    private final byte[] bytes;

    /// @param provider the [KeyProvider#id] of the provider that wrapped it
    /// @param bytes copied
    public WrappedKey(String provider, byte[] bytes) {
        this.provider = requireNonNull(provider, "provider is null");
        this.bytes = bytes.clone();
    }

    public String provider() {
        return provider;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WrappedKey key && provider.equals(key.provider) && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * provider.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "WrappedKey[provider=%s, %s bytes]".formatted(provider, bytes.length);
    }
}
