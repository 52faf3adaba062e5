package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Keys from their rotation to their end, through SQL.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TestKeyLife {
    private static final String KEEPER = "keeper";
    private static final String ROTATIONS = "CALL policy.admin.rotate_keys('memory.default.%s', 'hash')";
    private static final String HASH_OF = "SELECT email FROM memory.default.%s WHERE id = 1";

    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.of("policy.key-administrators", KEEPER));
        server.apply("""
                kind: Tag
                name: Mail
                ---
                kind: Policy
                name: mail
                type: mask
                columns: {tags: [Mail]}
                mask: {type: hash}
                """);
        for (String table : List.of("rotated", "destroyed", "busy", "owned")) {
            server.execute(TestingPolicyServer.PIPELINE,
                    "CREATE TABLE memory.default.%s AS SELECT * FROM (VALUES (1, VARCHAR 'a@b.c'), (2, VARCHAR 'd@e.f')) t (id, email)"
                            .formatted(table));
            server.apply("""
                    kind: DataSource
                    name: memory.default.%s
                    owners: {users: [%s]}
                    approve_columns: all
                    key_columns: [id]
                    columns: {email: {tags: [Mail]}}
                    ---
                    kind: Policy
                    name: read-%s
                    type: access
                    applies_to: {data_sources: [memory.default.%s]}
                    grant: {level: read, to: "current_user IN ('alice', 'keeper')"}
                    """.formatted(table, table.equals("owned") ? "olga" : "nobody", table, table));
        }
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    private String hash(String table) {
        return (String) requireNonNull(server.value("alice", HASH_OF.formatted(table)));
    }

    private List<List<Object>> keys(String user, String table) {
        List<List<Object>> keys = new ArrayList<>();
        server.rows(user, """
                SELECT id, version, state, retired_at IS NULL, destroyed_at IS NULL FROM policy.metadata.keys
                WHERE object = 'memory.default.%s' AND family = 'hash' ORDER BY version
                """.formatted(table)).forEach(row -> keys.add(row.stream().map(value -> requireNonNull((Object) value)).toList()));
        return keys;
    }

    @Test
    void testRotation() {
        String first = hash("rotated");
        server.execute(KEEPER, ROTATIONS.formatted("rotated"));
        String second = hash("rotated");
        assertThat(second).isNotEqualTo(first).hasSize(64);
        assertThat(keys(KEEPER, "rotated")).extracting(key -> key.subList(1, 5))
                .containsExactly(List.of(1L, "retired", false, true), List.of(2L, "primary", true, true));
        // who may rotate keys sees the values no better than others
        assertThat(server.value(KEEPER, HASH_OF.formatted("rotated"))).isEqualTo(second);
        assertThat(server.rows(TestingPolicyServer.AUDITOR,
                "SELECT author, action FROM policy.metadata.policy_revisions WHERE action = 'rotate_keys' AND author = 'keeper'"))
                .isNotEmpty();
    }

    @Test
    void testDestruction() {
        String id = (String) keys(KEEPER, "destroyed").getFirst().getFirst();
        String destroy = "CALL policy.admin.destroy_key('%s', '%s')";
        server.assertRefused(KEEPER, destroy.formatted(id, id),
                "data key %s is in use: CALL policy.admin.rotate_keys before it is destroyed".formatted(id));
        server.execute(KEEPER, ROTATIONS.formatted("destroyed"));
        server.assertRefused(KEEPER, destroy.formatted(id, "yes"),
                "confirm: repeat the id; what was masked under a destroyed key cannot be unmasked by anybody any more");
        server.assertRefused(KEEPER, destroy.formatted("1-1-1-1-1", "1-1-1-1-1"),
                "id: '1-1-1-1-1' is no identifier of a key: policy.metadata.keys lists them");
        String now = hash("destroyed");
        server.execute(KEEPER, destroy.formatted(id, id));
        assertThat(keys(KEEPER, "destroyed")).extracting(key -> key.subList(1, 5))
                .containsExactly(List.of(1L, "destroyed", false, false), List.of(2L, "primary", true, true));
        assertThat(server.database().query("SELECT wrapped IS NULL FROM policy.data_key WHERE key_id = '%s'".formatted(id)))
                .containsExactly("t");
        assertThat(hash("destroyed")).isEqualTo(now);
    }

    @Test
    void testWhoMay() {
        String id = (String) keys(KEEPER, "owned").getFirst().getFirst();
        for (String user : List.of("alice", "olga", TestingPolicyServer.AUDITOR, TestingPolicyServer.OPERATOR, TestingPolicyServer.PIPELINE,
                TestingPolicyServer.ENTITLEMENT_ADMINISTRATOR)) {
            server.assertRefused(user, ROTATIONS.formatted("owned"),
                    "Access Denied: Cannot rotate keys: %s is not an administrator or key administrator (policy.administrators, policy.key-administrators)"
                            .formatted(user));
            server.assertRefused(user, "CALL policy.admin.destroy_key('%s', '%s')".formatted(id, id),
                    "Access Denied: Cannot destroy a key: %s is not an administrator or key administrator (policy.administrators, policy.key-administrators)"
                            .formatted(user));
        }
        // owners see the keys of their tables, others none
        assertThat(server.column("olga", "SELECT DISTINCT object FROM policy.metadata.keys")).containsExactly("memory.default.owned");
        assertThat(server.rows("alice", "SELECT * FROM policy.metadata.keys")).isEmpty();
        assertThat(server.rows(TestingPolicyServer.AUDITOR, "SELECT * FROM policy.metadata.keys")).hasSizeGreaterThanOrEqualTo(4);
        assertThat(keys(KEEPER, "owned")).hasSize(1);
    }

    @Test
    @DisplayName("Invariant 1: the table of keys holds no key, plain or wrapped")
    void testTableHoldsNoSecret() {
        String text = server.rows(TestingPolicyServer.GOVERNOR, "SELECT * FROM policy.metadata.keys WHERE state <> 'destroyed'").toString();
        for (String wrapped : server.database().query("SELECT encode(wrapped, 'hex') FROM policy.data_key WHERE wrapped IS NOT NULL")) {
            assertThat(text).doesNotContainIgnoringCase(wrapped);
        }
        assertThat(text).contains("local");
    }

    @Test
    void testWhatIsNeverRotated() {
        server.assertRefused(KEEPER, "CALL policy.admin.rotate_keys('memory.default.owned', 'minimize')",
                "family: keys for minimize are never rotated, since two draws together show more than one");
        server.assertRefused(KEEPER, "CALL policy.admin.rotate_keys('memory.default.owned', 'HASH')",
                "family: 'HASH' is none of hash, reversible, format-preserving");
        server.assertRefused(KEEPER, "CALL policy.admin.rotate_keys('memory.default.missing', 'hash')",
                "'memory.default.missing' has no key for hash: policy.metadata.keys lists those there are; a project is written project:name");
        server.assertRefused(KEEPER, "CALL policy.admin.rotate_keys('project:missing', 'hash')",
                "'project:missing' has no key for hash: policy.metadata.keys lists those there are; a project is written project:name");
    }

    @Test
    @DisplayName("Invariant 4: rotation fails no query, and each sees one key")
    void testRotationUnderLoad() throws Exception {
        int clients = 4;
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger queries = new AtomicInteger();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Set<String> versions = ConcurrentHashMap.newKeySet();
        versions.add(hash("busy"));
        try (ExecutorService executor = Executors.newFixedThreadPool(clients)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                running.add(executor.submit(() -> {
                    while (!done.get()) {
                        // two references to the table in a query agree
                        List<Object> values = new ArrayList<>();
                        server.column("alice", HASH_OF.formatted("busy") + " UNION ALL " + HASH_OF.formatted("busy"))
                                .forEach(value -> values.add(requireNonNull((Object) value)));
                        assertThat(values).hasSize(2);
                        assertThat(values.getFirst()).isEqualTo(values.getLast());
                        seen.add((String) values.getFirst());
                        queries.incrementAndGet();
                    }
                }));
            }
            try {
                for (int rotation = 0; rotation < 10; rotation++) {
                    server.execute(KEEPER, ROTATIONS.formatted("busy"));
                    versions.add(hash("busy"));
                }
            }
            finally {
                done.set(true);
            }
            for (Future<?> client : running) {
                client.get(60, SECONDS);
            }
        }
        assertThat(versions).hasSize(11);
        assertThat(versions).containsAll(seen);
        assertThat(queries.get()).isGreaterThan(clients);
        assertThat(keys(KEEPER, "busy")).hasSize(11);
    }
}
