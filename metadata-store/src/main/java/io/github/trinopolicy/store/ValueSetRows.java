package io.github.trinopolicy.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.hash.Hashing;
import com.google.common.io.ByteArrayDataInput;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The tables `value_set` and `value_set_reference` within one transaction.
final class ValueSetRows {
    private final Handle handle;

    ValueSetRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    Optional<Set<String>> find(UUID reference) {
        return handle.createQuery("SELECT content FROM value_set JOIN value_set_reference USING (set_id) WHERE reference = :reference")
                .bind("reference", reference)
                .map((row, _) -> decode(row.getBytes("content")))
                .findOne();
    }

    /// Those under which nothing is kept.
    Set<UUID> missing(Collection<UUID> references) {
        return handle.createQuery("""
                SELECT r FROM unnest(:references) AS r
                WHERE NOT EXISTS (SELECT FROM value_set_reference WHERE reference = r)
                """).bindArray("references", UUID.class, references).mapTo(UUID.class).set();
    }

    /// Equal sets are kept once. A reference that is there already is left as it is.
    void write(UUID reference, Set<String> values) {
        byte[] content = encode(values);
        byte[] digest = Hashing.sha256().hashBytes(content).asBytes();
        UUID set = used(digest).orElseGet(() -> insert(digest, content));
        handle.createUpdate("INSERT INTO value_set_reference (reference, set_id) VALUES (:reference, :set) ON CONFLICT DO NOTHING")
                .bind("reference", reference)
                .bind("set", set)
                .execute();
    }

    private Optional<UUID> used(byte[] digest) {
        return handle.createQuery("UPDATE value_set SET used_at = clock_timestamp() WHERE digest = :digest RETURNING set_id")
                .bind("digest", digest)
                .mapTo(UUID.class)
                .findOne();
    }

    private UUID insert(byte[] digest, byte[] content) {
        return handle.createQuery("""
                INSERT INTO value_set (digest, content) VALUES (:digest, :content)
                ON CONFLICT (digest) DO UPDATE SET used_at = excluded.used_at
                RETURNING set_id
                """)
                .bind("digest", digest)
                .bind("content", content)
                .mapTo(UUID.class)
                .one();
    }

    void deleteOlderThan(Duration age) {
        handle.createUpdate("DELETE FROM value_set_reference WHERE created_at < clock_timestamp() - :seconds * interval '1 second'")
                .bind("seconds", age.toSeconds())
                .execute();
        // each reference makes its set a used one, so none is left that refers to these
        handle.createUpdate("DELETE FROM value_set WHERE used_at < clock_timestamp() - :seconds * interval '1 second'"
                + " AND NOT EXISTS (SELECT 1 FROM value_set_reference r WHERE r.set_id = value_set.set_id)")
                .bind("seconds", age.toSeconds())
                .execute();
    }

    private static byte[] encode(Set<String> values) {
        ByteArrayDataOutput out = ByteStreams.newDataOutput();
        for (String value : ImmutableSortedSet.copyOf(values)) {
            byte[] bytes = value.getBytes(UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        return out.toByteArray();
    }

    private static Set<String> decode(byte[] content) {
        ByteArrayDataInput in = ByteStreams.newDataInput(content);
        ImmutableSet.Builder<String> values = ImmutableSet.builder();
        for (int left = content.length; left > 0;) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            values.add(new String(bytes, UTF_8));
            left -= Integer.BYTES + bytes.length;
        }
        return values.build();
    }
}
