package io.github.trinopolicy.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.base.Stopwatch;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.KeyFamily;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// The SDK's own client against the protocol of AWS KMS.
public class TestAwsKmsKeyProvider {
    private static final UUID STORE = UUID.fromString("11111111-2222-4333-8444-555555555555");
    private static final UUID KEY = UUID.fromString("66666666-7777-4888-8999-aaaaaaaaaaaa");
    private static final UUID TABLE = UUID.fromString("bbbbbbbb-cccc-4ddd-8eee-ffffffffffff");
    private static final KeyContext CONTEXT = new KeyContext(STORE, KEY, TABLE, KeyFamily.HASH, 3);
    private static final Map<String, String> ENCRYPTION_CONTEXT = ImmutableMap.of(
            "policy:store", STORE.toString(),
            "policy:key", KEY.toString(),
            "policy:scope", TABLE.toString(),
            "policy:family", "HASH",
            "policy:version", "3");
    private static final String NOT_FOUND = "there is no such key; correct policy.kms.key-arn, policy.kms.previous-key-arns or policy.kms.region";

    private TestingKms kms;
    private String arn;
    private AwsKmsKeyProvider provider;

    @BeforeEach
    public void start() {
        kms = new TestingKms();
        arn = kms.createKey();
        provider = provider(arn, AwsKmsKeyProvider.CALL_TIMEOUT);
    }

    @AfterEach
    public void stop() {
        provider.close();
        kms.close();
    }

    private AwsKmsKeyProvider provider(String keyArn, Duration timeout) {
        return provider(keyArn, Optional.empty(), timeout, TestingKms.ACCESS_KEY);
    }

