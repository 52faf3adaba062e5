package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What holds in the store at every moment. Each statement sees one state of it, since it is committed whole.
record StoreCheck(StoreReader store, List<Generations> series, Findings findings) {
    StoreCheck {
        requireNonNull(store, "store is null");
        requireNonNull(series, "series is null");
        requireNonNull(findings, "findings is null");
    }

    void check() throws SQLException {
        checkHistory();
        checkObjects();
        checkKeys();
        checkAudit();
        for (int number = 1; number <= series.size(); number++) {
            checkPresentGeneration(number, series.get(number - 1));
            checkAllGenerations(number, series.get(number - 1));
        }
    }

    private void checkHistory() throws SQLException {
        for (List<String> row : store.read("""
                SELECT (SELECT version FROM policy.store_info), max(version), count(*) - 1,
                    (SELECT token FROM policy.store_info) = (array_agg(token ORDER BY version DESC))[1]
                FROM policy.revision
                """)) {
            if (!row.get(0).equals(row.get(1)) || !row.get(0).equals(row.get(2)) || !row.get(3).equals("t")) {
                findings.add("the store has version %s, its history ends at %s after %s changes, same token: %s".formatted(row.toArray()));
            }
        }
    }

    private void checkObjects() throws SQLException {
        for (List<String> row : store.read("""
                SELECT coalesce(o.kind, c.kind), coalesce(o.name, c.name), o.version, c.version
                FROM policy.object o
                FULL JOIN (
                    SELECT DISTINCT ON (kind, name, origin) kind, name, origin, version, after_document
                    FROM policy.revision_change WHERE origin IS NOT NULL ORDER BY kind, name, origin, version DESC, position DESC) c
                USING (kind, name, origin)
                WHERE o.version IS DISTINCT FROM c.version OR o.document IS DISTINCT FROM c.after_document
                """)) {
            findings.add("%s %s is of version %s in the store and of version %s in its history, or has another document there"
                    .formatted(row.toArray()));
        }
    }

    private void checkKeys() throws SQLException {
        for (List<String> row : store.read("""
                SELECT family, count(*), max(key_version), count(*) FILTER (WHERE state = 'PRIMARY'),
                    max(key_version) FILTER (WHERE state = 'PRIMARY')
                FROM policy.data_key GROUP BY scope_id, family
                HAVING count(*) <> max(key_version) OR count(*) FILTER (WHERE state = 'PRIMARY') <> 1
                    OR max(key_version) <> max(key_version) FILTER (WHERE state = 'PRIMARY')
                """)) {
            findings.add("of the %s key there are %s versions up to %s, %s of them primary, the last %s".formatted(row.toArray()));
        }
    }

    private void checkAudit() throws SQLException {
        for (List<String> row : store.read("""
                SELECT version, action, (
                    SELECT count(*) FROM policy.audit_log a WHERE a.kind = 'administration' AND a.policy_version = r.version) AS rows
                FROM policy.revision r
                WHERE version > 0 AND 1 <> (
                    SELECT count(*) FROM policy.audit_log a WHERE a.kind = 'administration' AND a.policy_version = r.version)
                """)) {
            findings.add("the change of version %s (%s) has %s rows in the audit log".formatted(row.toArray()));
        }
    }

    private void checkPresentGeneration(int number, Generations generations) throws SQLException {
        long oldest = generations.oldest();
        List<List<String>> rows = store.read("""
                SELECT count(*), substring(document FROM 'generation ([0-9]+)') AS generation FROM policy.object
                WHERE source = '%s' AND document IS NOT NULL GROUP BY generation
                """.formatted(Bundles.source(number)));
        long newest = generations.newest();
        if (rows.size() != 1 || !rows.getFirst().getFirst().equals(Integer.toString(Bundles.DOCUMENTS))) {
            findings.add("the store holds of %s (documents, generation): %s".formatted(Bundles.source(number), rows));
            return;
        }
        long present = Long.parseLong(rows.getFirst().get(1));
        if (present < oldest || present > newest) {
            findings.add("the store holds generation %s of %s, and only %s to %s were in force".formatted(present, Bundles.source(number),
                    oldest, newest));
        }
    }

    private void checkAllGenerations(int number, Generations generations) throws SQLException {
        Set<Long> missing = new HashSet<>(generations.acknowledged());
        for (List<String> row : store.read("""
                SELECT substring(after_document FROM 'generation ([0-9]+)') AS generation, count(*), count(DISTINCT version)
                FROM policy.revision_change JOIN policy.revision USING (version)
                WHERE source = '%s' AND after_document IS NOT NULL GROUP BY generation
                """.formatted(Bundles.source(number)))) {
            if (!row.get(1).equals(Integer.toString(Bundles.DOCUMENTS)) || !row.get(2).equals("1")) {
                findings.add("generation %s of %s is in the history with %s documents in %s versions".formatted(row.get(0),
                        Bundles.source(number), row.get(1), row.get(2)));
            }
            missing.remove(Long.valueOf(row.get(0)));
        }
        if (!missing.isEmpty()) {
            findings.add("generations %s of %s were acknowledged and are lost".formatted(missing, Bundles.source(number)));
        }
    }
}
