package io.github.trinopolicy.plugin;

import static io.github.trinopolicy.plugin.TestingPolicyServer.AUDITOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.GOVERNOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.OPERATOR;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static io.github.trinopolicy.plugin.TestingPolicyServer.literal;
import static io.github.trinopolicy.plugin.TestingPolicyServer.only;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.base.Stopwatch;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.keys.TestingKms;
import io.github.trinopolicy.keys.TestingKmsFailure;
import io.github.trinopolicy.keys.TestingKmsKey;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import io.trino.testing.TestingConnectorContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A server whose data keys are wrapped by AWS KMS, which does not always answer.
@TestInstance(PER_CLASS)
class TestKms {
    private static final String VERSION = new TestingConnectorContext().getCurrentNode().getVersion();
    private static final Duration MAX_AGE = Duration.ofSeconds(4);
    private static final String MASKED = "SELECT email FROM memory.shop.person";
    private static final String UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String NOT_REACHED = "KMS cannot be reached, or no credentials were found; check the network, policy.kms.endpoint, "
            + "policy.kms.region and the credentials of the node";

    private final TestingKms kms = new TestingKms();
    private final TestingKms.Credentials credentials = TestingKms.credentials();
    private final String arn = kms.createKey();
    private TestingPolicyServer server;

    @BeforeAll
    void startServer() {
        server = TestingPolicyServer.start(ImmutableMap.<String, String>builder()
                .putAll(kmsProperties())
                .put("policy.key-cache-max-age", MAX_AGE.toSeconds() + "s")
                .buildOrThrow());
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        for (String table : List.of("person", "other", "slow")) {
            server.execute(PIPELINE, "CREATE TABLE memory.shop.%s AS SELECT VARCHAR 'a@b.c' AS email, 1 AS id".formatted(table));
        }
        server.apply("{kind: Tag, name: Mail}");
        server.apply("""
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "current_user = 'alice'"}
                ---
                kind: Policy
                name: mail
                type: mask
                columns: {tags: [Mail]}
                mask: {type: hash}
                """);
        server.apply(registration("person"));
    }

    @AfterEach
    void recover() {
        kms.recover();
        kms.key(arn).become(TestingKmsKey.State.ENABLED);
    }

    @AfterAll
    void stop() {
        server.close();
        credentials.close();
        kms.close();
    }

    private Map<String, String> kmsProperties() {
        return ImmutableMap.of("policy.kms.key-arn", arn, "policy.kms.endpoint", kms.endpoint().toString());
    }

    private static String registration(String table) {
        return """
                kind: DataSource
                name: memory.shop.%s
                approve_columns: all
                columns: {email: {tags: [Mail]}}
                """.formatted(table);
    }

    private String hash() {
        return (String) requireNonNull(server.value("alice", MASKED));
    }

    @Test
    void testKeysAreWrappedByKms() {
        assertThat(hash()).matches("[0-9a-f]{64}");
        assertThat(server.rows(GOVERNOR, "SELECT DISTINCT provider, key_encryption_key FROM policy.metadata.keys"))
                .containsExactly(List.of("aws-kms", arn));
        assertThat(server.column(GOVERNOR, "SELECT key_fingerprint FROM policy.metadata.nodes")).singleElement().asString()
                .isEqualTo("aws-kms:" + arn);
        // no node has seen the key before it masks
        assertThat(kms.operations()).contains("GenerateDataKeyWithoutPlaintext", "Decrypt").doesNotContain("Encrypt");
        String before = hash();
        server.execute(GOVERNOR, "CALL policy.admin.rotate_keys('memory.shop.person', 'hash')");
        assertThat(hash()).isNotEqualTo(before).hasSize(64);
    }

    @Test
    @DisplayName("Invariant 4: without KMS keys serve until they have aged, and then none does; no restart is needed")
    void testKmsGoesAway() throws InterruptedException {
        String before = freshHash();
        kms.goDown();
        assertThat(hash()).isEqualTo(before);
        forget();
        assertThat(server.failure("alice", MASKED))
                .matches("Policy key %1$s cannot be used on node [^ ]+: data key %1$s cannot be unwrapped by AWS KMS key %2$s: %3$s"
                        .formatted(UUID_PATTERN, arn, NOT_REACHED));
        // what needs no key goes on
        assertThat(server.value("alice", "SELECT id FROM memory.shop.person")).isEqualTo(1);
        kms.recover();
        assertThat(hash()).isEqualTo(before);
    }

    @Test
    @DisplayName("Invariant 4: a disabled key of KMS closes what is masked under it")
    void testDisabledKey() throws InterruptedException {
        String before = freshHash();
        kms.key(arn).become(TestingKmsKey.State.DISABLED);
        assertThat(hash()).isEqualTo(before);
        forget();
        assertThat(server.failure("alice", MASKED)).endsWith("the key is disabled; enable it").doesNotContain(TestingKmsFailure.MESSAGE);
        kms.key(arn).become(TestingKmsKey.State.ENABLED);
        assertThat(hash()).isEqualTo(before);
    }

