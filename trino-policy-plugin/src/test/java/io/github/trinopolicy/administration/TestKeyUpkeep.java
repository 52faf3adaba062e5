package io.github.trinopolicy.administration;

import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.keyring.StoreKeyRing;
import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyEncryptionKey;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyProviderFactory;
import io.github.trinopolicy.keys.KmsConfig;
import io.github.trinopolicy.keys.LocalKeyProvider;
import io.github.trinopolicy.keys.TestingKms;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.Leadership;
import io.github.trinopolicy.store.NewKey;
import io.github.trinopolicy.store.NodeReport;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoredKey;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.io.TempDir;

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
        Map<KeyReference, NewKey> successors = maker.successors(store.storeId(), known);
        return store.change(ACT, transaction -> DataKeyMaker.rotate(transaction, successors)).value();
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
                // the first one alone, for all nodes to try it
                assertThat(new KeyRewrapping(store, both).run()).isEqualTo(1);
                report("worker", both.id(), Optional.of("no route to the key"));
                assertThat(new KeyRewrapping(store, both).run()).isZero();
                report("worker", both.id());
                assertThat(new KeyRewrapping(store, both).run()).isEqualTo(tables.size() - 1);
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

    /// With the providers that nodes are configured with, one after the other.
    @Test
    void testRewrappingToKmsAndBack(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("key");
        Files.writeString(file, Base64.getEncoder().encodeToString(new byte[32]));
        List<UUID> tables = IntStream.range(0, 5).mapToObj(i -> new UUID(1, i)).toList();
        try (TestingKms kms = new TestingKms(); TestingKms.Credentials _ = TestingKms.credentials()) {
            KmsConfig endpoint = new KmsConfig().setEndpoint(kms.endpoint());
            String first = kms.createKey();
            String second = kms.createKey();
            KeyEncryptionConfig localKey = new KeyEncryptionConfig().setKeyEncryptionKeyFile(file.toFile());
            StoredKey sample;
            try (KeyProvider local = new KeyProviderFactory(localKey, endpoint).create()) {
                store.change(ACT, transaction -> {
                    new DataKeyMaker(local).ensureKeys(transaction, KeyFamily.HASH, tables);
                    return tables;
                });
                sample = store.key(store.load().keys().getFirst().id()).orElseThrow();
            }
            try (KeyProvider local = new KeyProviderFactory(localKey, endpoint).create(); DataKey plain = unwrap(local, sample)) {
                for (KeyProviderFactory next : List.of(
                        new KeyProviderFactory(new KeyEncryptionConfig().setKmsKeyArn(first)
                                .setPreviousKeyEncryptionKeyFiles(List.of(file.toFile())), endpoint),
                        new KeyProviderFactory(new KeyEncryptionConfig().setKmsKeyArn(second),
                                new KmsConfig().setEndpoint(kms.endpoint()).setPreviousKeyArns(List.of(first))),
                        new KeyProviderFactory(localKey,
                                new KmsConfig().setEndpoint(kms.endpoint()).setPreviousKeyArns(List.of(second))))) {
                    try (KeyProvider provider = next.create()) {
                        // queries go on before, meanwhile and after
                        StoredKey before = store.key(sample.reference().id()).orElseThrow();
                        try (DataKey same = unwrap(provider, before)) {
                            assertThat(same).isEqualTo(plain);
                        }
                        assertThat(new KeyRewrapping(store, provider).run()).isEqualTo(1);
                        assertThat(new KeyRewrapping(store, provider).run()).isEqualTo(tables.size() - 1);
                        assertThat(store.keyStatuses()).allSatisfy(status -> assertThat(status.provider()).isEqualTo(provider.id()));
                        try (DataKey same = unwrap(provider, store.key(sample.reference().id()).orElseThrow())) {
                            assertThat(same).isEqualTo(plain);
                        }
                    }
                }
                assertThat(store.keyStatuses()).allSatisfy(status -> assertThat(status.provider()).isEqualTo(local.id()));
            }
        }
    }

    /// What cannot be unwrapped now is tried again the next time.
    @Test
    void testRewrappingWhileKmsIsDown() {
        try (TestingKms kms = new TestingKms(); TestingKms.Credentials _ = TestingKms.credentials()) {
            KmsConfig endpoint = new KmsConfig().setEndpoint(kms.endpoint());
            String arn = kms.createKey();
            try (KeyProvider before = new KeyProviderFactory(new KeyEncryptionConfig().setKmsKeyArn(arn), endpoint).create();
                    KeyProvider after = new KeyProviderFactory(
                            new KeyEncryptionConfig().setKeyEncryptionKey(Base64.getEncoder().encodeToString(new byte[32])),
                            new KmsConfig().setEndpoint(kms.endpoint()).setPreviousKeyArns(List.of(arn))).create()) {
                store.change(ACT, transaction -> {
                    new DataKeyMaker(before).ensureKeys(transaction, KeyFamily.HASH, List.of(new UUID(1, 1)));
                    return before;
                });
                kms.goDown();
                assertThat(new KeyRewrapping(store, after).run()).isZero();
                kms.recover();
                assertThat(new KeyRewrapping(store, after).run()).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("A store from the time when there were hash keys alone gets the others")
    void testMissingKeysAreMade() throws Exception {
        try (TestingAdministration administration = new TestingAdministration(database.config(),
                Base64.getEncoder().encodeToString(new byte[32]))) {
            administration.apply(IntStream.range(0, 120).mapToObj("""
                    {kind: DataSource, name: memory.s.t%s, approve_columns: all, key_columns: [id]}
                    """::formatted).collect(joining("---\n")), "tables", false);
        }
        assertThat(database.query("SELECT count(*) FROM policy.data_key")).containsExactly("480");
        database.execute("DELETE FROM policy.data_key WHERE family <> 'HASH'");
        List<String> hashKeys = database.query("SELECT key_id FROM policy.data_key ORDER BY 1");
        try (KeyProvider provider = provider(kek(0));
                PolicyStore other = database.openStore();
                SnapshotRefresher one = snapshots(store);
                SnapshotRefresher two = snapshots(other);
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            CyclicBarrier barrier = new CyclicBarrier(2);
            DataKeyMaker maker = new DataKeyMaker(provider);
            Future<Integer> first = executor.submit(() -> fill(new KeyFilling(store, one, maker), barrier));
            Future<Integer> second = executor.submit(() -> fill(new KeyFilling(other, two, maker), barrier));
            assertThat(first.get(60, SECONDS) + second.get(60, SECONDS)).isEqualTo(360);
            assertThat(database
                    .query("SELECT family || ' ' || count(*) FROM policy.data_key WHERE state = 'PRIMARY' GROUP BY family ORDER BY 1"))
                    .containsExactly("FORMAT_PRESERVING 120", "HASH 120", "MINIMIZE 120", "REVERSIBLE 120");
            assertThat(database.query("SELECT key_id FROM policy.data_key WHERE family = 'HASH' ORDER BY 1")).isEqualTo(hashKeys);
        }
        try (KeyProvider provider = provider(kek(0)); SnapshotRefresher snapshots = snapshots(store)) {
            assertThat(new KeyFilling(store, snapshots, new DataKeyMaker(provider)).run()).isZero();
        }
    }

    private static int fill(KeyFilling filling, CyclicBarrier barrier) throws Exception {
        barrier.await(60, SECONDS);
        return filling.run();
    }

    private static SnapshotRefresher snapshots(PolicyStore store) {
        return new SnapshotRefresher(store, new BundleReader(), new PolicyCompiler(), Duration.ofHours(1), Duration.ofHours(1),
                Ticker.systemTicker());
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
            Map<KeyReference, NewKey> successors = maker.successors(store.storeId(), List.of(key));
            store.change(ACT, transaction -> DataKeyMaker.rotate(transaction, successors));
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
        report(node, fingerprint, Optional.empty());
    }

    private void report(String node, String fingerprint, Optional<String> problem) {
        store.reportNode(new NodeReport(Optional.empty(), node, false, Optional.empty(), fingerprint, false, Instant.EPOCH, problem));
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
