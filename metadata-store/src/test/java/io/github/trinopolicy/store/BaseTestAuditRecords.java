package io.github.trinopolicy.store;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.AuditScope.All;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The audit log in the store, on one version of the server.
abstract class BaseTestAuditRecords {
    private static final String NODE = "node-1";
    private static final All ALL = new All();

    private final TestingDatabase database;
    private final PolicyStore store;

    BaseTestAuditRecords(TestingPostgres postgres) {
        database = postgres.createDatabase();
        store = database.openStore();
    }

    @AfterEach
    public void dropDatabase() {
        store.close();
        database.close();
    }

    @Test
    public void testEventIsKeptAsItWas() {
        AuditEvent event = AuditEvent.of(AuditEvent.Kind.QUERY, now())
                .put(AuditField.USER_NAME, "älice \0 \ud800")
                .put(AuditField.USER_GROUPS, ImmutableList.of("b", "a,b", "\"x\""))
                .put(AuditField.EXEMPT, true)
                .put(AuditField.BEGAN_AT, now())
                .put(AuditField.OUTPUT_ROWS, Long.MAX_VALUE)
                .put(AuditField.TABLES, "[{\"table\": \"lake.shop.customer\"}]")
                .build();
        store.audit().append(NODE, ImmutableList.of(event));
        // the outcome of a commit may be unknown, so a batch is written again
        store.audit().append(NODE, ImmutableList.of(event));
        AuditEntry entry = read(ALL).getFirst();
        assertThat(entry.event()).isEqualTo(event);
        assertThat(entry.node()).contains(NODE);
        assertThat(entry.event().value(AuditField.USER_NAME)).contains("älice \ufffd \ufffd");
        assertThat(read(ALL)).hasSize(1);
    }

    @Test
    public void testEachFieldIsAColumnThatSaysTheSame() {
        List<String> expected = new ArrayList<>(List.of("event_id", "happened_at", "kind", "node_id"));
        Stream.of(AuditField.values()).map(AuditField::columnName).forEach(expected::add);
        assertThat(database
                .query("SELECT attname FROM pg_attribute WHERE attrelid = 'policy.audit_log'::regclass AND attnum > 0 ORDER BY attnum"))
                .containsExactlyInAnyOrderElementsOf(expected);
        for (AuditField field : AuditField.values()) {
            assertThat(database.query("""
                    SELECT col_description(attrelid, attnum) FROM pg_attribute
                    WHERE attrelid = 'policy.audit_log'::regclass AND attname = '%s'
                    """.formatted(field.columnName()))).containsExactly(field.description());
        }
    }

