package io.github.trinopolicy.audit;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.airlift.units.DataSize;
import io.airlift.units.Duration;
import io.github.trinopolicy.masking.UnmaskUse;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.store.AuditEntry;
import io.github.trinopolicy.store.AuditRange;
import io.github.trinopolicy.store.AuditScope;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import io.trino.spi.TrinoException;
import io.trino.spi.security.AccessDeniedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of events when all is well, and when the store or the file takes none.
@Timeout(60)
class TestQueuedAuditLog {
    private static final int EVENT_SIZE = event("q00").size();

    private final TestingDatabase database = TestingPostgres.newest().createDatabase();
    private final PolicyStore store = database.openStore();

    @TempDir
    private Path directory;

    @AfterEach
    void dropDatabase() {
        store.close();
        database.close();
    }

    @Test
    void testEventsAreWrittenWithinASecond()
            throws InterruptedException {
        try (QueuedAuditLog log = start(config())) {
            log.record(event("q01"));
            Thread.sleep(1_000);
            assertThat(queries()).containsExactly("q01");
        }
    }

    @Test
    void testCloseWritesWhatIsThere() {
        QueuedAuditLog log = start(new AuditConfig());
        for (int i = 0; i < 3_000; i++) {
            log.record(event("q%04d".formatted(i)));
        }
        log.close();
        assertThat(queries()).hasSize(3_000).doesNotHaveDuplicates();
    }

