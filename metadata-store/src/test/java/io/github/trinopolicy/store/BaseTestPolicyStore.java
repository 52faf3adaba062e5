package io.github.trinopolicy.store;

import static io.github.trinopolicy.store.TestingActs.ACT;
import static io.github.trinopolicy.store.TestingActs.tag;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.time.Duration.ofMinutes;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.airlift.units.Duration;
import io.github.trinopolicy.keys.WrappedKey;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KeyReference.KeyState;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.PolicyStoreException.Category;
import io.github.trinopolicy.store.TestingPostgresProxy.Fault;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The store on one version of the server.
abstract class BaseTestPolicyStore {
    private static final ObjectName CUSTOMER = ObjectName.parse("lake.shop.customer");
    private static final ObjectName ORDERS = ObjectName.parse("lake.shop.\"old orders\"");

    private final TestingPostgres postgres;
    private final TestingDatabase database;
    private PolicyStore store;

    BaseTestPolicyStore(TestingPostgres postgres) {
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
    public void testChange() {
        StoreVersion before = store.currentVersion();
        StoredObject policy = new StoredObject(Kind.POLICY, "hash e-mail", Origin.BUNDLE, Optional.empty(),
                "mask: hash\n\u00fc\ud83d\ude00");
        StoredObject user = new StoredObject(Kind.USER, "bob", Origin.CALL, Optional.empty(), "groups: [staff]");
        Changed<String> changed = store.change(ACT, transaction -> {
            assertThat(transaction.version()).isEqualTo(before);
            assertThat(transaction.put(policy)).isTrue();
            assertThat(transaction.put(user)).isTrue();
            assertThat(transaction.object(policy.key())).contains(policy);
            assertThat(transaction.objects(Kind.POLICY)).containsExactly(policy);
            assertThat(transaction.objects(Kind.TAG)).isEmpty();
            assertThat(transaction.objects()).containsExactly(policy, user);
            return "value";
        });
        assertThat(changed.value()).isEqualTo("value");
        assertThat(changed.version().version()).isEqualTo(1);
        assertThat(changed.version().token()).isNotEqualTo(before.token());
        assertThat(store.currentVersion()).isEqualTo(changed.version());
        assertThat(store.load().version()).isEqualTo(changed.version());
        assertThat(store.load().objects()).containsExactly(policy, user);

        Revision revision = store.revisions(1).getFirst();
        assertThat(revision.version()).isEqualTo(changed.version());
        assertThat(revision.act()).isEqualTo(ACT);
        assertThat(revision.createdAt()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        assertThat(store.revisionChanges(1)).containsExactly(
                new RevisionChange("Policy", "hash e-mail", Optional.of(Origin.BUNDLE), Optional.empty(), Optional.empty(),
                        Optional.of(policy.document())),
                new RevisionChange("User", "bob", Optional.of(Origin.CALL), Optional.empty(), Optional.empty(),
                        Optional.of(user.document())));
        assertThat(store.revisionChanges(2)).isEmpty();
    }

    @Test
    public void testLayersAreIndependent() {
        StoredObject bundled = new StoredObject(Kind.USER, "bob", Origin.BUNDLE, Optional.of("a"), "bundle");
        StoredObject called = new StoredObject(Kind.USER, "bob", Origin.CALL, Optional.empty(), "call");
        store.change(ACT, transaction -> transaction.put(bundled) && transaction.put(called));
        store.change(ACT, transaction -> transaction.remove(bundled.key()));
        assertThat(store.load().objects()).containsExactly(called);
    }

    @Test
    public void testRemoveAndPutAgain() {
        StoreVersion put = store.change(ACT, transaction -> transaction.put(tag("PII", "one"))).version();
        StoreVersion removed = store.change(ACT, transaction -> transaction.remove(tag("PII").key())).version();
        assertThat(store.load().objects()).isEmpty();
        assertThat(store.changesSince(put).orElseThrow().removed()).containsExactly(tag("PII").key());
        assertThat(store.revisionChanges(2)).containsExactly(
                new RevisionChange("Tag", "PII", Optional.of(Origin.BUNDLE), tag("PII").source(), Optional.of("one"), Optional.empty()));
        assertThat(store.change(ACT, transaction -> transaction.remove(tag("PII").key())).value()).isFalse();
        store.change(ACT, transaction -> transaction.put(tag("PII", "two")));
        StoreChanges changes = store.changesSince(removed).orElseThrow();
        assertThat(changes.changed()).containsExactly(tag("PII", "two"));
        assertThat(changes.removed()).isEmpty();
        assertThat(store.revisionChanges(3)).containsExactly(
                new RevisionChange("Tag", "PII", Optional.of(Origin.BUNDLE), Optional.empty(), Optional.empty(), Optional.of("two")));
    }

    @Test
    public void testRevisionNamesEachObjectOnce() {
        store.change(ACT, transaction -> transaction.put(tag("PII", "one")));
        store.change(ACT, transaction -> transaction.put(tag("PII", "two")) && transaction.remove(tag("PII").key())
                && transaction.put(tag("PII", "three")));
        assertThat(store.revisionChanges(2)).containsExactly(
                new RevisionChange("Tag", "PII", Optional.of(Origin.BUNDLE), tag("PII").source(), Optional.of("one"),
                        Optional.of("three")));
    }

    @Test
    public void testNoChange() {
        KnownTable table = table(CUSTOMER);
        store.change(ACT, transaction -> transaction.put(tag("PII")) && transaction.saveTable(table));
        StoreVersion before = store.currentVersion();
        Changed<String> changed = store.change(ACT, transaction -> {
            assertThat(transaction.put(tag("PII"))).isFalse();
            assertThat(transaction.remove(tag("Other").key())).isFalse();
            assertThat(transaction.saveTable(table)).isFalse();
            assertThat(transaction.renameTable(table.id(), CUSTOMER)).isFalse();
            assertThat(transaction.removeTable(UUID.randomUUID())).isFalse();
            return "value";
        });
        assertThat(changed).isEqualTo(new Changed<>("value", before));
        assertThat(store.currentVersion()).isEqualTo(before);
        assertThat(store.revisions(10)).hasSize(2);
    }

    @Test
    public void testObjectThatMovesToAnotherSourceIsAChange() {
        store.change(ACT, transaction -> transaction.put(tag("PII")));
        StoredObject moved = new StoredObject(Kind.TAG, "PII", Origin.BUNDLE, Optional.of("git:other"), tag("PII").document());
        assertThat(store.change(ACT, transaction -> transaction.put(moved)).value()).isTrue();
        assertThat(store.load().objects()).containsExactly(moved);
    }

    @Test
    public void testFailingFunctionLeavesNothing() {
        store.change(ACT, transaction -> transaction.put(tag("PII")));
        StoreContents before = store.load();
        RuntimeException failure = new IllegalArgumentException("expected");
        assertThatThrownBy(() -> store.change(ACT, transaction -> {
            transaction.put(tag("Other"));
            transaction.remove(tag("PII").key());
            transaction.saveTable(table(CUSTOMER));
            transaction.ensureKey(UUID.randomUUID(), KeyFamily.HASH, BaseTestPolicyStore::wrapped);
            throw failure;
        })).isSameAs(failure);
        assertThat(store.load()).isEqualTo(before);
        assertThat(store.revisions(10)).hasSize(2);
        assertThat(database.query("SELECT 1 FROM policy.revision_change WHERE version > 1")).isEmpty();
    }

    @Test
    public void testSerialWriters()
            throws Exception {
        int writers = 8;
        int changes = 15;
        List<Future<List<Long>>> versions = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            for (int writer = 0; writer < writers; writer++) {
                String name = "writer" + writer;
                versions.add(executor.submit(() -> {
                    List<Long> mine = new ArrayList<>();
                    for (int i = 0; i < changes; i++) {
                        mine.add(store.change(ACT, BaseTestPolicyStore::increment).version().version());
                        if (i == changes / 2) {
                            store.change(ACT, transaction -> transaction.put(tag(name)));
                        }
                    }
                    return mine;
                }));
            }
        }
        List<Long> counted = new ArrayList<>();
        for (Future<List<Long>> future : versions) {
            counted.addAll(future.get());
        }
        int total = writers * (changes + 1);
        assertThat(counted).doesNotHaveDuplicates().hasSize(writers * changes);
        assertThat(store.currentVersion().version()).isEqualTo(total);
        assertThat(store.revisions(1000).reversed()).extracting(revision -> revision.version().version())
                .containsExactlyElementsOf(LongStream.rangeClosed(0, total).boxed().toList());
        assertThat(store.load().objects()).hasSize(writers + 1).contains(tag("counter", Integer.toString(writers * changes)));
    }

    /// Two objects are always written together: no reader may see them differ.
    @Test
    public void testReadersSeeOneVersion()
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<?> writer = executor.submit(() -> {
                for (int i = 0; i < 60; i++) {
                    String document = Integer.toString(i);
                    KnownTable table = new KnownTable(new UUID(0, i), ObjectName.ofTable("c", "s", "t" + i), ImmutableMap.of());
                    store.change(ACT, transaction -> transaction.put(tag("A", document)) && transaction.put(tag("B", document))
                            && transaction.saveTable(table));
                }
                done.set(true);
            });
            StoreVersion version = store.currentVersion();
            while (!done.get() && !writer.isDone()) {
                StoreContents contents = store.load();
                assertThat(contents.objects().stream().map(StoredObject::document).distinct().count()).isLessThan(2);
                assertThat(contents.tables()).hasSize((int) contents.version().version());
                StoreChanges changes = store.changesSince(version).orElseThrow();
                assertThat(changes.tables()).hasSize((int) (changes.version().version() - version.version()));
                version = changes.version();
            }
            writer.get(30, SECONDS);
        }
    }

    @Test
    public void testChangesSinceAreTheDifferenceOfLoads() {
        long seed = System.nanoTime();
        TestingRandomChanges changes = new TestingRandomChanges(seed);
        List<StoreContents> loads = new ArrayList<>();
        loads.add(store.load());
        for (int i = 0; i < 40; i++) {
            store.change(ACT, changes::apply);
            loads.add(store.load());
        }
        StoreContents last = loads.getLast();
        for (StoreContents load : loads) {
            StoreChanges difference = store.changesSince(load.version()).orElseThrow();
            assertThat(TestingRandomChanges.apply(load, difference)).describedAs("seed %s, since %s", seed, load.version()).isEqualTo(last);
        }
        assertThat(store.changesSince(last.version()).orElseThrow()).isEqualTo(new StoreChanges(
                last.version(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of(),
                ImmutableList.of(), ImmutableList.of(), AttributeReadings.NONE, ImmutableMap.of()));
    }

    @Test
    public void testRestoredDumpIsDetected() {
        store.change(ACT, transaction -> transaction.put(tag("A")));
        StoreVersion dumped = store.currentVersion();
        store.close();
        try (TestingDatabase dump = postgres.copy(database)) {
            store = database.openStore();
            StoreVersion lost = store.change(ACT, transaction -> transaction.put(tag("B"))).version();
            try (PolicyStore restored = dump.openStore()) {
                // older than what the node knows
                assertThat(restored.changesSince(lost)).isEmpty();
                assertThat(restored.changesSince(dumped)).isPresent();
                // the same number again, and more: another history
                StoreVersion other = restored.change(ACT, transaction -> transaction.put(tag("C"))).version();
                assertThat(other.version()).isEqualTo(lost.version());
                assertThat(restored.changesSince(lost)).isEmpty();
                restored.change(ACT, transaction -> transaction.put(tag("D")));
                assertThat(restored.changesSince(lost)).isEmpty();
                assertThat(restored.changesSince(dumped).orElseThrow().changed()).containsExactly(tag("C"), tag("D"));
            }
        }
    }

    @Test
    public void testUnknownVersion() {
        StoreVersion current = store.currentVersion();
        assertThat(store.changesSince(new StoreVersion(current.version(), UUID.randomUUID()))).isEmpty();
        assertThat(store.changesSince(new StoreVersion(current.version() + 1, current.token()))).isEmpty();
    }

    @Test
    public void testKnownTables() {
        KnownTable customer = table(CUSTOMER, "id", "email");
        KnownTable orders = table(ORDERS);
        store.change(ACT, transaction -> transaction.saveTable(customer) && transaction.saveTable(orders));
        store.change(ACT, transaction -> {
            assertThat(transaction.table(CUSTOMER)).contains(customer);
            assertThat(transaction.table(ORDERS)).contains(orders);
            assertThat(transaction.table(customer.id())).contains(customer);
            assertThat(transaction.table(ObjectName.parse("lake.shop.other"))).isEmpty();
            assertThat(transaction.tables()).containsExactly(orders, customer);
            return 0;
        });
        assertThat(store.load().tables()).containsExactly(orders, customer);

        // a renamed column is known by both names
        KnownColumn email = requireNonNull(customer.columns().get("email"));
        KnownTable altered = new KnownTable(customer.id(), CUSTOMER, ImmutableMap.of(
                "email", email,
                "mail", new KnownColumn(email.id(), "mail", "varchar(50)")));
        store.change(ACT, transaction -> transaction.saveTable(altered));
        assertThat(store.load().tables()).containsExactly(orders, altered);
        assertThat(database.query("SELECT name || version FROM policy.known_column ORDER BY name")).containsExactly("email1", "mail2");
        assertThat(store.revisionChanges(2)).hasSize(1).first().satisfies(change -> {
            assertThat(change.kind()).isEqualTo("KnownTable");
            assertThat(change.name()).isEqualTo("lake.shop.customer");
            assertThat(change.before().orElseThrow()).contains("  id: bigint, ");
            assertThat(change.after().orElseThrow()).doesNotContain("  id: bigint, ").contains("  mail: varchar(50), " + email.id());
        });
    }

    @Test
    public void testRenameTable() {
        KnownTable customer = table(CUSTOMER, "id");
        KnownTable orders = table(ORDERS);
        store.change(ACT, transaction -> transaction.saveTable(customer) && transaction.saveTable(orders));
        StoreVersion before = store.currentVersion();
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.renameTable(customer.id(), ORDERS)))
                .isInstanceOfSatisfying(PolicyStoreException.class, failure -> assertThat(failure.category()).isEqualTo(Category.CONFLICT))
                .hasMessage("another table is known as lake.shop.\"old orders\": rename or forget that one first");
        UUID unknown = new UUID(0, 0);
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.renameTable(unknown, ORDERS)))
                .isInstanceOf(PolicyStoreException.class)
                .hasMessage("table 00000000-0000-0000-0000-000000000000 is not known: register it first");

        ObjectName old = ObjectName.parse("lake.shop.customer_old");
        store.change(ACT, transaction -> transaction.renameTable(customer.id(), old) && transaction.renameTable(orders.id(), CUSTOMER));
        KnownTable renamed = new KnownTable(customer.id(), old, customer.columns());
        assertThat(store.load().tables()).containsExactly(new KnownTable(orders.id(), CUSTOMER, orders.columns()), renamed);
        assertThat(store.changesSince(before).orElseThrow().tables()).hasSize(2).contains(renamed);
    }

    @Test
    public void testForgetTable() {
        KnownTable customer = table(CUSTOMER, "id");
        store.change(ACT, transaction -> transaction.saveTable(customer));
        KeyReference key = store
                .change(ACT, transaction -> transaction.ensureKey(customer.id(), KeyFamily.HASH, BaseTestPolicyStore::wrapped)).value();
        StoreVersion before = store.currentVersion();
        store.change(ACT, transaction -> transaction.removeTable(customer.id()));
        assertThat(store.load().tables()).isEmpty();
        assertThat(store.load().keys()).containsExactly(key);
        assertThat(store.changesSince(before).orElseThrow().removedTables()).containsExactly(customer.id());
        // the name is free
        KnownTable anew = table(CUSTOMER, "id");
        store.change(ACT, transaction -> transaction.saveTable(anew));
        assertThat(store.load().tables()).containsExactly(anew);
        assertThat(store.changesSince(before).orElseThrow().removedTables()).containsExactly(customer.id());
    }

    /// One for each key-encryption key: the one that was written last.
    @Test
    public void testNewestKeys() {
        assertThat(store.newestKeyOfEachProvider()).isEmpty();
        UUID scope = UUID.randomUUID();
        KeyReference first = store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped))
                .value();
        KeyReference second = store
                .change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.REVERSIBLE, BaseTestPolicyStore::wrapped))
                .value();
        assertThat(store.newestKeyOfEachProvider()).singleElement()
                .isEqualTo(new StoredKey(store.storeId(), second, wrapped(second)));
        WrappedKey elsewhere = new WrappedKey("local:other", new byte[]{1});
        store.change(ACT, transaction -> transaction.rewrapKey(first.id(), elsewhere));
        assertThat(store.newestKeyOfEachProvider()).extracting(StoredKey::reference).containsExactlyInAnyOrder(first, second);
        store.change(ACT, transaction -> transaction.rewrapKey(second.id(), elsewhere));
        assertThat(store.newestKeyOfEachProvider()).singleElement().isEqualTo(new StoredKey(store.storeId(), second, elsewhere));
        // what was destroyed is nothing to try
        store.change(ACT, transaction -> transaction.rotateKey(second, newKey(scope, KeyFamily.REVERSIBLE, 2)));
        store.change(ACT, transaction -> transaction.destroyKey(second.id()));
        assertThat(store.newestKeyOfEachProvider()).extracting(key -> key.wrapped().provider()).containsExactly("local:other",
                "local:test");
    }

    /// What was drawn in vain is left out.
    @Test
    public void testKeysDrawnBefore() {
        UUID scope = UUID.randomUUID();
        NewKey hash = newKey(scope, KeyFamily.HASH, 1);
        NewKey reversible = newKey(scope, KeyFamily.REVERSIBLE, 1);
        assertThat(store.change(ACT, transaction -> transaction.addKeys(List.of(hash))).value()).isEqualTo(1);
        assertThat(store.change(ACT, transaction -> transaction.addKeys(List.of(newKey(scope, KeyFamily.HASH, 1), reversible))).value())
                .isEqualTo(1);
        assertThat(store.load().keys()).containsExactlyInAnyOrder(hash.reference(), reversible.reference());
        assertThat(store.key(hash.reference().id()).map(StoredKey::wrapped)).contains(hash.wrapped());
        StoreVersion version = store.currentVersion();
        assertThat(store.change(ACT, transaction -> transaction.addKeys(List.of(hash, reversible))).version()).isEqualTo(version);
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.addKeys(List.of(newKey(scope, KeyFamily.HASH, 2)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(database.query("SELECT store_id FROM policy.store_info")).containsExactly(store.storeId().toString());
    }

    private static NewKey newKey(UUID scope, KeyFamily family, int version) {
        KeyReference key = new KeyReference(UUID.randomUUID(), scope, family, version, KeyState.PRIMARY);
        return new NewKey(key, wrapped(key));
    }

    @Test
    public void testKeys() {
        UUID scope = UUID.randomUUID();
        KeyReference first = store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped))
                .value();
        assertThat(first).isEqualTo(new KeyReference(first.id(), scope, KeyFamily.HASH, 1, KeyState.PRIMARY));
        assertThat(store.key(first.id()).map(StoredKey::wrapped)).contains(wrapped(first));

        // there it is; other families are their own
        assertThat(store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, _ -> {
            throw new AssertionError("no key is needed");
        })).version().version()).isEqualTo(1);
        KeyReference other = store
                .change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.REVERSIBLE, BaseTestPolicyStore::wrapped)).value();
        assertThat(other.version()).isEqualTo(1);
        assertThat(other.id()).isNotEqualTo(first.id());

        StoreVersion before = store.currentVersion();
        KeyReference second = store.change(ACT, transaction -> transaction.rotateKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped))
                .value();
        KeyReference retired = new KeyReference(first.id(), scope, KeyFamily.HASH, 1, KeyState.RETIRED);
        assertThat(second).isEqualTo(new KeyReference(second.id(), scope, KeyFamily.HASH, 2, KeyState.PRIMARY));
        assertThat(store.load().keys()).containsExactly(retired, second, other);
        assertThat(store.changesSince(before).orElseThrow().keys()).containsExactly(retired, second);
        assertThat(store.key(first.id()).map(StoredKey::wrapped)).contains(wrapped(first));
        assertThat(store.revisionChanges(3)).extracting(RevisionChange::name).containsExactly(first.id().toString(),
                second.id().toString());

        assertThat(store.change(ACT, transaction -> transaction.keys(scope, KeyFamily.HASH)).value()).containsExactly(retired, second);
    }

    @Test
    public void testRotationMakesFirstKey() {
        KeyReference key = store
                .change(ACT, transaction -> transaction.rotateKey(UUID.randomUUID(), KeyFamily.HASH, BaseTestPolicyStore::wrapped)).value();
        assertThat(key.version()).isEqualTo(1);
    }

    @Test
    public void testDestroyedKeyIsGone() {
        UUID scope = UUID.randomUUID();
        KeyReference key = store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped))
                .value();
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.destroyKey(key.id())))
                .isInstanceOf(PolicyStoreException.class)
                .hasMessage("data key %s is in use: CALL policy.admin.rotate_keys before it is destroyed", key.id());
        KeyReference second = store.change(ACT, transaction -> transaction.rotateKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped))
                .value();
        assertThat(store.change(ACT, transaction -> transaction.destroyKey(key.id())).value()).isTrue();
        assertThat(store.key(key.id())).isEmpty();
        KeyReference destroyed = new KeyReference(key.id(), scope, KeyFamily.HASH, 1, KeyState.DESTROYED);
        assertThat(store.keyReference(key.id())).contains(destroyed);
        assertThat(store.load().keys()).containsExactly(destroyed, second);
        assertThat(store.change(ACT, transaction -> transaction.destroyKey(key.id())).value()).isFalse();
        assertThat(database.query("SELECT wrapped FROM policy.data_key WHERE key_version = 1")).containsExactly("null");

        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.rewrapKey(key.id(), wrapped(key))))
                .isInstanceOf(PolicyStoreException.class)
                .hasMessage("data key %s was destroyed: it cannot be wrapped anew", key.id());
        UUID unknown = new UUID(0, 0);
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.destroyKey(unknown)))
                .isInstanceOfSatisfying(PolicyStoreException.class, failure -> assertThat(failure.category()).isEqualTo(Category.CONFLICT))
                .hasMessage("there is no data key 00000000-0000-0000-0000-000000000000: policy.metadata.keys lists those there are");
    }

    @Test
    public void testTimesOfKeys() {
        UUID scope = UUID.randomUUID();
        KeyReference first = store
                .change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.REVERSIBLE, BaseTestPolicyStore::wrapped))
                .value();
        assertThat(store.keyStatuses()).singleElement().satisfies(status -> {
            assertThat(status.key()).isEqualTo(first);
            assertThat(status.provider()).isEqualTo("local:test");
            assertThat(status.retired()).isEmpty();
            assertThat(status.destroyed()).isEmpty();
        });
        assertThat(store.primaryKeysOlderThan(KeyFamily.REVERSIBLE, ofMinutes(1))).isEmpty();
        database.execute("UPDATE policy.data_key SET created_at = created_at - interval '1 hour'");
        assertThat(store.primaryKeysOlderThan(KeyFamily.REVERSIBLE, ofMinutes(1))).containsExactly(first);
        assertThat(store.primaryKeysOlderThan(KeyFamily.HASH, ofMinutes(1))).isEmpty();

        NewKey second = newKey(scope, KeyFamily.REVERSIBLE, 2);
        assertThat(store.change(ACT, transaction -> transaction.rotateKey(first, second)).value()).isTrue();
        // whoever knew the first key alone does not make a third one
        assertThat(store.change(ACT, transaction -> transaction.rotateKey(first, newKey(scope, KeyFamily.REVERSIBLE, 2))).value())
                .isFalse();
        assertThatThrownBy(
                () -> store.change(ACT, transaction -> transaction.rotateKey(second.reference(), newKey(scope, KeyFamily.HASH, 3))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.primaryKeysOlderThan(KeyFamily.REVERSIBLE, ofMinutes(1))).isEmpty();
        store.change(ACT, transaction -> transaction.destroyKey(first.id()));
        assertThat(store.keyStatuses()).satisfiesExactly(destroyed -> {
            assertThat(destroyed.retired().orElseThrow()).isAfter(destroyed.created());
            assertThat(destroyed.destroyed().orElseThrow()).isAfter(destroyed.retired().orElseThrow());
        }, primary -> assertThat(primary.key().version()).isEqualTo(2));
    }

    @Test
    public void testRewrapOfWhatIsExpected() {
        KeyReference key = store
                .change(ACT, transaction -> transaction.ensureKey(UUID.randomUUID(), KeyFamily.HASH, BaseTestPolicyStore::wrapped)).value();
        WrappedKey anew = new WrappedKey("local:other", new byte[]{1});
        assertThat(store.keysNotWrappedBy("local:test", new UUID(0, 0), 10)).isEmpty();
        assertThat(store.keysNotWrappedBy("local:other", new UUID(0, 0), 10)).extracting(StoredKey::reference).containsExactly(key);
        assertThat(store.keysNotWrappedBy("local:other", key.id(), 10)).isEmpty();
        assertThat(store.change(ACT, transaction -> transaction.rewrapKey(key.id(), anew, wrapped(key))).value()).isFalse();
        assertThat(store.change(ACT, transaction -> transaction.rewrapKey(key.id(), wrapped(key), anew)).value()).isTrue();
        assertThat(store.key(key.id()).map(StoredKey::wrapped)).contains(anew);
    }

    @Test
    public void testRewrapKey() {
        KeyReference key = store
                .change(ACT, transaction -> transaction.ensureKey(UUID.randomUUID(), KeyFamily.HASH, BaseTestPolicyStore::wrapped)).value();
        WrappedKey anew = new WrappedKey("local:other", new byte[]{1});
        assertThat(store.change(ACT, transaction -> transaction.rewrapKey(key.id(), anew)).value()).isTrue();
        assertThat(store.key(key.id()).map(StoredKey::wrapped)).contains(anew);
        assertThat(store.change(ACT, transaction -> transaction.rewrapKey(key.id(), anew)).value()).isFalse();
        assertThat(store.load().keys()).containsExactly(key);
        assertThat(store.revisionChanges(2)).hasSize(1).first().satisfies(change -> {
            assertThat(change.before().orElseThrow()).contains("wrapped by: local:test");
            assertThat(change.after().orElseThrow()).contains("wrapped by: local:other");
        });
    }

    @Test
    public void testHistoryHoldsNoKey() {
        UUID scope = UUID.randomUUID();
        store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped));
        store.change(ACT, transaction -> transaction.rotateKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped));
        assertThat(database
                .query("SELECT before_document FROM policy.revision_change UNION ALL SELECT after_document FROM policy.revision_change"))
                .hasSize(6)
                .noneMatch(document -> document.contains("secret") || document.contains("736563726574"));
    }

    @Test
    public void testConcurrentEnsureMakesOneKey()
            throws Exception {
        UUID scope = UUID.randomUUID();
        int threads = 2;
        AtomicInteger wrappings = new AtomicInteger();
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Future<KeyReference>> keys = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                keys.add(executor.submit(() -> {
                    barrier.await();
                    return store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, key -> {
                        wrappings.incrementAndGet();
                        return wrapped(key);
                    })).value();
                }));
            }
        }
        assertThat(keys.get(0).get()).isEqualTo(keys.get(1).get());
        assertThat(wrappings).hasValue(1);
        assertThat(store.load().keys()).hasSize(1);
    }

    /// The database itself refuses what the code never does.
    @Test
    public void testConstraints() {
        UUID scope = UUID.randomUUID();
        store.change(ACT, transaction -> transaction.ensureKey(scope, KeyFamily.HASH, BaseTestPolicyStore::wrapped));
        String copy = "INSERT INTO policy.data_key SELECT gen_random_uuid(), scope_id, %s, %s, %s, provider, wrapped, now(), now(), version FROM policy.data_key";
        assertViolates(copy.formatted("family", "1", "'RETIRED'"), "data_key_scope_id_family_key_version_key");
        assertViolates(copy.formatted("family", "2", "'PRIMARY'"), "data_key_primary");
        assertViolates(copy.formatted("'OTHER'", "2", "'RETIRED'"), "data_key_family_check");
        assertViolates(copy.formatted("family", "2", "'OTHER'"), "data_key_state_check");
        assertViolates("UPDATE policy.data_key SET wrapped = NULL", "data_key_check");
        assertViolates("UPDATE policy.data_key SET state = 'DESTROYED'", "data_key_check");
        assertViolates("INSERT INTO policy.store_info SELECT true, store_id, version, token FROM policy.store_info", "store_info_pkey");
        assertViolates("INSERT INTO policy.store_info SELECT false, store_id, version, token FROM policy.store_info",
                "store_info_only_row_check");
    }

    @Test
    public void testNodes() {
        NodeReport starting = new NodeReport(Optional.of("finance"), "worker-1", false, Optional.empty(), "local:1", false,
                Instant.parse("2026-03-29T01:30:00Z"),
                Optional.of("key-encryption key is gone"));
        NodeReport coordinator = new NodeReport(
                Optional.empty(), "coordinator", true, Optional.of(store.currentVersion()), "local:1", true,
                Instant.parse("2026-10-25T00:30:00.123456Z"),
                Optional.empty());
        store.reportNode(starting);
        store.reportNode(coordinator);
        assertThat(store.nodes()).extracting(NodeStatus::report).containsExactly(coordinator, starting);
        assertThat(store.nodes())
                .allSatisfy(node -> assertThat(node.age()).isBetween(java.time.Duration.ZERO, java.time.Duration.ofMinutes(1)));

        NodeReport ready = new NodeReport(Optional.of("finance"), "worker-1", false, Optional.of(store.currentVersion()), "local:2", true,
                starting.startedAt(),
                Optional.empty());
        store.reportNode(ready);
        assertThat(store.nodes()).extracting(NodeStatus::report).containsExactly(coordinator, ready);
        assertThat(store.currentVersion().version()).isZero();

        database.execute("UPDATE policy.node SET seen_at = now() - interval '2 hours' WHERE node_id = 'worker-1'");
        store.removeNodesOlderThan(java.time.Duration.ofHours(3));
        assertThat(store.nodes()).hasSize(2);
        assertThat(store.nodes().getLast().age()).isBetween(java.time.Duration.ofMinutes(119), java.time.Duration.ofMinutes(121));
        store.removeNodesOlderThan(java.time.Duration.ofHours(1));
        assertThat(store.nodes()).extracting(NodeStatus::report).containsExactly(coordinator);
    }

    @Test
    public void testErrorsHoldNoValues() {
        // PostgreSQL has no character 0
        StoredObject object = tag("PII", "salary-of-bob\u0000");
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.put(object)))
                .isInstanceOfSatisfying(PolicyStoreException.class, failure -> assertThat(failure.category()).isEqualTo(Category.REFUSED))
                .hasMessage("policy store at %s refused a statement (SQLSTATE 22021): the log of the database has the details",
                        database.url())
                .satisfies(failure -> assertThat(TestingActs.stackTrace(failure)).doesNotContain("salary-of-bob"));
        database.execute("ALTER TABLE policy.known_column ADD CONSTRAINT broken CHECK (type <> 'salary-of-bob')");
        KnownTable table = new KnownTable(
                UUID.randomUUID(), CUSTOMER, ImmutableMap.of("a", new KnownColumn(UUID.randomUUID(), "a", "salary-of-bob")));
        assertThatThrownBy(() -> store.change(ACT, transaction -> transaction.saveTable(table)))
                .isInstanceOf(PolicyStoreException.class)
                .satisfies(failure -> assertThat(TestingActs.stackTrace(failure)).doesNotContain("salary-of-bob"));
        assertThat(object.toString()).isEqualTo("StoredObject[Tag PII, BUNDLE]");
        assertThat(
                new RevisionChange("Tag", "PII", Optional.empty(), Optional.empty(), Optional.of("salary-of-bob"),
                        Optional.of("salary-of-bob")).toString())
                .isEqualTo("RevisionChange[Tag PII]");
    }

    @Test
    public void testKindOfNewerPlugin() {
        database.execute("INSERT INTO policy.object VALUES ('Novelty', 'a', 'BUNDLE', NULL, 'x', 1)");
        assertThatThrownBy(() -> store.load())
                .isInstanceOfSatisfying(PolicyStoreException.class,
                        failure -> assertThat(failure.category()).isEqualTo(Category.INCOMPATIBLE))
                .hasMessage("the policy store holds a Novelty, which this version of the plugin does not know: upgrade this node");
    }

    @Test
    public void testWriterThatNeverEnds()
            throws Exception {
        try (PolicyStore impatient = new PolicyStoreFactory(database.config().setRequestTimeout(new Duration(1, SECONDS)))
                .migrateAndOpen()) {
            store.change(ACT, transaction -> {
                assertThatThrownBy(() -> impatient.change(ACT, other -> other.put(tag("B"))))
                        .isInstanceOf(PolicyStoreException.class)
                        .hasMessageStartingWith("policy store at %s ", database.url());
                // readers do not wait
                assertThat(impatient.load().version()).isEqualTo(transaction.version());
                return transaction.put(tag("A"));
            });
            assertThat(store.load().objects()).containsExactly(tag("A"));
        }
    }

    @Test
    public void testServerGoesAway() {
        try (TestingDatabase other = postgres.createDatabase();
                PolicyStore lost = new PolicyStoreFactory(
                        other.config().setConnectTimeout(new Duration(1, SECONDS))).migrateAndOpen()) {
            lost.load();
            other.close();
            assertThatThrownBy(lost::load)
                    .isInstanceOfSatisfying(PolicyStoreException.class,
                            failure -> assertThat(failure.category()).isEqualTo(Category.UNREACHABLE))
                    .hasMessageStartingWith("policy store at %s cannot be reached: ", other.url());
        }
    }

    @Test
    public void testCommitWithLostAnswer()
            throws IOException {
        try (TestingPostgresProxy proxy = new TestingPostgresProxy(postgres.port()); PolicyStore remote = openThrough(proxy)) {
            proxy.setFault(Fault.LOSE_ANSWER_TO_COMMIT);
            Changed<Boolean> changed = remote.change(ACT, transaction -> transaction.put(tag("A")));
            assertThat(changed.value()).isTrue();
            assertThat(store.currentVersion()).isEqualTo(changed.version());
            assertThat(store.load().objects()).containsExactly(tag("A"));
        }
    }

    @Test
    public void testLostCommit()
            throws IOException {
        StoreContents before = store.load();
        try (TestingPostgresProxy proxy = new TestingPostgresProxy(postgres.port()); PolicyStore remote = openThrough(proxy)) {
            proxy.setFault(Fault.LOSE_COMMIT);
            assertThatThrownBy(() -> remote.change(ACT, transaction -> transaction.put(tag("A"))))
                    .isInstanceOfSatisfying(PolicyStoreException.class,
                            failure -> assertThat(failure.category()).isEqualTo(Category.UNREACHABLE));
            assertThat(store.load()).isEqualTo(before);
            assertThat(remote.change(ACT, transaction -> transaction.put(tag("A"))).value()).isTrue();
        }
    }

    @Test
    public void testLostCommitAndServer()
            throws IOException {
        try (TestingPostgresProxy proxy = new TestingPostgresProxy(postgres.port()); PolicyStore remote = openThrough(proxy)) {
            proxy.setFault(Fault.LOSE_COMMIT_AND_SERVER);
            assertThatThrownBy(() -> remote.change(ACT, transaction -> transaction.put(tag("A"))))
                    .isInstanceOfSatisfying(PolicyStoreException.class,
                            failure -> assertThat(failure.category()).isEqualTo(Category.UNKNOWN_OUTCOME))
                    .hasMessage(
                            "the connection to the policy store at jdbc:postgresql://localhost:%s/%s was lost while version 1 was being committed: "
                                    + "look in policy.metadata.policy_revisions before repeating the change",
                            proxy.port(), database.name());
        }
    }

    private PolicyStore openThrough(TestingPostgresProxy proxy) {
        return new PolicyStoreFactory(database.config()
                .setUrl("jdbc:postgresql://localhost:%s/%s".formatted(proxy.port(), database.name()))
                .setConnectTimeout(new Duration(2, SECONDS))).migrateAndOpen();
    }

    private void assertViolates(String sql, String constraint) {
        assertThatThrownBy(() -> database.execute(sql)).hasMessageContaining("\"%s\"".formatted(constraint));
    }

    private static boolean increment(StoreTransaction transaction) {
        int count = transaction.object(tag("counter").key()).map(object -> Integer.parseInt(object.document())).orElse(0);
        return transaction.put(tag("counter", Integer.toString(count + 1)));
    }

    private static WrappedKey wrapped(KeyReference key) {
        return new WrappedKey("local:test", ("secret" + key.id()).getBytes(US_ASCII));
    }

    private static KnownTable table(ObjectName name, String... columns) {
        return new KnownTable(UUID.randomUUID(), name, List.of(columns).stream().sorted()
                .collect(ImmutableMap.toImmutableMap(column -> column, column -> new KnownColumn(UUID.randomUUID(), column, "bigint"))));
    }
}
