package io.github.trinopolicy.store;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.AuditEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The audit log in the store. Every method throws [PolicyStoreException] when the database does not serve it. Safe for use by several threads.
public final class AuditRecords {
    private final StoreDatabase database;

    AuditRecords(StoreDatabase database) {
        this.database = requireNonNull(database, "database is null");
    }

    /// Keeps all events for good, or none; of those that are kept already nothing is changed. Needs no right but to insert.
    public void append(String node, List<AuditEvent> events) {
        database.write(handle -> {
            new AuditRows(handle).insert(Optional.of(node), events);
            return events;
        });
    }

    /// Newest first.
    ///
    /// @param after the last one of the page before
    public List<AuditEntry> page(AuditScope scope, AuditRange range, Optional<AuditEvent> after, int limit) {
        checkArgument(limit > 0, "limit must be positive");
        return database.read(handle -> new AuditRows(handle).page(scope, range, after, limit));
    }

    /// Makes the partitions of today and the days to come, by the clock of the database. Several nodes may do so at once.
    public void prepareDays(int daysAhead) {
        database.write(handle -> {
            new AuditPartitions(handle).prepare(daysAhead);
            return daysAhead;
        });
    }

    /// Forgets days that ended longer ago than `age`, and single events that are older.
    public void forgetOlderThan(Duration age) {
        database.write(handle -> {
            new AuditPartitions(handle).dropOlderThan(age);
            return age;
        });
    }
}
