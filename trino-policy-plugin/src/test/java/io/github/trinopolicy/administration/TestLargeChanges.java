package io.github.trinopolicy.administration;

import static io.github.trinopolicy.administration.TestingBundles.VOCABULARY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Changes of the size that large organisations make. Larger still with `-Dpolicy.test.users=100000`.
@TestInstance(PER_CLASS)
class TestLargeChanges {
    static final String KEY_ENCRYPTION_KEY = Base64.getEncoder().encodeToString("0123456789012345678901234567890!".getBytes(UTF_8));

    private static final int USERS = Integer.getInteger("policy.test.users", 20_000);
    private static final int TABLES = 2_000;
    private static final int POLICIES = 10_000;

    private TestingDatabase database;
    private TestingAdministration coordinator;

    @BeforeAll
    void start() {
        database = TestingPostgres.newest().createDatabase();
        coordinator = new TestingAdministration(database.config(), KEY_ENCRYPTION_KEY);
        coordinator.apply(VOCABULARY, "words", true);
    }

    @AfterAll
    void stop() {
        coordinator.close();
        database.close();
    }

    @Test
    void testAllUsersAreOneVersion() {
        long before = version();
        coordinator.apply(TestingBundles.users(USERS, "EUROPE"), "users", true);
        assertThat(version()).isEqualTo(before + 1);
        assertThat(coordinator.snapshot().objectsOf(Kind.USER)).hasSize(USERS);
        assertThat(database.query("SELECT count(*) FROM policy.revision_change WHERE version = " + version()))
                .containsExactly(Integer.toString(USERS));

        // the change of one costs one row, and the next snapshot shares all else
        PolicySnapshot all = coordinator.snapshot();
        coordinator.apply(TestingBundles.users(1, "ASIA"), "users", false);
        assertThat(database.query("SELECT count(*) FROM policy.object WHERE version = " + version())).containsExactly("1");
        assertThat(coordinator.snapshot().object(Kind.USER, "user-000001")).get()
                .isSameAs(all.object(Kind.USER, "user-000001").orElseThrow());
        assertThat(coordinator.snapshot().object(Kind.USER, "user-000000")).isNotEqualTo(all.object(Kind.USER, "user-000000"));

        coordinator.apply("{kind: User, name: somebody-else}", "users", true);
        assertThat(coordinator.snapshot().objectsOf(Kind.USER)).hasSize(1);
    }

    @Test
    void testThousandsOfTablesAndPolicies() {
        coordinator.apply(TestingBundles.tables(TABLES), "tables", true);
        coordinator.apply(TestingBundles.policies(POLICIES, TABLES), "policies", true);
        PolicySnapshot snapshot = coordinator.snapshot();
        assertThat(snapshot.objectsOf(Kind.POLICY)).hasSize(POLICIES).noneMatch(policy -> snapshot.brokenReason(policy.name()).isPresent());
        assertThat(snapshot.knownTables()).hasSize(TABLES);
        assertThat(database.query("SELECT count(*) FROM policy.data_key WHERE family = 'HASH'")).containsExactly(Integer.toString(TABLES));

        long before = version();
        coordinator.apply(TestingBundles.policies(POLICIES, TABLES), "policies", true);
        assertThat(version()).isEqualTo(before);
    }

    private long version() {
        return coordinator.store().currentVersion().version();
    }
}