    @Test
    void testBlockedQueriesWaitAndAreThenDenied()
            throws Exception {
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.BLOCK).setMaxWait(Duration.valueOf("1s")))) {
            database.execute("ALTER TABLE policy.audit_log RENAME TO away");
            fill(log);
            long before = System.nanoTime();
            assertThatThrownBy(log::admit).isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("The audit log cannot be written at present");
            assertThat(System.nanoTime() - before).isGreaterThan(900_000_000L);
            // what queries do that had begun before is not lost
            log.record(event("late"));
        }
        // the one above was closed while the store took nothing; now one comes back in time
        database.execute("ALTER TABLE policy.away RENAME TO audit_log");
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.BLOCK).setMaxWait(Duration.valueOf("30s")))) {
            database.execute("ALTER TABLE policy.audit_log RENAME TO away");
            fill(log);
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(log::admit);
            Thread.sleep(300);
            assertThat(waiting).isNotDone();
            database.execute("ALTER TABLE policy.away RENAME TO audit_log");
            waiting.join();
        }
        assertThat(queries()).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void testFailingQueriesAreDeniedAtOnce() {
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.FAIL_QUERY))) {
            log.admit();
            database.execute("ALTER TABLE policy.audit_log RENAME TO away");
            fill(log);
            long before = System.nanoTime();
            assertThatThrownBy(log::admit).isInstanceOf(AccessDeniedException.class);
            assertThat(System.nanoTime() - before).isLessThan(500_000_000L);
            database.execute("ALTER TABLE policy.away RENAME TO audit_log");
        }
        assertThat(queries()).hasSize(10);
    }

    @Test
    void testDroppedEventsAreCounted() {
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.DROP_AND_COUNT))) {
            database.execute("ALTER TABLE policy.audit_log RENAME TO away");
            fill(log);
            log.admit();
            for (int i = 0; i < 7; i++) {
                log.record(event("lost"));
            }
            database.execute("ALTER TABLE policy.away RENAME TO audit_log");
        }
        assertThat(queries()).hasSize(10).doesNotContain("lost");
        assertThat(entries()).filteredOn(entry -> entry.event().kind() == AuditEvent.Kind.LOSS)
                .extracting(entry -> entry.event().value(AuditField.LOST)).containsExactly(Optional.of(7L));
    }

    @Test
    void testQueueIsBounded() {
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.BLOCK).setMaxWait(Duration.valueOf("0s")))) {
            database.execute("ALTER TABLE policy.audit_log RENAME TO away");
            for (int i = 0; i < 1_000; i++) {
                log.record(event("q%02d".formatted(i)));
            }
            database.execute("ALTER TABLE policy.away RENAME TO audit_log");
        }
        // twice the size, and the rest is counted
        assertThat(queries()).hasSize(20);
        assertThat(entries().stream().flatMap(entry -> entry.event().value(AuditField.LOST).stream()).mapToLong(lost -> (long) lost).sum())
                .isEqualTo(980);
    }

    @Test
    void testEventThatTheStoreRefusesDoesNotKeepOthers() {
        try (QueuedAuditLog log = start(config().setQueueSize(DataSize.valueOf("1MB")))) {
            log.record(event("before"));
            log.record(
                    new AuditEvent(UUID.randomUUID(), Instant.now(), AuditEvent.Kind.QUERY, ImmutableMap.of(AuditField.TABLES, "no JSON")));
            log.record(event("after"));
        }
        assertThat(queries()).containsExactlyInAnyOrder("before", "after");
        assertThat(entries()).filteredOn(entry -> entry.event().kind() == AuditEvent.Kind.LOSS)
                .extracting(entry -> entry.event().value(AuditField.LOST)).containsExactly(Optional.of(1L));
    }

    @Test
    void testFileHoldsTheSameAndMayBeMoved()
            throws Exception {
        Path file = directory.resolve("audit.jsonl");
        AuditEvent first = AuditEvent.of(AuditEvent.Kind.QUERY, Instant.parse("2026-11-22T12:00:00Z"))
                .put(AuditField.USER_NAME, "a\"\nb")
                .put(AuditField.USER_GROUPS, ImmutableList.of("x", "y"))
                .put(AuditField.EXEMPT, false)
                .put(AuditField.OUTPUT_ROWS, 5)
                .put(AuditField.TABLES, "[{\"table\":\"lake.shop.customer\"}]")
                .build();
        try (QueuedAuditLog log = start(config().setFile(file))) {
            log.record(first);
            await(() -> Files.exists(file) && Files.size(file) > 0);
            assertThat(Files.readString(file)).isEqualTo("""
                    {"event_id":"%s","happened_at":"2026-11-22T12:00:00Z","kind":"query","node_id":"node-1","user_name":"a\\"\\nb",\
                    "user_groups":["x","y"],"exempt":false,"tables":[{"table":"lake.shop.customer"}],"output_rows":5}
                    """.formatted(first.id()));
            assertThat(Files.getPosixFilePermissions(file)).containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
            Path moved = directory.resolve("audit.1.jsonl");
            Files.move(file, moved);
            log.record(event("second"));
            await(() -> Files.exists(file) && Files.size(file) > 0);
            assertThat(Files.readAllLines(moved)).hasSize(1);
            assertThat(Files.readAllLines(file)).hasSize(1).first().asString().contains("\"query_id\":\"second\"");
        }
    }

    @Test
    void testFileThatCannotBeWrittenIsNotPassedOver()
            throws Exception {
        Path missing = directory.resolve("missing");
        try (QueuedAuditLog log = start(config().setOnOverload(Overload.FAIL_QUERY).setFile(missing.resolve("audit.jsonl")))) {
            fill(log);
            assertThatThrownBy(log::admit).isInstanceOf(AccessDeniedException.class);
            Files.createDirectory(missing);
            await(() -> Files.exists(missing.resolve("audit.jsonl")) && Files.readAllLines(missing.resolve("audit.jsonl")).size() == 10);
            await(() -> {
                log.admit();
                return true;
            });
        }
        assertThat(queries()).hasSize(10);
    }

    @Test
    void testUnmaskingIsRecordedBeforeItReturns() {
        StoreUnmaskAudit audit = new StoreUnmaskAudit(new AuditSink(store.audit(), "node-1", Optional.empty()), Clock.systemUTC());
        UUID column = UUID.randomUUID();
        UnmaskUse use = new UnmaskUse("query_1", "alice", "lake.shop.customer.email", column, "unmask", 17, 2);
        audit.record(use);
        AuditEntry entry = entries().getFirst();
        assertThat(entry.node()).contains("node-1");
        assertThat(entry.event().kind()).isEqualTo(AuditEvent.Kind.UNMASK);
        assertThat(entry.event().values()).containsExactlyInAnyOrderEntriesOf(ImmutableMap.<AuditField, Object>builder()
                .put(AuditField.QUERY_ID, "query_1")
                .put(AuditField.USER_NAME, "alice")
                .put(AuditField.ACTION, "unmask")
                .put(AuditField.OBJECT, "lake.shop.customer.email")
                .put(AuditField.COLUMN_ID, column.toString())
                .put(AuditField.UNMASKED, 17L)
                .put(AuditField.REFUSED, 2L)
                .buildOrThrow());
        database.execute("ALTER TABLE policy.audit_log RENAME TO away");
        assertThatThrownBy(() -> audit.record(use)).isInstanceOf(TrinoException.class)
                .hasMessageStartingWith("Nothing is unmasked unrecorded, and the audit log cannot be written: policy store at ");
    }

    private QueuedAuditLog start(AuditConfig config) {
        QueuedAuditLog log = new QueuedAuditLog(
                new AuditSink(store.audit(), "node-1", config.getFile().map(path -> new AuditFile(path, "node-1"))), config,
                Clock.systemUTC());
        log.start();
        return log;
    }

    /// Full with ten events.
    private static AuditConfig config() {
        return new AuditConfig().setQueueSize(DataSize.ofBytes(10L * EVENT_SIZE));
    }

    private static void fill(QueuedAuditLog log) {
        for (int i = 0; i < 10; i++) {
            log.record(event("q%02d".formatted(i)));
        }
    }

    private static AuditEvent event(String query) {
        return AuditEvent.of(AuditEvent.Kind.QUERY, Instant.now()).put(AuditField.QUERY_ID, query).build();
    }

    private List<AuditEntry> entries() {
        return store.audit().page(new AuditScope.All(), AuditRange.EVERYTHING, Optional.empty(), 10_000);
    }

    private List<String> queries() {
        return entries().stream().flatMap(entry -> entry.event().value(AuditField.QUERY_ID).stream()).map(String.class::cast).toList();
    }

    private interface Condition {
        boolean holds()
                throws IOException;
    }

    private static void await(Condition condition)
            throws Exception {
        boolean holds = false;
        while (!holds) {
            Thread.sleep(20);
            try {
                holds = condition.holds();
            }
            catch (AccessDeniedException e) {
                // not yet
                assertThat(e).hasMessageContaining("audit log");
            }
        }
    }
}
