package io.github.trinopolicy.keyring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.Purpose;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import io.trino.spi.TrinoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(PER_CLASS)
class TestStoreKeyRing {
    private static final Act ACT = new Act("keeper", Optional.empty(), Optional.empty(), "test");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int CALLERS = 8;

    private final TestingDatabase database = TestingPostgres.newest().createDatabase();
    private final PolicyStore store = database.openStore();
    private final TestingKeyProvider provider = new TestingKeyProvider();
    private UUID keyId;

    @BeforeAll
    void makeKey() {
        keyId = store.change(ACT, transaction -> transaction.ensureKey(new UUID(1, 1), KeyFamily.HASH,
                key -> provider.create(KeyContext.of(transaction.storeId(), key))).id()).value();
    }

    @AfterAll
    void close() {
        provider.close();
        store.close();
        database.close();
    }

    @Test
    void testOneLoadForAllWhoWait() throws Exception {
        try (StoreKeyRing ring = ring(LONG, LONG); ExecutorService executor = Executors.newCachedThreadPool()) {
            int before = provider.unwrapped();
            provider.shut();
            List<Future<DataKey>> waiting = callers(executor, ring);
            provider.open();
            DataKey key = ring.get(keyId);
            for (Future<DataKey> caller : waiting) {
                assertThat(caller.get(30, SECONDS)).isSameAs(key);
            }
            assertThat(provider.unwrapped() - before).isEqualTo(1);
        }
    }

    /// Otherwise the last of many would wait for the timeouts of all before it.
    @Test
    void testOneFailureForAllWhoWait() throws Exception {
        try (StoreKeyRing ring = ring(LONG, LONG); ExecutorService executor = Executors.newCachedThreadPool()) {
            int before = provider.unwrapped();
            provider.shut();
            provider.fail(true);
            List<Future<DataKey>> waiting = callers(executor, ring);
            provider.open();
            for (Future<DataKey> caller : waiting) {
                assertThatThrownBy(() -> caller.get(30, SECONDS)).isInstanceOf(ExecutionException.class).cause()
                        .isInstanceOf(TrinoException.class)
                        .hasMessage(
                                "Policy key %1$s cannot be used on node n1: data key %1$s cannot be unwrapped: it was altered, or moved from "
                                        + "another key, table or store; restore its row from a backup",
                                keyId);
            }
            assertThat(provider.unwrapped() - before).isEqualTo(1);
            // and is not remembered
            provider.fail(false);
            assertThat(ring.get(keyId).isDestroyed()).isFalse();
        }
        finally {
            provider.fail(false);
        }
    }

    /// As after the restore of a store.
    @Test
    void testMissingKeyMayAppear() {
        UUID id = store.change(ACT, transaction -> transaction.ensureKey(new UUID(1, 2), KeyFamily.HASH,
                key -> provider.create(KeyContext.of(transaction.storeId(), key))).id()).value();
        database.execute("CREATE TABLE kept AS SELECT * FROM policy.data_key WHERE key_id = '%s'".formatted(id));
        database.execute("DELETE FROM policy.data_key WHERE key_id = '%s'".formatted(id));
        try (StoreKeyRing ring = ring(LONG, LONG)) {
            assertThatThrownBy(() -> ring.get(id)).isInstanceOf(TrinoException.class)
                    .hasMessage("Policy key %s is not in the store of node n1", id);
            database.execute("INSERT INTO policy.data_key SELECT * FROM kept");
            assertThat(ring.get(id).isDestroyed()).isFalse();
        }
    }

    /// The query that asked first is cancelled.
    @Test
    void testInterruptedCallerTakesNobodyAlong() throws Exception {
        try (StoreKeyRing ring = ring(LONG, LONG); ExecutorService executor = Executors.newCachedThreadPool()) {
            provider.shut();
            CountDownLatch started = new CountDownLatch(1);
            Future<String> cancelled = executor.submit(() -> {
                Thread.currentThread().interrupt();
                started.countDown();
                try {
                    ring.get(keyId);
                    return "got the key";
                }
                catch (TrinoException e) {
                    return String.valueOf(e.getMessage());
                }
            });
            started.await();
            List<Future<DataKey>> others = callers(executor, ring);
            assertThat(cancelled.get(30, SECONDS))
                    .isEqualTo("The query ended while policy key %s was being loaded on node n1".formatted(keyId));
            provider.open();
            for (Future<DataKey> other : others) {
                assertThat(other.get(30, SECONDS).isDestroyed()).isFalse();
            }
        }
    }

    @Test
    void testAgedKeyIsWipedThoughNobodyAsks() throws Exception {
        try (StoreKeyRing ring = ring(SHORT, SHORT)) {
            DataKey key = ring.get(keyId);
            assertThat(becomesDestroyed(key)).isTrue();
            DataKey anew = ring.get(keyId);
            assertThat(anew).isNotSameAs(key);
            assertThat(anew.isDestroyed()).isFalse();
        }
    }

    /// Who has just received a key may still derive from it.
    @Test
    void testAgedKeyServesThoseWhoHaveIt() throws Exception {
        try (StoreKeyRing ring = ring(SHORT, LONG)) {
            DataKey key = ring.get(keyId);
            Thread.sleep(2 * SHORT.toMillis());
            assertThat(ring.get(keyId)).isNotSameAs(key).isEqualTo(key);
            assertThat(key.derive(Purpose.HASH, Optional.empty())).hasSize(32);
        }
    }

    @Test
    void testCloseWipesAll() throws Exception {
        StoreKeyRing ring = ring(SHORT, LONG);
        DataKey aged = ring.get(keyId);
        Thread.sleep(2 * SHORT.toMillis());
        DataKey present = ring.get(keyId);
        assertThat(present).isNotSameAs(aged);
        ring.close();
        assertThat(aged.isDestroyed()).isTrue();
        assertThat(present.isDestroyed()).isTrue();
        assertThatThrownBy(() -> ring.get(keyId)).hasMessage("the keys of this node were wiped, as it shuts down");
    }

    @Test
    void testCloseWipesWhatIsBeingLoaded() throws Exception {
        StoreKeyRing ring = ring(LONG, LONG);
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            provider.shut();
            List<Future<DataKey>> waiting = callers(executor, ring);
            ring.close();
            provider.open();
            for (Future<DataKey> caller : waiting) {
                assertThat(becomesDestroyed(caller.get(30, SECONDS))).isTrue();
            }
        }
    }

    private StoreKeyRing ring(Duration maximumAge, Duration grace) {
        return new StoreKeyRing(store, provider, "n1", maximumAge, grace);
    }

    /// Returns when all of them wait for the key.
    private List<Future<DataKey>> callers(ExecutorService executor, StoreKeyRing ring) throws Exception {
        List<Future<DataKey>> waiting = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            CountDownLatch started = new CountDownLatch(1);
            Callable<DataKey> get = () -> {
                threads.add(Thread.currentThread());
                started.countDown();
                return ring.get(keyId);
            };
            waiting.add(executor.submit(get));
            started.await();
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
        }
        return waiting;
    }

    private static boolean becomesDestroyed(DataKey key) throws InterruptedException {
        for (int i = 0; i < 500 && !key.isDestroyed(); i++) {
            Thread.sleep(10);
        }
        return key.isDestroyed();
    }
}
