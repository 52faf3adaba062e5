package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// A store that goes away while Trino runs.
@TestInstance(PER_CLASS)
class TestStaleness {
    private static final Duration MAX_STALENESS = Duration.ofSeconds(5);
    private static final String QUERY = "TABLE memory.shop.person";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of(
                "policy.refresh-interval", "100ms",
                "policy.max-staleness", MAX_STALENESS.toSeconds() + "s",
                "policy.store.connect-timeout", "1s"));
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.person AS SELECT 1 AS id");
        server.apply("""
                kind: DataSource
                name: memory.shop.person
                approve_columns: all
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "current_user = 'alice'"}
                """);
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Test
    @Timeout(120)
    @DisplayName("Invariant 4: a snapshot that is too old denies, with the cause")
    void testStoreGoesAway()
            throws InterruptedException {
        TestingDatabase database = server.database();
        assertThat(server.rows("alice", QUERY)).hasSize(1);
        long version = server.version();

        long cut = System.nanoTime();
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        TestingDatabase neighbour = TestingPostgres.newest().createDatabase();
        neighbour.execute("ALTER DATABASE %s WITH ALLOW_CONNECTIONS false".formatted(name));
        neighbour.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'".formatted(name));
        neighbour.execute("ALTER DATABASE %1$s RENAME TO %1$s_away".formatted(name));
        // decided by the last version for a while
        assertThat(server.rows("alice", QUERY)).hasSize(1);
        assertThat(System.nanoTime() - cut).describedAs("the machine was too slow to tell").isLessThan(MAX_STALENESS.toNanos());

        Thread.sleep(MAX_STALENESS.plusMillis(500));
        String denial = "Access Denied: Policies cannot be read since [0-9]+ seconds, which is longer than policy.max-staleness: "
                + "policy store at jdbc:postgresql://localhost:[0-9]+/[a-z0-9_]+ cannot be reached: .*";
        assertThat(server.failure("alice", QUERY)).matches(denial);
        // nobody is let through, whatever the office, and nothing but a query tells more
        assertThat(server.failure(PIPELINE, QUERY)).matches(denial);
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal("{kind: Tag, name: Late}")))).matches(denial);
        assertThat(server.failure("alice", "SELECT 1")).matches(denial);

        neighbour.execute("ALTER DATABASE %1$s_away RENAME TO %1$s".formatted(name));
        neighbour.execute("ALTER DATABASE %s WITH ALLOW_CONNECTIONS true".formatted(name));
        neighbour.close();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        boolean recovered = false;
        while (!recovered && System.nanoTime() < deadline) {
            Thread.sleep(100);
            recovered = isAnswered();
        }
        assertThat(server.rows("alice", QUERY)).hasSize(1);
        assertThat(server.version()).isEqualTo(version);
        server.apply("{kind: Tag, name: Later}");
        assertThat(server.version()).isEqualTo(version + 1);
        assertThat(server.value("alice", "SELECT failure FROM policy.metadata.snapshot_status")).isNull();
    }

    private boolean isAnswered() {
        try {
            server.execute("alice", QUERY);
            return true;
        }
        catch (RuntimeException e) {
            assertThat(e).hasMessageStartingWith("Access Denied: Policies cannot be read since");
            return false;
        }
    }
}
