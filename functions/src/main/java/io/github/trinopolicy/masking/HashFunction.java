package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.IntegerPermutation;
import io.github.trinopolicy.crypto.KeyedHash;
import io.trino.spi.type.Type;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `hash(value, key id)` at one call site. An instance belongs to one thread.
final class HashFunction {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Optional<HashEncoding> encoding;
    private final CurrentKey<KeyedHash> hash;
    private final CurrentKey<IntegerPermutation> permutation;
    private final byte[] digest = new byte[KeyedHash.LENGTH];

    /// @param type of the value and of the result
    HashFunction(KeyRing keyRing, Type type) {
        encoding = HashEncoding.of(type);
        hash = new CurrentKey<>(keyRing, KeyedHash::new);
        permutation = new CurrentKey<>(keyRing, IntegerPermutation::new);
    }

    /// NULL if no form of the hash fits the type. The engine keeps `char` values without their pad spaces, and so they are hashed; trailing
    /// spaces of a `varchar` belong to the value.
    @Nullable
    Slice text(Slice value, Slice keyId) {
        if (encoding.isEmpty()) {
            return null;
        }
        hash.get(keyId).hashText(value.byteArray(), value.byteArrayOffset(), value.length(), digest);
        return switch (encoding.get()) {
            case HEX_64 -> DigestText.hex(digest);
            case BASE32_26 -> DigestText.base32(digest, 26);
            case BASE32_16 -> DigestText.base32(digest, 16);
            case BINARY_32, BITS_64, PERMUTATION_32 -> null;
        };
    }

    Slice binary(Slice value, Slice keyId) {
        byte[] result = new byte[KeyedHash.LENGTH];
        hash.get(keyId).hashBinary(value.byteArray(), value.byteArrayOffset(), value.length(), result);
        return Slices.wrappedBuffer(result);
    }

    long bigint(long value, Slice keyId) {
        hash.get(keyId).hashInteger(value, digest);
        return (long) LONG.get(digest, 0);
    }

    long integer(long value, Slice keyId) {
        return permutation.get(keyId).permute((int) value);
    }
}