    private AwsKmsKeyProvider provider(String keyArn, Optional<String> region, Duration timeout, String accessKey) {
        return new AwsKmsKeyProvider(keyArn, region, Optional.of(kms.endpoint()),
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, TestingKms.SECRET_KEY)), timeout);
    }

    @Test
    public void testRoundTrip() {
        try (DataKey key = DataKey.generate(new SecureRandom())) {
            WrappedKey wrapped = provider.wrap(key, CONTEXT);
            assertThat(wrapped.provider()).isEqualTo("aws-kms:" + arn).isEqualTo(provider.id());
            assertThat(provider.unwraps(wrapped)).isTrue();
            try (DataKey unwrapped = provider.unwrap(wrapped, CONTEXT)) {
                assertThat(unwrapped).isEqualTo(key);
            }
        }
        assertThat(kms.operations()).containsExactly("Encrypt", "Decrypt");
        assertThat(provider).hasToString("AwsKmsKeyProvider[%s]".formatted(arn));
    }

    /// The SDK finds its parts with the class loader of the thread, and a query brings the one of the engine.
    @Test
    public void testClassLoader() {
        AtomicReference<ClassLoader> seen = new AtomicReference<>();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader engine = ClassLoader.getPlatformClassLoader();
        try (AwsKmsKeyProvider observed = new AwsKmsKeyProvider(arn, Optional.empty(), Optional.of(kms.endpoint()), () -> {
            seen.set(Thread.currentThread().getContextClassLoader());
            return AwsBasicCredentials.create(TestingKms.ACCESS_KEY, TestingKms.SECRET_KEY);
        }, AwsKmsKeyProvider.CALL_TIMEOUT)) {
            thread.setContextClassLoader(engine);
            observed.create(CONTEXT);
            assertThat(seen.get()).isSameAs(AwsKmsKeyProvider.class.getClassLoader()).isNotSameAs(engine);
            assertThat(thread.getContextClassLoader()).isSameAs(engine);
            kms.key(arn).become(TestingKmsKey.State.DISABLED);
            assertThatThrownBy(() -> observed.create(CONTEXT)).isInstanceOf(KeyWrappingException.class);
            assertThat(thread.getContextClassLoader()).isSameAs(engine);
        }
        finally {
            thread.setContextClassLoader(before);
        }
    }

    /// A key that is made for later is not seen by the node that asks for it.
    @Test
    public void testNewKeyIsMadeByKms() {
        WrappedKey wrapped = provider.create(CONTEXT);
        assertThat(kms.operations()).containsExactly("GenerateDataKeyWithoutPlaintext");
        try (DataKey key = provider.unwrap(wrapped, CONTEXT);
                DataKey same = provider.unwrap(wrapped, CONTEXT);
                DataKey other = provider.unwrap(provider.create(CONTEXT), CONTEXT)) {
            assertThat(key).isEqualTo(same).isNotEqualTo(other);
        }
    }

    @Test
    public void testKeyIsBoundToItsContext() {
        UUID other = UUID.fromString("00000000-0000-4000-8000-000000000000");
        WrappedKey wrapped = provider.create(CONTEXT);
        for (KeyContext context : ImmutableList.of(
                new KeyContext(other, KEY, TABLE, KeyFamily.HASH, 3),
                new KeyContext(STORE, other, TABLE, KeyFamily.HASH, 3),
                new KeyContext(STORE, KEY, other, KeyFamily.HASH, 3),
                new KeyContext(STORE, KEY, TABLE, KeyFamily.MINIMIZE, 3),
                new KeyContext(STORE, KEY, TABLE, KeyFamily.HASH, 4))) {
            assertFails(() -> provider.unwrap(wrapped, context), context, "unwrapped",
                    "it was altered, or moved from another key, table or store; restore its row from a backup");
        }
    }

    @Test
    public void testAlteredKey() {
        byte[] wrapped = provider.create(CONTEXT).bytes();
        for (int position : ImmutableList.of(0, 15, 16, 28, wrapped.length - 1)) {
            byte[] altered = wrapped.clone();
            altered[position] ^= 1;
            assertFails(() -> provider.unwrap(new WrappedKey(provider.id(), altered), CONTEXT), CONTEXT, "unwrapped",
                    "it was altered, or moved from another key, table or store; restore its row from a backup");
        }
    }

    /// A row may claim to be wrapped by this key: KMS is asked for this key and no other.
    @Test
    public void testKeyWrappedUnderAnother() {
        try (AwsKmsKeyProvider other = provider(kms.createKey(), AwsKmsKeyProvider.CALL_TIMEOUT)) {
            WrappedKey foreign = other.create(CONTEXT);
            assertThat(provider.unwraps(foreign)).isFalse();
            assertFails(() -> provider.unwrap(new WrappedKey(provider.id(), foreign.bytes()), CONTEXT), CONTEXT, "unwrapped",
                    "it was altered, or moved from another key, table or store; restore its row from a backup");
        }
    }

    @Test
    public void testKeyOfAnotherLength() {
        WrappedKey wrapped = new WrappedKey(provider.id(), kms.key(arn).encrypt(new byte[16], ENCRYPTION_CONTEXT));
        assertThatThrownBy(() -> provider.unwrap(wrapped, CONTEXT))
                .isInstanceOf(KeyWrappingException.class)
                .hasMessage("data key %s cannot be unwrapped: what %s holds for it is no key of 256 bits".formatted(KEY, arn));
    }

    @Test
    public void testStatesOfTheKey() {
        WrappedKey wrapped = provider.create(CONTEXT);
        kms.key(arn).become(TestingKmsKey.State.DISABLED);
        assertFailsToUse(wrapped, "the key is disabled; enable it");
        kms.key(arn).become(TestingKmsKey.State.PENDING_DELETION);
        assertFailsToUse(wrapped,
                "the key is pending deletion or otherwise unusable; cancel its deletion at once, or all its data keys are lost");
        kms.key(arn).become(TestingKmsKey.State.ENABLED);
        provider.unwrap(wrapped, CONTEXT).close();
    }

    @Test
    public void testMissingKey() {
        String missing = arn.substring(0, arn.lastIndexOf('/') + 1) + KEY;
        try (AwsKmsKeyProvider wrong = provider(missing, AwsKmsKeyProvider.CALL_TIMEOUT)) {
            assertThatThrownBy(() -> wrong.create(CONTEXT)).hasMessage(message(CONTEXT, "wrapped", missing, NOT_FOUND));
        }
        try (AwsKmsKeyProvider wrong = provider(arn, Optional.of("us-east-1"), AwsKmsKeyProvider.CALL_TIMEOUT, TestingKms.ACCESS_KEY)) {
            assertFails(() -> wrong.create(CONTEXT), CONTEXT, "wrapped", NOT_FOUND);
        }
    }

    @Test
    public void testAccessDenied() {
        WrappedKey wrapped = provider.create(CONTEXT);
        String reason = "access was denied; allow the role of the node kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext and kms:Encrypt on it";
        kms.deny("Decrypt", "GenerateDataKeyWithoutPlaintext", "Encrypt");
        assertFailsToUse(wrapped, reason);
        // a worker needs this right alone
        kms.deny("GenerateDataKeyWithoutPlaintext", "Encrypt");
        provider.unwrap(wrapped, CONTEXT).close();
        assertFails(() -> provider.create(CONTEXT), CONTEXT, "wrapped", reason);
    }

    @Test
    public void testWrongCredentials() {
        try (AwsKmsKeyProvider wrong = provider(arn, Optional.empty(), AwsKmsKeyProvider.CALL_TIMEOUT, "AKIASOMEBODY")) {
            assertFails(() -> wrong.create(CONTEXT), CONTEXT, "wrapped", "the credentials of the node are not accepted; renew them");
        }
        kms.fail(TestingKmsFailure.of("ExpiredTokenException"));
        assertFails(() -> provider.create(CONTEXT), CONTEXT, "wrapped", "the credentials of the node are not accepted; renew them");
    }

    @Test
    public void testThrottling() {
        WrappedKey wrapped = provider.create(CONTEXT);
        kms.throttle(2);
        provider.unwrap(wrapped, CONTEXT).close();
        assertThat(Collections.frequency(kms.operations(), "Decrypt")).isEqualTo(3);
        kms.throttle(1000);
        Stopwatch watch = Stopwatch.createStarted();
        assertFails(() -> provider.unwrap(wrapped, CONTEXT), CONTEXT, "unwrapped",
                "it is throttled; raise the request quota of KMS, or policy.key-cache-max-age, and try again");
        assertThat(watch.elapsed()).isLessThan(AwsKmsKeyProvider.CALL_TIMEOUT);
    }

    @Test
    public void testServiceNotAvailable() {
        for (String code : ImmutableList.of("KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException")) {
            kms.fail(TestingKmsFailure.ofService(code));
            assertFails(() -> provider.create(CONTEXT), CONTEXT, "wrapped", "KMS is not available; try again");
        }
        kms.fail(TestingKmsFailure.ofService("SomethingNew"));
        assertFails(() -> provider.create(CONTEXT), CONTEXT, "wrapped", "it failed with status 500; the log of AWS CloudTrail says more");
    }

    @Test
    public void testNoAnswer() {
        try (AwsKmsKeyProvider impatient = provider(arn, Duration.ofMillis(300))) {
            WrappedKey wrapped = impatient.create(CONTEXT);
            kms.hang();
            Stopwatch watch = Stopwatch.createStarted();
            assertFails(() -> impatient.unwrap(wrapped, CONTEXT), CONTEXT, "unwrapped",
                    "KMS did not answer in time; check the network and policy.kms.endpoint");
            assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(3));
            kms.recover();
            impatient.unwrap(wrapped, CONTEXT).close();
        }
    }

    /// An attempt that hangs is given up in time for another one.
    @Test
    public void testLostAnswer() throws InterruptedException {
        WrappedKey wrapped = provider.create(CONTEXT);
        kms.hang();
        Thread recovery = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(500);
            }
            catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            kms.recover();
        });
        provider.unwrap(wrapped, CONTEXT).close();
        recovery.join();
    }

    @Test
    public void testNotReachable() {
        WrappedKey wrapped = provider.create(CONTEXT);
        kms.goDown();
        assertFailsToUse(wrapped,
                "KMS cannot be reached, or no credentials were found; check the network, policy.kms.endpoint, policy.kms.region and the credentials of the node");
        kms.recover();
        provider.unwrap(wrapped, CONTEXT).close();
    }

    @Test
    public void testArn() {
        for (String wrong : List.of("", "alias/policy", "arn:aws:kms:eu-west-1:111122223333:alias/policy", "arn:aws:s3:::bucket",
                "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms::111122223333:key/1234abcd")) {
            assertThatThrownBy(() -> provider(wrong, AwsKmsKeyProvider.CALL_TIMEOUT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'%s' is no ARN of a key of AWS KMS: write arn:aws:kms:<region>:<account>:key/<id>, no alias", wrong);
        }
        // other partitions, and keys of several regions
        for (String good : List.of("arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd",
                "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd")) {
            provider(good, AwsKmsKeyProvider.CALL_TIMEOUT).close();
        }
    }

    @Test
    public void testFromOneProviderToAnother() {
        String next = kms.createKey();
        KeyEncryptionConfig toKms = new KeyEncryptionConfig().setKmsKeyArn(next);
        KmsConfig config = new KmsConfig().setEndpoint(kms.endpoint()).setPreviousKeyArns(ImmutableList.of(arn));
        WrappedKey old = provider.create(CONTEXT);
        try (TestingKms.Credentials _ = TestingKms.credentials();
                KeyProvider both = new KeyProviderFactory(toKms, config).create();
                DataKey plain = both.unwrap(old, CONTEXT)) {
            assertThat(both.id()).isEqualTo("aws-kms:" + next);
            WrappedKey anew = both.wrap(plain, CONTEXT);
            assertThat(anew.provider()).isEqualTo(both.id());
            try (DataKey same = both.unwrap(anew, CONTEXT)) {
                assertThat(same).isEqualTo(plain);
            }
            WrappedKey elsewhere = new WrappedKey("aws-kms:arn:aws:kms:eu-west-1:111122223333:key/other", old.bytes());
            assertThat(both.unwraps(elsewhere)).isFalse();
            assertThatThrownBy(() -> both.unwrap(elsewhere, CONTEXT))
                    .isInstanceOf(KeyWrappingException.class)
                    .hasMessage(
                            "data key %s is wrapped under aws-kms:arn:aws:kms:eu-west-1:111122223333:key/other, which this node does not have: "
                                    .formatted(KEY)
                                    + "name it in policy.previous-key-encryption-key-files or policy.kms.previous-key-arns");
        }
        assertThatThrownBy(() -> new KeyProviderFactory(new KeyEncryptionConfig().setKmsKeyArn("policy"), new KmsConfig()).create())
                .hasMessage(
                        "policy.kms.key-arn: 'policy' is no ARN of a key of AWS KMS: write arn:aws:kms:<region>:<account>:key/<id>, no alias");
    }

    private void assertFailsToUse(WrappedKey wrapped, String reason) {
        assertFails(() -> provider.unwrap(wrapped, CONTEXT), CONTEXT, "unwrapped", reason);
        assertFails(() -> provider.create(CONTEXT), CONTEXT, "wrapped", reason);
        try (DataKey key = DataKey.generate(new SecureRandom())) {
            assertFails(() -> provider.wrap(key, CONTEXT), CONTEXT, "wrapped", reason);
        }
    }

    private void assertFails(Runnable act, KeyContext context, String verb, String reason) {
        KeyWrappingException failure = catchThrowableOfType(KeyWrappingException.class, act::run);
        assertThat(failure).hasMessage(message(context, verb, arn, reason)).hasNoCause();
    }

    private static String message(KeyContext context, String verb, String key, String reason) {
        return "data key %s cannot be %s by AWS KMS key %s: %s".formatted(context.keyId(), verb, key, reason);
    }
}
