package io.github.trinopolicy.store;

import static io.github.trinopolicy.store.TestingActs.ACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.store.FingerprintDrift.Level;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the store remembers of tables beside policies, on one version of the server.
abstract class BaseTestSchemaHistory {
    private static final ObjectName SHOP = ObjectName.parse("lake.shop");
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123456Z");

    private final TestingDatabase database;
    private final PolicyStore store;

    BaseTestSchemaHistory(TestingPostgres postgres) {
        database = postgres.createDatabase();
        store = database.openStore();
    }

    @AfterEach
    public void dropDatabase() {
        store.close();
        database.close();
    }

    @Test
    public void testObservationIsKeptAsItWas() {
        SchemaHistory history = store.schemaHistory();
        StoreVersion version = store.currentVersion();
        Observation first = history.observation(SHOP);
        assertThat(first.last()).isEmpty();
        assertThat(first.tables()).isEmpty();
        ObservedTable customer = table("lake.shop.customer", false, "id", "integer", "we,\"ird", "row(\"a b\" varchar(3))");
        ObservedTable view = table("lake.shop.\"a.view\"", true);
        long job = start();
        SchemaEvent found = new SchemaEvent(SchemaEventKind.ADDED_COLUMN, customer.name(), Optional.of("id"), Optional.empty(),
                Optional.of("integer"), Optional.empty(), Optional.empty(), OptionalLong.of(job));
        assertThat(history.observe(job, SHOP, first.now(), ImmutableList.of(customer, view), ImmutableList.of(found))).isTrue();
        Observation second = history.observation(SHOP);
        assertThat(second.last()).contains(first.now());
        assertThat(second.tables()).containsExactly(view, customer);
        assertThat(second.since()).containsExactly(found);
        assertThat(history.observedTables()).containsExactly(view, customer);
        // what is gone is gone, and tables of others stay
        assertThat(history.observe(start(), ObjectName.parse("lake.shop2"), first.now(), ImmutableList.of(table("lake.shop2.t", false)),
                ImmutableList.of())).isTrue();
        assertThat(history.observe(start(), SHOP, second.now(), ImmutableList.of(customer), ImmutableList.of())).isTrue();
        assertThat(history.observedTables()).extracting(ObservedTable::name).extracting(ObjectName::toString)
                .containsExactly("lake.shop.customer", "lake.shop2.t");
        assertThat(history.observation(ObjectName.parse("lake.shop.customer")).tables()).containsExactly(customer);
        assertThat(history.observation(ObjectName.parse("lake")).tables()).hasSize(2);
        history.retain(name -> name.equals(ObjectName.parse("lake.shop2")), ObjectName.parse("lake.shop2")::contains);
        assertThat(history.observedTables()).extracting(ObservedTable::name).containsExactly(ObjectName.parse("lake.shop2.t"));
        assertThat(history.observation(SHOP).last()).isEmpty();
        history.retain(_ -> false, _ -> false);
        assertThat(history.observedTables()).isEmpty();
        assertThat(store.currentVersion()).isEqualTo(version);
    }

    @Test
    public void testCancelledRunKeepsNothing() {
        SchemaHistory history = store.schemaHistory();
        long job = start();
        store.jobs().requestCancel(ACT, job);
        assertThat(history.observe(job, SHOP, NOW, ImmutableList.of(table("lake.shop.t", false)), ImmutableList.of())).isFalse();
        assertThat(history.observedTables()).isEmpty();
        UUID table = knownTable("lake.shop.t");
        assertThat(store.fingerprints().save(fingerprint(table, 0, OptionalLong.of(job), false), ImmutableList.of(), ImmutableList.of()))
                .isFalse();
        assertThat(store.fingerprints().latest(table)).isEmpty();
    }

