package io.github.trinopolicy.keys;

import static io.airlift.configuration.testing.ConfigAssertions.assertFullMapping;
import static io.airlift.configuration.testing.ConfigAssertions.assertRecordedDefaults;
import static io.airlift.configuration.testing.ConfigAssertions.recordDefaults;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.net.URI;
import org.junit.jupiter.api.Test;

public class TestKmsConfig {
    @Test
    public void testDefaults() {
        assertRecordedDefaults(recordDefaults(KmsConfig.class)
                .setPreviousKeyArns(ImmutableList.of())
                .setRegion(null)
                .setEndpoint(null));
    }

    @Test
    public void testExplicitPropertyMappings() {
        assertFullMapping(
                ImmutableMap.of(
                        "policy.kms.previous-key-arns", "first,second",
                        "policy.kms.region", "eu-west-1",
                        "policy.kms.endpoint", "https://kms.example.com"),
                new KmsConfig()
                        .setPreviousKeyArns(ImmutableList.of("first", "second"))
                        .setRegion("eu-west-1")
                        .setEndpoint(URI.create("https://kms.example.com")));
    }

    /// Answers of KMS hold data keys in the clear.
    @Test
    public void testEndpointIsSafe() {
        assertThat(new KmsConfig().isEndpointSafe()).isTrue();
        for (String safe : ImmutableList.of("https://vpce-1.kms.eu-west-1.vpce.amazonaws.com", "http://localhost:4566",
                "http://127.0.0.1:80",
                "http://[::1]:80")) {
            assertThat(new KmsConfig().setEndpoint(URI.create(safe)).isEndpointSafe()).describedAs(safe).isTrue();
        }
        for (String unsafe : ImmutableList.of("http://kms.example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
                "http://10.0.0.1", "kms.example.com", "ftp://localhost", "https:nothing")) {
            assertThat(new KmsConfig().setEndpoint(URI.create(unsafe)).isEndpointSafe()).describedAs(unsafe).isFalse();
        }
    }
}
