package io.github.trinopolicy.store;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// The partitions of the table `audit_log`, one for each day in UTC, within one transaction. One transaction at a time makes and drops them.
final class AuditPartitions {
    private static final String PREFIX = "audit_log_";
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    private final Handle handle;

    AuditPartitions(Handle handle) {
        this.handle = requireNonNull(handle, "handle is null");
        handle.createQuery("SELECT pg_advisory_xact_lock(hashtextextended('audit partitions of ' || current_schema(), 0))").mapToMap()
                .one();
    }

    void prepare(int daysAhead) {
        Set<String> present = present();
        LocalDate today = LocalDate.ofInstant(now(), UTC);
        today.datesUntil(today.plusDays(daysAhead + 1L))
                .filter(day -> !present.contains(name(day)))
                .forEach(this::create);
    }

    void dropOlderThan(Duration age) {
        Instant oldest = now().minus(age);
        for (String partition : present()) {
            LocalDate day = LocalDate.parse(partition.substring(PREFIX.length()), DAY);
            if (!start(day.plusDays(1)).toInstant().isAfter(oldest)) {
                handle.execute("DROP TABLE " + partition);
            }
        }
        handle.createUpdate("DELETE FROM audit_log_default WHERE happened_at < :oldest").bind("oldest", oldest.atOffset(UTC)).execute();
    }

    /// Rows of the day that are in the default partition would keep it from being made, so they move first.
    private void create(LocalDate day) {
        String partition = name(day);
        String range = "FROM ('%s') TO ('%s')".formatted(start(day), start(day.plusDays(1)));
        handle.execute("CREATE TABLE %s (LIKE audit_log INCLUDING COMMENTS)".formatted(partition));
        handle.execute("COMMENT ON TABLE %s IS 'Events of %s in UTC'".formatted(partition, day));
        handle.createUpdate("""
                WITH moved AS (DELETE FROM audit_log_default WHERE happened_at >= :from AND happened_at < :to RETURNING *)
                INSERT INTO %s SELECT * FROM moved
                """.formatted(partition))
                .bind("from", start(day))
                .bind("to", start(day.plusDays(1)))
                .execute();
        handle.execute("ALTER TABLE audit_log ATTACH PARTITION %s FOR VALUES %s".formatted(partition, range));
    }

    private Set<String> present() {
        return handle.createQuery("""
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'audit_log'::regclass AND c.relname ~ '^audit_log_[0-9]{8}$'
                """).mapTo(String.class).set();
    }

    private Instant now() {
        return handle.createQuery("SELECT clock_timestamp()").mapTo(OffsetDateTime.class).one().toInstant();
    }

    private static String name(LocalDate day) {
        return PREFIX + DAY.format(day);
    }

    private static OffsetDateTime start(LocalDate day) {
        return day.atStartOfDay().atOffset(UTC);
    }
}