    @Test
    public void testWhatIsOutsideOfTheDataSourceIsNotKept() {
        long job = start();
        assertThatThrownBy(() -> store.schemaHistory().observe(job, SHOP, NOW, ImmutableList.of(table("lake.hr.t", false)),
                ImmutableList.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void testEventOfAUserIsKeptOnce() {
        SchemaEvent created = new SchemaEvent(SchemaEventKind.CREATED_TABLE, ObjectName.parse("lake.shop.t"), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.of("alice"), Optional.of("query_1"), OptionalLong.empty());
        store.schemaHistory().record(ImmutableList.of(created));
        store.schemaHistory().record(ImmutableList.of(created));
        StoreVersion before = store.currentVersion();
        Changed<Boolean> changed = store.change(ACT, transaction -> {
            transaction.record(created);
            transaction.record(new SchemaEvent(SchemaEventKind.CREATED_VIEW, ObjectName.parse("lake.shop.v"), Optional.empty(),
                    Optional.empty(), Optional.empty(), Optional.of("alice"), Optional.of("query_2"), OptionalLong.empty()));
            return true;
        });
        assertThat(changed.version()).isEqualTo(before);
        assertThat(store.schemaHistory().newest(10)).extracting(RecordedSchemaEvent::event)
                .extracting(SchemaEvent::kind, event -> event.user().orElseThrow())
                .containsExactly(tuple(SchemaEventKind.CREATED_VIEW, "alice"), tuple(SchemaEventKind.CREATED_TABLE, "alice"));
        store.schemaHistory().forgetOlderThan(Duration.ofDays(1));
        assertThat(store.schemaHistory().newest(10)).hasSize(2);
        database.execute("UPDATE policy.schema_event SET happened_at = happened_at - interval '2 days' WHERE query_id = 'query_1'");
        store.schemaHistory().forgetOlderThan(Duration.ofDays(1));
        assertThat(store.schemaHistory().newest(10)).extracting(recorded -> recorded.event().query())
                .containsExactly(Optional.of("query_2"));
    }

    @Test
    public void testFirstFingerprintIsTheBaseline() {
        Fingerprints fingerprints = store.fingerprints();
        UUID table = knownTable("lake.shop.t");
        StoreVersion version = store.currentVersion();
        StoredFingerprint first = fingerprint(table, 0, OptionalLong.of(start()), false);
        StoredFingerprint second = fingerprint(table, 1, OptionalLong.empty(), false);
        fingerprints.save(first, ImmutableList.of(), ImmutableList.of());
        FingerprintDrift drift = new FingerprintDrift(second.id(), Optional.of("amount"), "psi", 0.5, 0.25, Level.DRIFT, NOW);
        FingerprintDrift warning = new FingerprintDrift(second.id(), Optional.empty(), "row_count", 0.2, 0.2, Level.WARNING, NOW);
        SchemaEvent event = new SchemaEvent(SchemaEventKind.DRIFT, ObjectName.parse("lake.shop.t"), Optional.of("amount"), Optional.empty(),
                Optional.of("psi"), Optional.empty(), Optional.empty(), OptionalLong.empty());
        fingerprints.save(second, ImmutableList.of(drift, warning), ImmutableList.of(event));
        assertThat(fingerprints.baseline(table)).get().extracting(StoredFingerprint::id).isEqualTo(first.id());
        assertThat(fingerprints.latest(table)).contains(second);
        assertThat(fingerprints.newestDrifts(10)).containsExactly(new TableDrift(table, drift), new TableDrift(table, warning));
        assertThat(store.schemaHistory().newest(1).getFirst().event()).isEqualTo(event);
        assertThat(fingerprints.makeBaseline(second.id())).isTrue();
        assertThat(fingerprints.baseline(table)).get().extracting(StoredFingerprint::id).isEqualTo(second.id());
        assertThat(fingerprints.makeBaseline(UUID.randomUUID())).isFalse();
        assertThat(fingerprints.baseline(table)).isPresent();
        StoredFingerprint third = fingerprint(table, 2, OptionalLong.empty(), true);
        fingerprints.save(third, ImmutableList.of(), ImmutableList.of());
        assertThat(fingerprints.baseline(table)).contains(third);
        assertThat(fingerprints.latestOfEach()).containsExactly(third);
        assertThat(store.currentVersion()).isEqualTo(version);
    }

    @Test
    public void testOldFingerprintsAreForgottenButForTheBaseline() {
        Fingerprints fingerprints = store.fingerprints();
        UUID table = knownTable("lake.shop.t");
        UUID other = knownTable("lake.shop.other");
        fingerprints.save(fingerprint(other, 0, OptionalLong.empty(), false), ImmutableList.of(), ImmutableList.of());
        for (int day = 0; day < Fingerprints.KEPT + 3; day++) {
            fingerprints.save(fingerprint(table, day, OptionalLong.empty(), false), ImmutableList.of(), ImmutableList.of());
        }
        List<StoredFingerprint> kept = fingerprints.newest(1_000).stream().filter(fingerprint -> fingerprint.table().equals(table))
                .toList();
        assertThat(kept).hasSize(Fingerprints.KEPT + 1);
        assertThat(kept.getLast().baseline()).isTrue();
        assertThat(kept.getLast().takenAt()).isEqualTo(NOW);
        assertThat(fingerprints.baseline(other)).isPresent();
    }

    @Test
    public void testWorkThatIsAskedForIsDoneOnce() {
        JobLog jobs = store.jobs();
        jobs.request(ACT, "lake.shop", List.of(new JobRequest(JobKind.SCHEMA_MONITORING, "lake.shop")));
        jobs.request(ACT, "lake.shop", List.of(new JobRequest(JobKind.SCHEMA_MONITORING, "lake.shop")));
        jobs.request(ACT, "lake.hr", List.of(new JobRequest(JobKind.SCHEMA_MONITORING, "lake.hr")));
        assertThat(jobs.requests()).hasSize(2);
        jobs.start(JobKind.SCHEMA_MONITORING, "lake.shop", "1", "node", NOW);
        assertThat(jobs.requests()).containsExactly(new JobRequest(JobKind.SCHEMA_MONITORING, "lake.hr"));
        jobs.forgetBefore(Instant.now().plusSeconds(60));
        assertThat(jobs.requests()).isEmpty();
    }

    private long start() {
        return store.jobs().start(JobKind.SCHEMA_MONITORING, "lake.shop", "1", "node", NOW);
    }

    private UUID knownTable(String name) {
        UUID id = UUID.randomUUID();
        store.change(ACT, transaction -> transaction.saveTable(new KnownTable(id, ObjectName.parse(name), ImmutableMap.of())));
        return id;
    }

    private static StoredFingerprint fingerprint(UUID table, int day, OptionalLong job, boolean baseline) {
        return new StoredFingerprint(UUID.randomUUID(), table, NOW.plus(Duration.ofDays(day)), Optional.of("snapshot " + day), 7, "{}", job,
                baseline);
    }

    private static ObservedTable table(String name, boolean view, String... namesAndTypes) {
        ImmutableList.Builder<ObservedColumn> columns = ImmutableList.builder();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            columns.add(new ObservedColumn(namesAndTypes[i], namesAndTypes[i + 1]));
        }
        return new ObservedTable(ObjectName.parse(name), view, true, columns.build());
    }
}
