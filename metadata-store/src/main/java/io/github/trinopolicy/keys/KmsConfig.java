package io.github.trinopolicy.keys;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How AWS KMS is reached; which of its keys wraps is said by [KeyEncryptionConfig].
public class KmsConfig {
    private static final Set<String> THIS_MACHINE = ImmutableSet.of("localhost", "127.0.0.1", "[::1]");

    private List<String> previousKeyArns = ImmutableList.of();
    private @Nullable String region;
    private @Nullable URI endpoint;

    @NotNull
    public List<String> getPreviousKeyArns() {
        return previousKeyArns;
    }

    @Config("policy.kms.previous-key-arns")
    @ConfigDescription("ARNs of keys of AWS KMS that were used before: they unwrap, and wrap nothing any more")
    public KmsConfig setPreviousKeyArns(List<String> previousKeyArns) {
        this.previousKeyArns = ImmutableList.copyOf(previousKeyArns);
        return this;
    }

    public Optional<String> getRegion() {
        return Optional.ofNullable(region);
    }

    @Config("policy.kms.region")
    @ConfigDescription("Region of AWS KMS; by default that in the ARN of the key")
    public KmsConfig setRegion(@Nullable String region) {
        this.region = region;
        return this;
    }

    public Optional<URI> getEndpoint() {
        return Optional.ofNullable(endpoint);
    }

    @Config("policy.kms.endpoint")
    @ConfigDescription("Address of AWS KMS, such as that of a VPC endpoint; by default the public one of the region")
    public KmsConfig setEndpoint(@Nullable URI endpoint) {
        this.endpoint = endpoint;
        return this;
    }

    /// Answers of KMS hold data keys in the clear.
    @AssertTrue(message = "policy.kms.endpoint must begin with https://, or with http:// and name this machine")
    public boolean isEndpointSafe() {
        if (endpoint == null) {
            return true;
        }
        String host = endpoint.getHost();
        return host != null
                && ("https".equals(endpoint.getScheme()) || ("http".equals(endpoint.getScheme()) && THIS_MACHINE.contains(host)));
    }
}