    @Test
    @DisplayName("Invariant 12: without KMS nothing is registered by halves")
    void testChangesWithoutKms() {
        kms.goDown();
        long version = server.version();
        String failure = "data key %s cannot be wrapped by AWS KMS key %s: %s".formatted(UUID_PATTERN, arn, NOT_REACHED);
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(registration("other"))))).matches(failure);
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.register('memory.shop.other')")).matches(failure);
        assertThat(server.failure(GOVERNOR, "CALL policy.admin.rotate_keys('memory.shop.person', 'hash')")).matches(failure);
        assertThat(server.version()).isEqualTo(version);
        // what needs no key is changed as ever
        server.apply("{kind: Tag, name: Unrelated}");
        kms.recover();
        server.apply(registration("other"));
        assertThat(server.value("alice", MASKED.replace("person", "other"))).asString().hasSize(64);
    }

    /// Nobody could be told, and the approval of its columns must not be lost.
    @Test
    void testViewWithoutKms() throws InterruptedException {
        server.apply("{kind: DataSource, name: memory.shop}");
        kms.goDown();
        server.execute(PIPELINE, "CREATE VIEW memory.shop.seen SECURITY INVOKER AS SELECT id FROM memory.shop.person");
        List<@Nullable Object> ids = server.column("alice", "SELECT id FROM memory.shop.seen");
        for (int i = 0; i < 100 && ids.contains(null); i++) {
            Thread.sleep(100);
            ids = server.column("alice", "SELECT id FROM memory.shop.seen");
        }
        assertThat(ids).containsExactly(1);
        assertThat(server.rows(GOVERNOR, "SELECT family FROM policy.metadata.keys WHERE object = 'memory.shop.seen'")).isEmpty();
    }

    @Test
    void testSlowKmsHoldsUpNobodyElse() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            long before = kms.received();
            kms.hang();
            Future<?> registration = executor.submit(() -> server.apply(registration("slow")));
            Future<?> rotation = executor
                    .submit(() -> server.execute(GOVERNOR, "CALL policy.admin.rotate_keys('memory.shop.person', 'hash')"));
            Stopwatch waiting = Stopwatch.createStarted();
            while (kms.received() < before + 2 && waiting.elapsed(SECONDS) < 30 && !registration.isDone() && !rotation.isDone()) {
                Thread.sleep(10);
            }
            assertThat(registration.isDone() || rotation.isDone()).isFalse();
            Stopwatch watch = Stopwatch.createStarted();
            server.apply("{kind: Tag, name: Urgent}");
            assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(2));
            assertThat(registration.isDone() || rotation.isDone()).isFalse();
            kms.recover();
            registration.get(60, SECONDS);
            rotation.get(60, SECONDS);
        }
        assertThat(server.value("alice", MASKED.replace("person", "slow"))).asString().hasSize(64);
    }

    @Test
    void testKmsGoesAwayAtStart() {
        hash();
        Map<String, String> properties = TestingPolicyServer.properties(server.database(), kmsProperties());
        kms.goDown();
        assertThat(startFailure(properties))
                .matches("Policy key %1$s cannot be used on node [^ ]+: data key %1$s cannot be unwrapped by AWS KMS key %2$s: %3$s"
                        .formatted(UUID_PATTERN, arn, NOT_REACHED));
        kms.recover();
        kms.deny("Decrypt");
        assertThat(startFailure(properties)).endsWith(
                "access was denied; allow the role of the node kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext and kms:Encrypt on it");
        kms.deny();
        String other = kms.createKey();
        assertThat(startFailure(TestingPolicyServer.properties(server.database(),
                ImmutableMap.of("policy.kms.key-arn", other, "policy.kms.endpoint", kms.endpoint().toString()))))
                .matches(
                        "Policy key %1$s cannot be used on node [^ ]+: data key %1$s is wrapped under aws-kms:%2$s, which this node does not have: name it in policy.previous-key-encryption-key-files or policy.kms.previous-key-arns"
                                .formatted(UUID_PATTERN, arn));
        assertThat(startFailure(TestingPolicyServer.properties(server.database(),
                ImmutableMap.of("policy.kms.key-arn", arn, "policy.kms.endpoint", "http://kms.example.com"))))
                .contains("policy.kms.endpoint must begin with https://, or with http:// and name this machine");
    }

    /// An empty store needs no key, and so no KMS.
    @Test
    void testEmptyStoreStartsWithoutKms() {
        kms.goDown();
        try (TestingDatabase database = TestingPostgres.newest().createDatabase()) {
            only(plugin().getConnectorFactories())
                    .create("policy", TestingPolicyServer.properties(database, kmsProperties()), new TestingConnectorContext()).shutdown();
        }
    }

    @Test
    void testHealth() {
        String self = (String) requireNonNull(server.value(OPERATOR, "SELECT node_id FROM policy.metadata.nodes"));
        // whether the node has just tried its keys while another test disturbed KMS does not matter here
        for (String user : List.of(GOVERNOR, AUDITOR, OPERATOR)) {
            assertThat(server.rows(user,
                    "SELECT check, status, why FROM policy.metadata.health WHERE check <> 'keys' AND (object IS NULL OR object = '%s') ORDER BY 1"
                            .formatted(self)))
                    .extracting(List::getFirst, row -> row.get(1)).containsExactly(
                            tuple("alive", "passed"), tuple("enforcing", "passed"), tuple("key-encryption-key", "passed"),
                            tuple("policies", "passed"), tuple("store", "passed"), tuple("version", "passed"));
        }
        assertThat(server.rows("alice", "TABLE policy.metadata.health")).isEmpty();

        server.database().execute("UPDATE policy.revision SET created_at = created_at - interval '1 minute'");
        server.database().execute(
                """
                        INSERT INTO policy.node (node_id, coordinator, store_version, token, key_fingerprint, enforcing, started_at, key_problem, seen_at) VALUES
                            ('differs', false, NULL, NULL, 'local:0123456789abcdef', false, now(), 'no route to the key', now() + interval '1 minute'),
                            ('idle', true, NULL, NULL, '%1$s', false, now(), NULL, now() + interval '1 minute'),
                            ('silent', false, NULL, NULL, '%1$s', false, now(), NULL, now() - interval '5 minutes')
                        """
                        .formatted("aws-kms:" + arn));
        try {
            String failed = "SELECT check, why FROM policy.metadata.health WHERE status = 'failed' AND object = '%s' ORDER BY 1";
            String behind = "it works with version none, the store has %s; its log says why".formatted(server.version());
            assertThat(server.rows(OPERATOR, failed.formatted("differs"))).containsExactly(
                    List.of("key-encryption-key",
                            "it has local:0123456789abcdef, this coordinator aws-kms:%s: give all nodes the same, and name the other one as previous"
                                    .formatted(arn)),
                    List.of("keys", "no route to the key"),
                    List.of("version", behind));
            assertThat(server.rows(OPERATOR, failed.formatted("idle"))).containsExactly(
                    List.of("enforcing",
                            "nothing is enforced there: write access-control.name=policy into etc/access-control.properties and restart it"),
                    List.of("version", behind));
            assertThat(server.rows(OPERATOR, failed.formatted("silent"))).singleElement().asString()
                    .matches("\\[alive, the node has not reported for 30[0-9] seconds; it is forgotten after an hour\\]");
            assertThat(server.column(OPERATOR,
                    "SELECT check FROM policy.metadata.health WHERE status = 'skipped' AND object = 'silent' ORDER BY 1"))
                    .containsExactly("key-encryption-key", "keys", "version");
            assertThat(server.value(OPERATOR, "SELECT status FROM policy.metadata.health WHERE check = 'keys' AND object = 'idle'"))
                    .isEqualTo("passed");
            // who is nobody in particular sees that nodes differ, and not why
            String problem = "SELECT key_problem FROM policy.metadata.nodes WHERE node_id = 'differs'";
            assertThat(server.value(OPERATOR, problem)).isEqualTo("no route to the key");
            assertThat(server.value("alice", problem)).isNull();
        }
        finally {
            server.database().execute("DELETE FROM policy.node WHERE node_id IN ('differs', 'idle', 'silent')");
        }
    }

    @Test
    void testDocumentedStatements() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "key-rotation.md"));
        List<String> statements = Pattern.compile("(?s)```sql\n(.*?)\n```").matcher(page).results().map(result -> result.group(1)).toList();
        assertThat(statements).hasSize(5);
        for (String statement : statements) {
            if (statement.startsWith("SELECT")) {
                server.execute(GOVERNOR, statement);
            }
            else {
                assertThat(server.failure(GOVERNOR, statement)).matches(".* has no key for hash: .*|there is no data key .*");
            }
        }
    }

    /// Of a key that was loaded just now, so that its whole age lies ahead.
    private String freshHash() {
        server.execute(GOVERNOR, "CALL policy.admin.rotate_keys('memory.shop.person', 'hash')");
        return hash();
    }

    private static void forget() throws InterruptedException {
        Thread.sleep(MAX_AGE.plusMillis(500));
    }

    private static String startFailure(Map<String, String> properties) {
        Throwable failure = catchThrowable(() -> only(plugin().getConnectorFactories())
                .create("policy", properties, new TestingConnectorContext()));
        assertThat(failure).isNotNull();
        return String.valueOf(failure.getMessage());
    }

    /// One that takes the node of the testing context for what it was built for.
    private static PolicyPlugin plugin() {
        return new PolicyPlugin(new SupportedTrino(VERSION));
    }
}
