package io.github.trinopolicy.administration;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.keyring.StoreKeyRing;
import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyEncryptionKey;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.LocalKeyProvider;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Leadership;
import io.github.trinopolicy.store.NodeReport;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoredKey;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TestKeyUpkeep {
    private static final Act ACT = new Act("keeper", Optional.empty(), Optional.empty(), "test");
    private static final Duration YEAR = Duration.ofDays(365);

    private TestingDatabase database;
    private PolicyStore store;

    @BeforeEach
    void openStore() {
        database = TestingPostgres.newest().createDatabase();
        store = database.openStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
        database.close();
    }

    @Test
    @DisplayName("Invariant 12: two coordinators that roll over or rotate at once make each key once")
    void testTwoCoordinators() throws Exception {
        List<UUID> tables = IntStream.range(0, 250).mapToObj(i -> new UUID(1, i)).toList();
        try (KeyProvider provider = provider(kek(1));
                PolicyStore other = database.openStore();
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            DataKeyMaker maker = new DataKeyMaker(provider);
            store.change(ACT, transaction -> {
                maker.ensureKeys(transaction, KeyFamily.REVERSIBLE, tables);
                maker.ensureKeys(transaction, KeyFamily.HASH, tables);
                return tables;
            });
            assertThat(new KeyRollover(store, maker, YEAR).run()).isZero();
            database.execute("UPDATE policy.data_key SET created_at = created_at - interval '366 days'");
            CyclicBarrier barrier = new CyclicBarrier(2);
            Future<Integer> first = executor.submit(() -> rollOver(store, maker, barrier));
            Future<Integer> second = executor.submit(() -> rollOver(other, maker, barrier));
            assertThat(first.get(60, SECONDS) + second.get(60, SECONDS)).isEqualTo(tables.size());
            // hashes are not rolled over
            assertThat(database.query("SELECT family, key_version, state, count(*) FROM policy.data_key GROUP BY 1, 2, 3 ORDER BY 1, 2"))
                    .hasSize(3);
            assertThat(database.query("SELECT count(*) FROM policy.data_key WHERE family = 'REVERSIBLE' AND key_version = 2"))
                    .containsExactly("250");
            assertThat(database.query("SELECT count(*) FROM policy.data_key WHERE family = 'HASH'")).containsExactly("250");

            // a call on each of both coordinators
            List<KeyReference> known = store.load().keys().stream()
                    .filter(key -> key.family() == KeyFamily.HASH && key.scope().equals(tables.getFirst())).toList();
            Future<Integer> one = executor.submit(() -> rotate(store, maker, known, barrier));
            Future<Integer> two = executor.submit(() -> rotate(other, maker, known, barrier));
            assertThat(one.get(60, SECONDS) + two.get(60, SECONDS)).isEqualTo(1);
        }
    }

    private static int rollOver(PolicyStore store, DataKeyMaker maker, CyclicBarrier barrier) throws Exception {
        barrier.await(60, SECONDS);
        return new KeyRollover(store, maker, YEAR).run();
    }

    private static int rotate(PolicyStore store, DataKeyMaker maker, List<KeyReference> known, CyclicBarrier barrier) throws Exception {
        barrier.await(60, SECONDS);
        return store.change(ACT, transaction -> maker.rotate(transaction, known)).value();
    }

    @Test
    void testRewrapping() {
        List<UUID> tables = IntStream.range(0, 120).mapToObj(i -> new UUID(1, i)).toList();
        try (KeyProvider before = provider(kek(1)); KeyProvider both = provider(kek(2), kek(1)); KeyProvider after = provider(kek(2))) {
            store.change(ACT, transaction -> {
                new DataKeyMaker(before).ensureKeys(transaction, KeyFamily.HASH, tables);
                return tables;
            });
            StoredKey sample = store.key(store.load().keys().getFirst().id()).orElseThrow();
            try (DataKey plain = unwrap(before, sample)) {
                // a node that has not the new key yet would lose the data keys
                report("worker", before.id());
                report("coordinator", both.id());
                assertThat(new KeyRewrapping(store, both).run()).isZero();
                report("worker", both.id());
                assertThat(new KeyRewrapping(store, both).run()).isEqualTo(tables.size());
                assertThat(new KeyRewrapping(store, both).run()).isZero();

                // the old key can go
                StoredKey rewrapped = store.key(sample.reference().id()).orElseThrow();
                assertThat(store.keyStatuses()).allSatisfy(status -> assertThat(status.provider()).isEqualTo(after.id()));
                try (DataKey same = unwrap(after, rewrapped)) {
                    assertThat(same).isEqualTo(plain);
                }
            }
        }
    }

    @Test
    void testRewrappingWithoutTheOldKey() {
        try (KeyProvider before = provider(kek(1)); KeyProvider after = provider(kek(2))) {
            store.change(ACT, transaction -> {
                new DataKeyMaker(before).ensureKeys(transaction, KeyFamily.HASH, List.of(new UUID(1, 1)));
                return before;
            });
            assertThat(new KeyRewrapping(store, after).run()).isZero();
            assertThat(store.keyStatuses()).singleElement().satisfies(status -> assertThat(status.provider()).isEqualTo(before.id()));
        }
    }

    @Test
    @DisplayName("Invariant 9: a destroyed key is used until caches have aged, and then by nobody")
    void testDestroyedKeyInCaches() throws Exception {
        try (KeyProvider provider = provider(kek(1))) {
            DataKeyMaker maker = new DataKeyMaker(provider);
            UUID table = new UUID(1, 1);
            store.change(ACT, transaction -> {
                maker.ensureKeys(transaction, KeyFamily.HASH, List.of(table));
                return table;
            });
            KeyReference key = store.load().keys().getFirst();
            store.change(ACT, transaction -> maker.rotate(transaction, List.of(key)));
            try (StoreKeyRing longCache = new StoreKeyRing(store, provider, "n1", Duration.ofHours(1));
                    StoreKeyRing shortCache = new StoreKeyRing(store, provider, "n1", Duration.ofMillis(200))) {
                assertThat(longCache.get(key.id())).isEqualTo(shortCache.get(key.id()));
                store.change(ACT, transaction -> transaction.destroyKey(key.id()));
                assertThat(longCache.get(key.id())).isNotNull();
                Thread.sleep(300);
                assertThatThrownBy(() -> shortCache.get(key.id()))
                        .hasMessage("Policy key %s was destroyed: what was masked under it cannot be read by anybody any more", key.id());
            }
        }
    }

    @Test
    void testOneLeader() {
        try (PolicyStore other = database.openStore(); Leadership first = store.leadership("keys")) {
            assertThat(first.hold()).isTrue();
            try (Leadership second = other.leadership("keys")) {
                assertThat(second.hold()).isFalse();
                first.close();
                assertThat(second.hold()).isTrue();
            }
        }
    }

    private static DataKey unwrap(KeyProvider provider, StoredKey key) {
        return provider.unwrap(key.wrapped(), KeyContext.of(key.storeId(), key.reference()));
    }

    private void report(String node, String fingerprint) {
        store.reportNode(new NodeReport(node, false, Optional.empty(), fingerprint, false, Instant.EPOCH));
    }

    private static KeyProvider provider(KeyEncryptionKey present, KeyEncryptionKey... previous) {
        return new LocalKeyProvider(present, ImmutableList.copyOf(previous), new SecureRandom());
    }

    private static KeyEncryptionKey kek(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return KeyEncryptionKey.fromBase64(Base64.getEncoder().encodeToString(bytes).getBytes(StandardCharsets.US_ASCII));
    }
}
