package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import com.google.common.primitives.Ints;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import java.nio.ByteBuffer;
import java.util.UUID;

/// What a wrapped data key is bound to: moved to another key, table, family, version or store it does not unwrap.
public record KeyContext(UUID storeId, UUID keyId, UUID scope, KeyFamily family, int version) {
    public KeyContext {
        requireNonNull(storeId, "storeId is null");
        requireNonNull(keyId, "keyId is null");
        requireNonNull(scope, "scope is null");
        requireNonNull(family, "family is null");
    }

    public static KeyContext of(UUID storeId, KeyReference key) {
        return new KeyContext(storeId, key.id(), key.scope(), key.family(), key.version());
    }

    /// The associated data of the wrapping: store id, key id, scope, family, version in this order, each after its length in 4 bytes.
    byte[] associatedData() {
        ByteArrayDataOutput out = ByteStreams.newDataOutput();
        append(out, bytes(storeId));
        append(out, bytes(keyId));
        append(out, bytes(scope));
        append(out, family.name().getBytes(US_ASCII));
        append(out, Ints.toByteArray(version));
        return out.toByteArray();
    }

    private static void append(ByteArrayDataOutput out, byte[] part) {
        out.writeInt(part.length);
        out.write(part);
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
