package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The tables `store_info`, `revision` and `revision_change` within one transaction.
final class RevisionRows {
    private final Handle handle;

    RevisionRows(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
    }

    UUID storeId() {
        return handle.createQuery("SELECT store_id FROM store_info").mapTo(UUID.class).one();
    }

    StoreVersion current() {
        return handle.createQuery("SELECT version, token FROM store_info").map((row, _) -> version(row)).one();
    }

    /// Waits for the writer at work, and makes later ones wait for the end of this transaction.
    StoreVersion lockCurrent() {
        return handle.createQuery("SELECT version, token FROM store_info FOR UPDATE").map((row, _) -> version(row)).one();
    }

    /// False for a version of a history that a restored dump cut off.
    boolean contains(StoreVersion version) {
        return handle.createQuery("SELECT EXISTS (SELECT FROM revision WHERE version = :version AND token = :token)")
                .bind("version", version.version())
                .bind("token", version.token())
                .mapTo(Boolean.class)
                .one();
    }

    void advance(StoreVersion version, Act act, List<RevisionChange> changes) {
        handle.createUpdate("UPDATE store_info SET version = :version, token = :token")
                .bind("version", version.version())
                .bind("token", version.token())
                .execute();
        handle.createUpdate("""
                INSERT INTO revision (version, token, author, source, reason, action)
                VALUES (:version, :token, :author, :source, :reason, :action)
                """)
                .bind("version", version.version())
                .bind("token", version.token())
                .bind("author", act.author())
                .bind("source", act.source())
                .bind("reason", act.reason())
                .bind("action", act.action())
                .execute();
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO revision_change (version, position, kind, name, origin, before_source, before_document, after_document)
                VALUES (:version, :position, :kind, :name, :origin, :sourceBefore, :before, :after)
                """);
        for (int position = 0; position < changes.size(); position++) {
            RevisionChange change = changes.get(position);
            batch.bind("version", version.version())
                    .bind("position", position)
                    .bind("kind", change.kind())
                    .bind("name", change.name())
                    .bind("origin", change.origin().map(Origin::name))
                    .bind("sourceBefore", change.sourceBefore())
                    .bind("before", change.before())
                    .bind("after", change.after())
                    .add();
        }
        batch.execute();
    }

    /// Newest first.
    List<Revision> newest(int limit) {
        return handle.createQuery("""
                SELECT version, token, author, source, reason, action, created_at FROM revision
                ORDER BY version DESC LIMIT :limit
                """).bind("limit", limit).map((row, _) -> revision(row)).list();
    }

    /// Newest first, without the choices of projects and the readings of attribute sources.
    List<Revision> newestOfPolicies(int limit) {
        return handle.createQuery("""
                SELECT version, token, author, source, reason, action, created_at FROM revision
                WHERE version IN (
                    SELECT DISTINCT version FROM revision_change WHERE kind <> 'CurrentProject' AND kind <> 'AttributeReading'
                    ORDER BY version DESC LIMIT :limit)
                ORDER BY version DESC
                """).bind("limit", limit).map((row, _) -> revision(row)).list();
    }

    /// Newest first, choices of projects alone.
    List<Revision> newestOfProjects(int limit) {
        return handle.createQuery("""
                SELECT version, token, author, source, reason, action, created_at FROM revision
                WHERE version IN (
                    SELECT DISTINCT version FROM revision_change WHERE kind = 'CurrentProject' ORDER BY version DESC LIMIT :limit)
                ORDER BY version DESC
                """).bind("limit", limit).map((row, _) -> revision(row)).list();
    }

    boolean contains(Act act) {
        return handle.createQuery("""
                SELECT EXISTS (SELECT FROM revision
                WHERE author = :author AND action = :action AND source IS NOT DISTINCT FROM :source AND reason IS NOT DISTINCT FROM :reason)
                """)
                .bind("author", act.author())
                .bind("action", act.action())
                .bind("source", act.source())
                .bind("reason", act.reason())
                .mapTo(Boolean.class)
                .one();
    }

    /// What acts of a kind did to objects after a version, the first first.
    List<RevisionChange> changesAfter(long version, String action) {
        return handle.createQuery("""
                SELECT kind, name, origin, before_source, before_document, after_document FROM revision_change
                WHERE version > :version AND version IN (SELECT version FROM revision WHERE action = :action) AND origin IS NOT NULL
                ORDER BY version, position
                """).bind("version", version).bind("action", action).map((row, _) -> change(row)).list();
    }

    /// What the newest act of a kind that names the source did; empty where there was none.
    List<RevisionChange> newestChanges(String action, String source) {
        return handle.createQuery("""
                SELECT kind, name, origin, before_source, before_document, after_document FROM revision_change
                WHERE version = (SELECT max(version) FROM revision WHERE action = :action AND source = :source)
                ORDER BY position
                """).bind("action", action).bind("source", source).map((row, _) -> change(row)).list();
    }

    /// What was done to objects of these kinds, the last first.
    List<RevisedChange> newestOfKinds(List<String> kinds, int limit) {
        return handle.createQuery("""
                SELECT r.version, r.token, r.author, r.source, r.reason, r.action, r.created_at,
                    c.kind, c.name, c.origin, c.before_source, c.before_document, c.after_document
                FROM revision_change c JOIN revision r USING (version)
                WHERE c.kind = ANY (:kinds) ORDER BY c.version DESC, c.position DESC LIMIT :limit
                """).bindArray("kinds", String.class, kinds).bind("limit", limit)
                .map((row, _) -> new RevisedChange(revision(row), change(row))).list();
    }

    List<RevisionChange> changes(long version) {
        return handle.createQuery("""
                SELECT kind, name, origin, before_source, before_document, after_document FROM revision_change
                WHERE version = :version
                ORDER BY position
                """).bind("version", version).map((row, _) -> change(row)).list();
    }

    /// What was done after a version, the last first, without the choices of projects and the readings of attribute sources: undone in
    /// this order, it leads back to the policies of that version.
    List<RevisionChange> changesAfter(long version) {
        return handle.createQuery("""
                SELECT kind, name, origin, before_source, before_document, after_document FROM revision_change
                WHERE version > :version AND kind <> 'CurrentProject' AND kind <> 'AttributeReading'
                ORDER BY version DESC, position DESC
                """).bind("version", version).map((row, _) -> change(row)).list();
    }

    private static StoreVersion version(ResultSet row)
            throws SQLException {
        return new StoreVersion(row.getLong("version"), row.getObject("token", UUID.class));
    }

    private static Revision revision(ResultSet row)
            throws SQLException {
        return new Revision(
                version(row),
                new Act(
                        row.getString("author"),
                        Optional.ofNullable(row.getString("source")),
                        Optional.ofNullable(row.getString("reason")),
                        row.getString("action")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static RevisionChange change(ResultSet row)
            throws SQLException {
        return new RevisionChange(
                row.getString("kind"),
                row.getString("name"),
                Optional.ofNullable(row.getString("origin")).map(Origin::valueOf),
                Optional.ofNullable(row.getString("before_source")),
                Optional.ofNullable(row.getString("before_document")),
                Optional.ofNullable(row.getString("after_document")));
    }
}
