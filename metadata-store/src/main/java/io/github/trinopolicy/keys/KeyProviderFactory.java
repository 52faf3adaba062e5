package io.github.trinopolicy.keys;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// Makes the provider that a node is configured with: a local key or one of AWS KMS wraps, previous ones of both sorts unwrap.
public final class KeyProviderFactory {
    private final KeyEncryptionConfig config;
    private final KmsConfig kmsConfig;

    public KeyProviderFactory(KeyEncryptionConfig config, KmsConfig kmsConfig) {
        this.config = requireNonNull(config, "config is null");
        this.kmsConfig = requireNonNull(kmsConfig, "kmsConfig is null");
    }

    /// @throws IllegalArgumentException with one sentence that names the property
    public KeyProvider create() {
        LocalKeyProviderFactory local = new LocalKeyProviderFactory(config);
        ImmutableList.Builder<KeyProvider> previous = ImmutableList.builder();
        kmsConfig.getPreviousKeyArns().forEach(arn -> previous.add(kms("policy.kms.previous-key-arns", arn)));
        if (config.getKmsKeyArn().isEmpty()) {
            return composed(local.create(), previous.build());
        }
        local.createPrevious().ifPresent(previous::add);
        return composed(kms("policy.kms.key-arn", config.getKmsKeyArn().get()), previous.build());
    }

    private static KeyProvider composed(KeyProvider present, List<KeyProvider> previous) {
        return new PresentAndPreviousKeyProviders(present, previous);
    }

    private AwsKmsKeyProvider kms(String property, String keyArn) {
        try {
            return new AwsKmsKeyProvider(keyArn, kmsConfig.getRegion(), kmsConfig.getEndpoint(),
                    DefaultCredentialsProvider.builder().build(), AwsKmsKeyProvider.CALL_TIMEOUT);
        }
        catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(property, e.getMessage()), e);
        }
    }
}