    @Test
    public void testPages() {
        List<AuditEvent> events = Stream.iterate(0, i -> i + 1).limit(25)
                // many at one moment
                .map(i -> AuditEvent.of(AuditEvent.Kind.QUERY, now().minusSeconds(i / 10)).put(AuditField.QUERY_ID, "q" + i).build())
                .collect(toImmutableList());
        store.audit().append(NODE, events);
        List<AuditEvent> read = new ArrayList<>();
        Optional<AuditEvent> last = Optional.empty();
        for (List<AuditEntry> page = page(last); !page.isEmpty(); page = page(last)) {
            page.forEach(entry -> read.add(entry.event()));
            last = Optional.of(read.getLast());
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(events);
        assertThat(read).isSortedAccordingTo((a, b) -> b.happenedAt().compareTo(a.happenedAt()));
    }

    private List<AuditEntry> page(Optional<AuditEvent> after) {
        return store.audit().page(ALL, AuditRange.EVERYTHING, after, 4);
    }

    @Test
    public void testRange() {
        store.audit().append(NODE,
                ImmutableList.of(query("alice", 0, ""), query("alice", 100, ""), query("bob", 100, ""), query("alice", 200, "")));
        AuditRange range = new AuditRange(Optional.of(now().minusSeconds(150)), Optional.of(now().minusSeconds(50)), Optional.of("alice"));
        assertThat(store.audit().page(ALL, range, Optional.empty(), 10)).hasSize(1);
    }

    @Test
    public void testPartitionsAreMadeAheadAndDropped() {
        LocalDate today = LocalDate
                .ofInstant(Instant.parse(database.query("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                        .getFirst()), UTC);
        AuditEvent early = AuditEvent.of(AuditEvent.Kind.QUERY, today.atStartOfDay().toInstant(UTC)).build();
        store.audit().append(NODE, ImmutableList.of(early));
        assertThat(partitionOf(early)).isEqualTo("audit_log_default");
        store.audit().prepareDays(2);
        store.audit().prepareDays(2);
        assertThat(partitions()).containsExactlyInAnyOrder("audit_log_default", name(today), name(today.plusDays(1)),
                name(today.plusDays(2)));
        // what was there already has moved
        assertThat(partitionOf(early)).isEqualTo(name(today));
        assertThat(read(ALL)).hasSize(1);
        // days without a partition are written and forgotten too
        AuditEvent old = AuditEvent.of(AuditEvent.Kind.QUERY, Instant.parse("2020-02-03T04:05:06Z")).build();
        store.audit().append(NODE, ImmutableList.of(old));
        store.audit().forgetOlderThan(Duration.ofDays(1));
        assertThat(read(ALL)).extracting(AuditEntry::event).containsExactly(early);
        assertThat(partitions()).hasSize(4);

        database.execute(
                "CREATE TABLE policy.audit_log_20200203 PARTITION OF policy.audit_log FOR VALUES FROM ('2020-02-03 00:00+00') TO ('2020-02-04 00:00+00')");
        store.audit().append(NODE, ImmutableList.of(old));
        assertThat(partitionOf(old)).isEqualTo("audit_log_20200203");
        store.audit().forgetOlderThan(Duration.ofDays(90));
        assertThat(read(ALL)).extracting(AuditEntry::event).containsExactly(early);
        assertThat(partitions()).doesNotContain("audit_log_20200203").contains(name(today));
    }

    /// Rights as the documentation gives them to workers.
    @Test
    public void testWorkerMayInsertAndNothingElse() {
        String worker = database.name() + "_worker";
        store.audit().prepareDays(1);
        database.execute("CREATE ROLE %s LOGIN".formatted(worker));
        database.execute("GRANT USAGE ON SCHEMA policy TO %s".formatted(worker));
        database.execute("GRANT SELECT ON policy.flyway_schema_history, policy.store_info TO %s".formatted(worker));
        database.execute("GRANT INSERT ON policy.audit_log TO %s".formatted(worker));
        try (PolicyStore asWorker = new PolicyStoreFactory(database.config().setUser(worker)).awaitMigrationAndOpen()) {
            asWorker.audit().append("worker-1", ImmutableList.of(query("alice", 0, "")));
            assertThat(read(ALL)).hasSize(1);
            assertThatThrownBy(() -> asWorker.audit().page(ALL, AuditRange.EVERYTHING, Optional.empty(), 1))
                    .isInstanceOf(PolicyStoreException.class).hasMessageContaining("42501");
            assertThatThrownBy(() -> asWorker.audit().forgetOlderThan(Duration.ZERO))
                    .isInstanceOf(PolicyStoreException.class).hasMessageContaining("42501");
        }
        finally {
            database.execute("DROP OWNED BY %s".formatted(worker));
            database.execute("DROP ROLE %s".formatted(worker));
        }
    }

    @Test
    public void testChangeAndItsEventAreOne() {
        store.change(new Act("dana", Optional.empty(), Optional.of("because"), "add_tag"),
                transaction -> transaction.put(TestingActs.tag("PII")));
        AuditEntry entry = read(ALL).getFirst();
        assertThat(entry.event().kind()).isEqualTo(AuditEvent.Kind.ADMINISTRATION);
        assertThat(entry.event().value(AuditField.USER_NAME)).contains("dana");
        assertThat(entry.event().value(AuditField.ACTION)).contains("add_tag");
        assertThat(entry.event().value(AuditField.OBJECT)).contains("Tag PII");
        assertThat(entry.event().value(AuditField.REASON)).contains("because");
        assertThat(entry.event().value(AuditField.POLICY_VERSION)).contains(1L);
        assertThat(entry.changes().orElseThrow()).contains("\"before\": null").contains("\"name\": \"PII\"");
        // a change that fails is none, and one that the log cannot take neither
        assertThatThrownBy(() -> store.change(TestingActs.ACT, transaction -> {
            transaction.put(TestingActs.tag("Other"));
            throw new IllegalStateException("failed on purpose");
        })).hasMessage("failed on purpose");
        assertThat(read(ALL)).hasSize(1);
        database.execute("ALTER TABLE policy.audit_log RENAME TO audit_log_away");
        assertThatThrownBy(() -> store.change(TestingActs.ACT, transaction -> transaction.put(TestingActs.tag("Other"))))
                .isInstanceOf(PolicyStoreException.class);
        assertThat(store.currentVersion().version()).isEqualTo(1);
        // he who made the change does not see documents
        database.execute("ALTER TABLE policy.audit_log_away RENAME TO audit_log");
        AuditEntry own = read(new AuditScope.Of("dana", ImmutableSet.of())).getFirst();
        assertThat(own.event().value(AuditField.ACTION)).contains("add_tag");
        assertThat(own.changes()).isEmpty();
    }

    @Test
    public void testWhatUsersAndOwnersSee() {
        AuditEvent own = query("alice", 1, """
                [{"table": "lake.shop.customer", "columns": []}, {"table": "lake.hr.salary", "as": "vera", "columns": []}]""");
        AuditEvent others = query("bob", 2, """
                [{"table": "lake.shop.customer", "columns": [{"column": "id", "effect": "raw", "exception": "purpose"}],
                    "filters": [{"policy": "p", "exception": "purpose"}]}, {"table": "lake.hr.salary", "columns": []}]""");
        AuditEvent foreign = query("bob", 3, "[{\"table\": \"lake.shopping.customer\", \"columns\": []}]");
        AuditEvent denial = AuditEvent.of(AuditEvent.Kind.DENIAL, now().minusSeconds(4)).put(AuditField.USER_NAME, "bob")
                .put(AuditField.OBJECT, "lake.shop.customer").put(AuditField.REASON, "why").build();
        AuditEvent loss = AuditEvent.of(AuditEvent.Kind.LOSS, now().minusSeconds(5)).put(AuditField.LOST, 3).build();
        store.audit().append(NODE, ImmutableList.of(own, others, foreign, denial, loss));
        assertThat(read(ALL)).extracting(AuditEntry::event).extracting(AuditEvent::id)
                .isEqualTo(Stream.of(own, others, foreign, denial, loss).map(AuditEvent::id).toList());

        AuditEntry alices = read(new AuditScope.Of("alice", ImmutableSet.of())).getFirst();
        assertThat(read(new AuditScope.Of("alice", ImmutableSet.of()))).hasSize(1);
        assertThat(alices.event().value(AuditField.QUERY_TEXT)).contains("text");
        assertThat(alices.event().value(AuditField.TABLES)).contains("[{\"table\": \"lake.shop.customer\", \"columns\": []}]");

        AuditScope owner = new AuditScope.Of("dana", ImmutableSet.of(ObjectName.parse("lake.shop")));
        List<AuditEntry> owners = read(owner);
        assertThat(owners).extracting(entry -> entry.event().id()).containsExactly(own.id(), others.id(), denial.id());
        assertThat(owners).allSatisfy(entry -> {
            assertThat(entry.event().value(AuditField.QUERY_TEXT)).isEmpty();
            assertThat(entry.event().value(AuditField.USER_GROUPS)).isEmpty();
            assertThat(entry.event().value(AuditField.REASON)).isEmpty();
            assertThat(entry.event().value(AuditField.TABLES).map(Object::toString).orElse("")).doesNotContain("salary", "purpose");
        });
        assertThat(owners.get(1).event().value(AuditField.TABLES)).contains(
                "[{\"table\": \"lake.shop.customer\", \"columns\": [{\"column\": \"id\", \"effect\": \"raw\"}], \"filters\": [{\"policy\": \"p\"}]}]");
        assertThat(read(new AuditScope.Of("mallory", ImmutableSet.of()))).isEmpty();
        assertThat(read(new AuditScope.Of("mallory", ImmutableSet.of(ObjectName.parse("lake.sho"))))).isEmpty();
    }

    private static AuditEvent query(String user, int secondsAgo, String tables) {
        AuditEvent.Builder event = AuditEvent.of(AuditEvent.Kind.QUERY, now().minusSeconds(secondsAgo))
                .put(AuditField.USER_NAME, user)
                .put(AuditField.USER_GROUPS, ImmutableList.of("secret-group"))
                .put(AuditField.QUERY_TEXT, "text");
        return tables.isEmpty() ? event.build() : event.put(AuditField.TABLES, tables).build();
    }

    private List<AuditEntry> read(AuditScope scope) {
        return store.audit().page(scope, AuditRange.EVERYTHING, Optional.empty(), 100);
    }

    private List<String> partitions() {
        return database.query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'policy.audit_log'::regclass").stream()
                .map(name -> Arrays.asList(name.split("\\.")).getLast()).collect(toImmutableList());
    }

    private String partitionOf(AuditEvent event) {
        return Arrays.asList(database.query("SELECT tableoid::regclass FROM policy.audit_log WHERE event_id = '%s'".formatted(event.id()))
                .getFirst().split("\\.")).getLast();
    }

    private static String name(LocalDate day) {
        return "audit_log_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
