package io.github.trinopolicy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyProviderFactory;
import io.github.trinopolicy.keys.KmsConfig;
import io.github.trinopolicy.keys.TestingKms;
import io.github.trinopolicy.keys.TestingKmsFailure;
import io.github.trinopolicy.keys.TestingKmsKey;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.store.Act;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class TestKeyProbe {
    private static final Act ACT = new Act("keeper", Optional.empty(), Optional.empty(), "test");

    @Test
    void testProbe() throws InterruptedException {
        try (TestingKms kms = new TestingKms();
                TestingKms.Credentials _ = TestingKms.credentials();
                TestingDatabase database = TestingPostgres.newest().createDatabase();
                PolicyStore store = database.openStore()) {
            String arn = kms.createKey();
            KmsConfig endpoint = new KmsConfig().setEndpoint(kms.endpoint());
            KeyEncryptionConfig local = new KeyEncryptionConfig().setKeyEncryptionKey(Base64.getEncoder().encodeToString(new byte[32]));
            try (KeyProvider inKms = new KeyProviderFactory(new KeyEncryptionConfig().setKmsKeyArn(arn), endpoint).create();
                    KeyProvider both = new KeyProviderFactory(local,
                            new KmsConfig().setEndpoint(kms.endpoint()).setPreviousKeyArns(List.of(arn)))
                            .create();
                    KeyProvider localAlone = new KeyProviderFactory(local, endpoint).create();
                    KeyProbe probe = new KeyProbe(store, both, Duration.ofMillis(20));
                    KeyProbe probeWithoutKms = new KeyProbe(store, localAlone, Duration.ofMillis(20))) {
                probe.start();
                probeWithoutKms.start();
                // no key, no problem
                Thread.sleep(100);
                assertThat(probe.problem()).isEmpty();
                UUID old = newKey(store, inKms);
                newKey(store, localAlone);
                // the newest alone would not show it
                assertThat(await(probeWithoutKms, Optional::isPresent))
                        .contains("data key %s is wrapped under aws-kms:%s, which this node does not have: "
                                .formatted(old, arn)
                                + "name it in policy.previous-key-encryption-key-files or policy.kms.previous-key-arns");
                assertThat(probe.problem()).isEmpty();
                kms.key(arn).become(TestingKmsKey.State.DISABLED);
                assertThat(await(probe, Optional::isPresent)).hasValueSatisfying(problem -> assertThat(problem)
                        .isEqualTo("data key %s cannot be unwrapped by AWS KMS key %s: the key is disabled; enable it".formatted(old, arn))
                        .doesNotContain(TestingKmsFailure.MESSAGE));
                kms.key(arn).become(TestingKmsKey.State.ENABLED);
                assertThat(await(probe, Optional::isEmpty)).isEmpty();
                // a database that shows the node no keys
                database.execute("ALTER TABLE policy.data_key RENAME TO hidden");
                assertThat(await(probe, Optional::isPresent)).hasValueSatisfying(
                        problem -> assertThat(problem).contains("lacks a table of the store, or policy.store.user may not see the schema"));
                database.execute("ALTER TABLE policy.hidden RENAME TO data_key");
                assertThat(await(probe, Optional::isEmpty)).isEmpty();
            }
        }
    }

    private static UUID newKey(PolicyStore store, KeyProvider provider) {
        return store.change(ACT, transaction -> transaction.ensureKey(UUID.randomUUID(), KeyFamily.HASH,
                key -> provider.create(KeyContext.of(transaction.storeId(), key)))).value().id();
    }

    private static Optional<String> await(KeyProbe probe, Predicate<Optional<String>> expected) throws InterruptedException {
        for (int i = 0; i < 1000 && !expected.test(probe.problem()); i++) {
            Thread.sleep(10);
        }
        return probe.problem();
    }
}
