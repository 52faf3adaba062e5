package io.github.trinopolicy.store;

import static io.github.trinopolicy.store.TestingActs.ACT;
import static io.github.trinopolicy.store.TestingActs.tag;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.CurrentProject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The projects that users work in, on one version of the server.
abstract class BaseTestCurrentProjects {
    private static final CurrentProject ALICE_IN_FRAUD = new CurrentProject("alice", "fraud");
    private static final String STRANGE = "'; DROP TABLE current_project; --\u00fc\ud83d\ude00\"";

    private final TestingPostgres postgres;
    private final TestingDatabase database;
    private PolicyStore store;

    BaseTestCurrentProjects(TestingPostgres postgres) {
        this.postgres = postgres;
        this.database = postgres.createDatabase();
        this.store = database.openStore();
    }

    @AfterEach
    public void dropStore() {
        store.close();
        database.close();
    }

    @Test
    public void testUseAndLeave() {
        StoreVersion before = store.currentVersion();
        StoreVersion used = use(store, "alice", "fraud").version();
        assertThat(used.version()).isEqualTo(before.version() + 1);
        assertThat(store.load().currentProjects()).containsExactly(ALICE_IN_FRAUD);
        assertThat(store.changesSince(before).orElseThrow().currentProjects()).containsExactly(ALICE_IN_FRAUD);

        Changed<Boolean> left = leave(store, "alice");
        assertThat(left.value()).isTrue();
        assertThat(store.load().currentProjects()).isEmpty();
        StoreChanges changes = store.changesSince(used).orElseThrow();
        assertThat(changes.currentProjects()).isEmpty();
        assertThat(changes.leftProjects()).containsExactly("alice");
        // a project is chosen again
        use(store, "alice", "risk");
        changes = store.changesSince(left.version()).orElseThrow();
        assertThat(changes.currentProjects()).containsExactly(new CurrentProject("alice", "risk"));
        assertThat(changes.leftProjects()).isEmpty();
    }

    @Test
    public void testRevisionTellsWhoAndWhich() {
        use(store, "alice", "fraud");
        use(store, "alice", "risk");
        leave(store, "alice");
        assertThat(store.revisionChanges(1)).containsExactly(change(Optional.empty(), Optional.of("project: fraud\n")));
        assertThat(store.revisionChanges(2)).containsExactly(change(Optional.of("project: fraud\n"), Optional.of("project: risk\n")));
        assertThat(store.revisionChanges(3)).containsExactly(change(Optional.of("project: risk\n"), Optional.empty()));
        assertThat(store.revisions(1).getFirst().act()).isEqualTo(ACT);
    }

    /// Users choose often: that hides no change of policies, nor makes undoing one longer.
    @Test
    public void testHistoriesAreApart() {
        store.change(ACT, transaction -> transaction.put(tag("PII")));
        for (int i = 0; i < 5; i++) {
            use(store, "alice", "project" + i);
        }
        assertThat(store.policyRevisions(2)).extracting(revision -> revision.version().version()).containsExactly(1L);
        assertThat(store.projectRevisions(2)).extracting(revision -> revision.version().version()).containsExactly(6L, 5L);
        store.change(ACT, transaction -> transaction.put(tag("Geo")) && transaction.setCurrentProject("alice", Optional.empty()));
        assertThat(store.policyRevisions(2)).extracting(revision -> revision.version().version()).containsExactly(7L, 1L);
        assertThat(store.projectRevisions(2)).extracting(revision -> revision.version().version()).containsExactly(7L, 6L);
        store.change(ACT, transaction -> {
            assertThat(transaction.changesAfter(0)).extracting(RevisionChange::name).containsExactly("Geo", "PII");
            return true;
        });
    }

    @Test
    public void testChangesNothing() {
        StoreVersion version = use(store, "alice", "fraud").version();
        assertThat(use(store, "alice", "fraud")).isEqualTo(new Changed<>(false, version));
        assertThat(leave(store, "bob")).isEqualTo(new Changed<>(false, version));
        // there and back within one change is one
        Changed<Boolean> both = store.change(ACT, transaction -> transaction.setCurrentProject("bob", Optional.of("fraud"))
                && transaction.setCurrentProject("bob", Optional.empty()));
        assertThat(both.value()).isTrue();
        assertThat(store.load().currentProjects()).containsExactly(ALICE_IN_FRAUD);
    }

    @Test
    public void testStrangeNames() {
        use(store, STRANGE, STRANGE);
        use(store, "ALICE", "fraud");
        assertThat(store.load().currentProjects()).containsExactly(new CurrentProject(STRANGE, STRANGE),
                new CurrentProject("ALICE", "fraud"));
        store.change(ACT, transaction -> {
            assertThat(transaction.currentProject(STRANGE)).contains(STRANGE);
            assertThat(transaction.currentProject("alice")).isEmpty();
            return true;
        });
    }

