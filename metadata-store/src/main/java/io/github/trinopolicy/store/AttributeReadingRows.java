package io.github.trinopolicy.store;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.ReadAttribute;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// The tables `attribute_reading` and `read_attribute` within one transaction. What is gone stays as a row without values.
final class AttributeReadingRows {
    private static final int FETCH_SIZE = 1_000;
    private static final int CHUNK = 1_000;

    private final Handle handle;

    AttributeReadingRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    AttributeReadings all() {
        return new AttributeReadings(
                handle.createQuery("SELECT source, pin, valid_until FROM attribute_reading WHERE pin IS NOT NULL ORDER BY source")
                        .map((row, _) -> reading(row)).list(),
                ImmutableList.of(),
                attributes(handle.createQuery("""
                        SELECT source, user_name, attribute_values FROM read_attribute
                        WHERE attribute_values IS NOT NULL
                        ORDER BY source, user_name
                        """)));
    }

    AttributeReadings writtenSince(long version) {
        return new AttributeReadings(
                handle.createQuery("""
                        SELECT source, pin, valid_until FROM attribute_reading
                        WHERE version > :version AND pin IS NOT NULL
                        ORDER BY source
                        """).bind("version", version).map((row, _) -> reading(row)).list(),
                handle.createQuery("SELECT source FROM attribute_reading WHERE version > :version AND pin IS NULL ORDER BY source")
                        .bind("version", version).mapTo(String.class).list(),
                attributes(handle.createQuery("""
                        SELECT source, user_name, attribute_values FROM read_attribute
                        WHERE version > :version
                        ORDER BY source, user_name
                        """).bind("version", version)));
    }

    Optional<AttributeReading> find(String source) {
        return handle.createQuery("SELECT source, pin, valid_until FROM attribute_reading WHERE source = :source AND pin IS NOT NULL")
                .bind("source", source)
                .map((row, _) -> reading(row))
                .findOne();
    }

    List<ReadAttribute> attributesOf(String source) {
        return attributes(handle.createQuery("""
                SELECT source, user_name, attribute_values FROM read_attribute
                WHERE source = :source AND attribute_values IS NOT NULL
                ORDER BY user_name
                """).bind("source", source));
    }

    void write(AttributeReading reading, long version) {
        handle.createUpdate("""
                INSERT INTO attribute_reading (source, pin, valid_until, version) VALUES (:source, :pin, :validUntil, :version)
                ON CONFLICT (source) DO UPDATE
                SET pin = excluded.pin, valid_until = excluded.valid_until, version = excluded.version
                """)
                .bind("source", reading.source())
                .bind("pin", reading.pin())
                .bind("validUntil", reading.validUntil().atOffset(UTC))
                .bind("version", version)
                .execute();
    }

    void write(Collection<ReadAttribute> attributes, long version) {
        for (List<ReadAttribute> chunk : Iterables.partition(attributes, CHUNK)) {
            PreparedBatch batch = handle.prepareBatch("""
                    INSERT INTO read_attribute (source, user_name, attribute_values, version)
                    VALUES (:source, :user, nullif(CAST(:values AS text[]), CAST('{}' AS text[])), :version)
                    ON CONFLICT (source, user_name) DO UPDATE
                    SET attribute_values = excluded.attribute_values, version = excluded.version
                    """);
            chunk.forEach(attribute -> batch.bind("source", attribute.source())
                    .bind("user", attribute.user())
                    .bindArray("values", String.class, attribute.values())
                    .bind("version", version)
                    .add());
            batch.execute();
        }
    }

    /// The rows stay, so that nodes learn of it.
    void remove(String source, long version) {
        handle.createUpdate("UPDATE attribute_reading SET pin = NULL, valid_until = NULL, version = :version WHERE source = :source")
                .bind("source", source)
                .bind("version", version)
                .execute();
        handle.createUpdate("""
                UPDATE read_attribute SET attribute_values = NULL, version = :version
                WHERE source = :source AND attribute_values IS NOT NULL
                """).bind("source", source).bind("version", version).execute();
    }

    private static List<ReadAttribute> attributes(Query query) {
        return query.setFetchSize(FETCH_SIZE)
                .map((row, _) -> new ReadAttribute(row.getString("source"), row.getString("user_name"), values(row)))
                .collect(toImmutableList());
    }

    private static List<String> values(ResultSet row)
            throws SQLException {
        @Nullable
        Array values = row.getArray("attribute_values");
        return values == null ? ImmutableList.of() : ImmutableList.copyOf((String[]) values.getArray());
    }

    private static AttributeReading reading(ResultSet row)
            throws SQLException {
        return new AttributeReading(row.getString("source"), row.getString("pin"),
                row.getObject("valid_until", OffsetDateTime.class).toInstant());
    }
}
