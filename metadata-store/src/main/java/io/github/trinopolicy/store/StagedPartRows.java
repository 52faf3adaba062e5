package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// The table `staged_part` within one transaction.
final class StagedPartRows {
    private final Handle handle;

    StagedPartRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    void put(String author, String bundleId, int part, String content) {
        handle.createUpdate("""
                INSERT INTO staged_part (author, bundle_id, part, content) VALUES (:author, :bundleId, :part, :content)
                ON CONFLICT (author, bundle_id, part) DO UPDATE SET content = excluded.content, staged_at = now()
                """)
                .bind("author", author)
                .bind("bundleId", bundleId)
                .bind("part", part)
                .bind("content", content)
                .execute();
    }

    /// In their order.
    List<StagedPart> of(String author, String bundleId) {
        return handle.createQuery("SELECT part, content FROM staged_part WHERE author = :author AND bundle_id = :bundleId ORDER BY part")
                .bind("author", author)
                .bind("bundleId", bundleId)
                .map((row, _) -> new StagedPart(row.getInt("part"), row.getString("content")))
                .list();
    }

    void remove(String author, String bundleId) {
        handle.createUpdate("DELETE FROM staged_part WHERE author = :author AND bundle_id = :bundleId")
                .bind("author", author)
                .bind("bundleId", bundleId)
                .execute();
    }
}
