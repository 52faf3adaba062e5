package io.github.trinopolicy.keys;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.airlift.log.Logger;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.arns.Arn;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.kms.model.DataKeySpec;

/// Wraps under one key of AWS KMS, which never leaves it. New data keys are made there and reach this process only when they are used.
/// The encryption context is that of [KeyContext]: KMS refuses to unwrap a key that was moved, and its log names the key that was unwrapped.
public final class AwsKmsKeyProvider implements KeyProvider {
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(6);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger log = Logger.get(AwsKmsKeyProvider.class);

    private final String keyArn;
    private final KmsClient client;

    /// @param region empty: that of the ARN
    /// @param endpoint empty: the public one of the region
    /// @throws IllegalArgumentException when the ARN is none of a key
    AwsKmsKeyProvider(String keyArn, Optional<String> region, Optional<URI> endpoint, AwsCredentialsProvider credentials,
            Duration callTimeout) {
        this.keyArn = requireNonNull(keyArn, "keyArn is null");
        String regionOfKey = regionOf(keyArn);
        KmsClientBuilder builder = KmsClient.builder()
                .region(Region.of(region.orElse(regionOfKey)))
                .credentialsProvider(credentials)
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .apiCallAttemptTimeout(callTimeout.compareTo(ATTEMPT_TIMEOUT) < 0 ? callTimeout : ATTEMPT_TIMEOUT)
                        .apiCallTimeout(callTimeout)
                        // its pauses fit into the timeout, so that throttling is told from silence
                        .retryStrategy(RetryMode.STANDARD)
                        .build());
        endpoint.ifPresent(builder::endpointOverride);
        this.client = builder.build();
    }

    private static String regionOf(String keyArn) {
        Optional<Arn> arn = Arn.tryFromString(keyArn);
        checkArgument(
                arn.filter(parsed -> parsed.service().equals("kms") && parsed.resourceAsString().startsWith("key/")
                        && parsed.region().isPresent()).isPresent(),
                "'%s' is no ARN of a key of AWS KMS: write arn:aws:kms:<region>:<account>:key/<id>, no alias", keyArn);
        return arn.orElseThrow().region().orElseThrow();
    }

    @Override
    public String id() {
        return "aws-kms:" + keyArn;
    }

    @Override
    public boolean unwraps(WrappedKey key) {
        return key.provider().equals(id());
    }

    @Override
    public WrappedKey create(KeyContext context) {
        SdkBytes wrapped = call(context, "wrapped", () -> client.generateDataKeyWithoutPlaintext(request -> request
                .keyId(keyArn).keySpec(DataKeySpec.AES_256).encryptionContext(encryptionContext(context)))).ciphertextBlob();
        return new WrappedKey(id(), wrapped.asByteArray());
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        byte[] plaintext = key.bytes();
        try {
            SdkBytes wrapped = call(context, "wrapped", () -> client.encrypt(request -> request
                    .keyId(keyArn).plaintext(SdkBytes.fromByteArray(plaintext)).encryptionContext(encryptionContext(context))))
                    .ciphertextBlob();
            return new WrappedKey(id(), wrapped.asByteArray());
        }
        finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    public DataKey unwrap(WrappedKey key, KeyContext context) {
        byte[] plaintext = call(context, "unwrapped", () -> client.decrypt(request -> request
                .keyId(keyArn).ciphertextBlob(SdkBytes.fromByteArray(key.bytes())).encryptionContext(encryptionContext(context))))
                .plaintext().asByteArray();
        try {
            if (plaintext.length != SecretBytes.LENGTH) {
                throw new KeyWrappingException("data key %s cannot be unwrapped: what %s holds for it is no key of 256 bits"
                        .formatted(context.keyId(), keyArn));
            }
            return new DataKey(plaintext);
        }
        finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /// Public facts alone: KMS writes them to its log.
    private static Map<String, String> encryptionContext(KeyContext context) {
        return ImmutableMap.of(
                "policy:store", context.storeId().toString(),
                "policy:key", context.keyId().toString(),
                "policy:scope", context.scope().toString(),
                "policy:family", context.family().name(),
                "policy:version", Integer.toString(context.version()));
    }

    private <T> T call(KeyContext context, String act, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // the SDK looks for its parts by it, such as those for credentials by web identity; queries bring the one of the engine
        thread.setContextClassLoader(AwsKmsKeyProvider.class.getClassLoader());
        try {
            return call.get();
        }
        catch (SdkException e) {
            // the message of the service may quote what was sent, so that it goes no further than the log of a developer
            log.debug(e, "AWS KMS refused");
            throw new KeyWrappingException("data key %s cannot be %s by AWS KMS key %s: %s"
                    .formatted(context.keyId(), act, keyArn, KmsFailure.reason(e)));
        }
        finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "AwsKmsKeyProvider[%s]".formatted(keyArn);
    }
}
