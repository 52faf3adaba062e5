package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Which version of the keys of the table are known to be in use, and which key made a token. Thread-safe.
final class KeyVersions {
    private static final int TOKEN_HEADER = 24;

    private final StoreReader store;
    private final Map<UUID, Integer> versions = new ConcurrentHashMap<>();
    private final Map<Family, AtomicInteger> known = Map.of(Family.REVERSIBLE, new AtomicInteger(), Family.FORMAT_PRESERVING,
            new AtomicInteger());

    enum Family {
        REVERSIBLE,
        FORMAT_PRESERVING;

        /// As procedures take it.
        String policyName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    KeyVersions(StoreReader store) {
        this.store = requireNonNull(store, "store is null");
    }

    /// By the store, now.
    int newest(Family family) throws SQLException {
        return Integer
                .parseInt(store.single("SELECT coalesce(max(key_version), 0) FROM policy.data_key WHERE family = '%s'".formatted(family)));
    }

    /// The version was the newest at some time until now.
    void establish(Family family, int version) {
        requireNonNull(known.get(family)).accumulateAndGet(version, Math::max);
    }

    /// What a query that begins now uses at least.
    int oldest(Family family) {
        return requireNonNull(known.get(family)).get();
    }

    /// The version of the key that made the token; absent when there is no such key.
    Optional<Integer> ofToken(String token) throws SQLException {
        UUID key = keyOf(token);
        Integer version = versions.get(key);
        if (version == null) {
            List<List<String>> found = store.read("SELECT key_version FROM policy.data_key WHERE key_id = '%s' AND family = 'REVERSIBLE'"
                    .formatted(key));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            version = Integer.valueOf(found.getFirst().getFirst());
            versions.put(key, version);
        }
        return Optional.of(version);
    }

    /// @throws IllegalArgumentException when the text is no token
    private static UUID keyOf(String token) {
        checkArgument(token.length() > TOKEN_HEADER, "a token is longer");
        ByteBuffer header = ByteBuffer.wrap(BaseEncoding.base64Url().omitPadding().decode(token.substring(0, TOKEN_HEADER)));
        // after the version of the format and the mode
        return new UUID(header.getLong(2), header.getLong(10));
    }
}
