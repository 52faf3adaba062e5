package io.github.trinopolicy.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Set;
import java.util.UUID;

/// References under which nothing is kept, for decisions that are looked at and never queried: equal for equal sets, and keyed by a secret
/// of this object. Thread-safe.
public final class SetNames implements LargeSets {
    private static final int KEY_LENGTH = 32;

    private final HashFunction hash;

    public SetNames() {
        byte[] key = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(key);
        hash = Hashing.hmacSha256(key);
    }

    @Override
    public UUID reference(String user, Set<String> values) {
        Hasher hasher = hash.newHasher();
        values.stream().sorted().map(value -> value.getBytes(UTF_8)).forEach(bytes -> hasher.putInt(bytes.length).putBytes(bytes));
        HashCode code = hasher.hash();
        ByteBuffer bytes = ByteBuffer.wrap(code.asBytes());
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