    @Test
    public void testSurvivesRestart() {
        use(store, "alice", "fraud");
        store.close();
        store = database.openStore();
        assertThat(store.load().currentProjects()).containsExactly(ALICE_IN_FRAUD);
    }

    @Test
    public void testRestoredDumpConverges() {
        use(store, "alice", "fraud");
        store.close();
        try (TestingDatabase dump = postgres.copy(database)) {
            store = database.openStore();
            StoreVersion lost = use(store, "alice", "risk").version();
            try (PolicyStore restored = dump.openStore()) {
                StoreVersion other = use(restored, "bob", "risk").version();
                assertThat(other.version()).isEqualTo(lost.version());
                assertThat(restored.changesSince(lost)).isEmpty();
                assertThat(restored.load().currentProjects()).containsExactly(ALICE_IN_FRAUD, new CurrentProject("bob", "risk"));
            }
        }
    }

    /// Two coordinators let the same user choose at once: each choice is one version, and the last holds everywhere.
    @Test
    public void testTwoWriters()
            throws Exception {
        int writers = 2;
        int changes = 20;
        CyclicBarrier barrier = new CyclicBarrier(writers);
        List<Future<List<Long>>> versions = new ArrayList<>();
        try (PolicyStore second = database.openStore();
                ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            for (PolicyStore writer : ImmutableList.of(store, second)) {
                String project = writer == store ? "first" : "second";
                versions.add(executor.submit(() -> {
                    List<Long> mine = new ArrayList<>();
                    barrier.await();
                    for (int i = 0; i < changes; i++) {
                        mine.add(use(writer, "alice", project + i).version().version());
                    }
                    return mine;
                }));
            }
            List<Long> all = new ArrayList<>(versions.getFirst().get());
            all.addAll(versions.getLast().get());
            assertThat(all).doesNotHaveDuplicates().hasSize(writers * changes);
            assertThat(store.load()).isEqualTo(second.load());
            long newest = store.currentVersion().version();
            String last = "project: %s\n".formatted(store.load().currentProjects().getFirst().project());
            assertThat(store.revisionChanges(newest)).extracting(RevisionChange::after).containsExactly(Optional.of(last));
            // no choice was overwritten unseen: each continues the one before
            for (long version = 2; version <= newest; version++) {
                assertThat(store.revisionChanges(version).getFirst().before())
                        .isEqualTo(store.revisionChanges(version - 1).getFirst().after());
            }
        }
    }

    /// A store of the first version keeps all that it holds.
    @Test
    public void testUpgrade() {
        store.change(ACT, transaction -> transaction.put(tag("PII")));
        StoreContents before = store.load();
        store.close();
        database.execute("DROP TABLE policy.current_project, policy.read_attribute, policy.attribute_reading, policy.job, "
                + "policy.value_set_reference, policy.value_set, policy.unmask_query, policy.unmask_right, policy.unmask_right_set, "
                + "policy.audit_log, policy.fingerprint_drift, policy.fingerprint, policy.observed_data_source, policy.observed_table, "
                + "policy.schema_event, policy.job_request, policy.sample_secret");
        database.execute("ALTER TABLE policy.known_column DROP COLUMN bucket, DROP COLUMN unit");
        database.execute("ALTER TABLE policy.data_key DROP COLUMN retired_at, DROP COLUMN destroyed_at");
        database.execute("ALTER TABLE policy.node DROP COLUMN key_problem, DROP COLUMN cluster, ADD PRIMARY KEY (node_id)");
        database.execute("DROP INDEX policy.data_key_provider, policy.revision_change_of_policies, policy.revision_change_of_projects");
        database.execute("DELETE FROM policy.flyway_schema_history WHERE version <> '1'");
        store = database.openStore();
        assertThat(store.load()).isEqualTo(before);
        assertThat(use(store, "alice", "fraud").value()).isTrue();
    }

    @Test
    public void testEverythingIsDescribed() {
        assertThat(database.query("""
                SELECT c.relname || '.' || a.attname
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.oid = 'policy.current_project'::regclass
                  AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
                """)).isEmpty();
    }

    private static Changed<Boolean> use(PolicyStore store, String user, String project) {
        return store.change(ACT, transaction -> transaction.setCurrentProject(user, Optional.of(project)));
    }

    private static Changed<Boolean> leave(PolicyStore store, String user) {
        return store.change(ACT, transaction -> transaction.setCurrentProject(user, Optional.empty()));
    }

    private static RevisionChange change(Optional<String> before, Optional<String> after) {
        return new RevisionChange("CurrentProject", "alice", Optional.empty(), Optional.empty(), before, after);
    }
}
