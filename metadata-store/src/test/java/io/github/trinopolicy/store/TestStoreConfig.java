package io.github.trinopolicy.store;

import static io.airlift.configuration.testing.ConfigAssertions.assertFullMapping;
import static io.airlift.configuration.testing.ConfigAssertions.assertRecordedDefaults;
import static io.airlift.configuration.testing.ConfigAssertions.recordDefaults;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.airlift.configuration.ConfigSecuritySensitive;
import io.airlift.configuration.ConfigurationFactory;
import io.airlift.units.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class TestStoreConfig {
    @Test
    public void testDefaults() {
        assertRecordedDefaults(recordDefaults(StoreConfig.class)
                .setUrl(null)
                .setUser(null)
                .setPassword(null)
                .setSchema("policy")
                .setCluster(null)
                .setMaxConnections(10)
                .setConnectTimeout(new Duration(10, SECONDS))
                .setRequestTimeout(new Duration(1, MINUTES))
                .setMigrationTimeout(new Duration(2, MINUTES)));
    }

    @Test
    public void testExplicitPropertyMappings() {
        assertFullMapping(
                ImmutableMap.<String, String>builder()
                        .put("policy.store.url", "jdbc:postgresql://database.example/policy?sslmode=verify-full")
                        .put("policy.store.user", "trino")
                        .put("policy.store.password", "secret")
                        .put("policy.store.schema", "governance")
                        .put("policy.store.cluster", "finance")
                        .put("policy.store.max-connections", "4")
                        .put("policy.store.connect-timeout", "3s")
                        .put("policy.store.request-timeout", "30s")
                        .put("policy.store.migration-timeout", "5m")
                        .buildOrThrow(),
                new StoreConfig()
                        .setUrl("jdbc:postgresql://database.example/policy?sslmode=verify-full")
                        .setUser("trino")
                        .setPassword("secret")
                        .setSchema("governance")
                        .setCluster("finance")
                        .setMaxConnections(4)
                        .setConnectTimeout(new Duration(3, SECONDS))
                        .setRequestTimeout(new Duration(30, SECONDS))
                        .setMigrationTimeout(new Duration(5, MINUTES)));
    }

    @Test
    public void testUrl() {
        assertValid("policy.store.url", "jdbc:postgresql://localhost/policy");
        assertValid("policy.store.url", "jdbc:postgresql:policy");
        assertInvalid("policy.store.url", "jdbc:mysql://localhost/policy", "must begin with jdbc:postgresql:");
        String credentials = "must not carry credentials; set policy.store.user and policy.store.password";
        assertInvalid("policy.store.url", "jdbc:postgresql://localhost/policy?user=a", credentials);
        assertInvalid("policy.store.url", "jdbc:postgresql://localhost/policy?ssl=true&PASSWORD=a", credentials);
        assertInvalid("policy.store.url", "jdbc:postgresql://a:b@localhost/policy", credentials);
    }

    @Test
    public void testRequired() {
        assertThatThrownBy(() -> new ConfigurationFactory(ImmutableMap.of()).build(StoreConfig.class))
                .hasMessageContaining("Invalid configuration property policy.store.url: must be set (")
                .hasMessageContaining("Invalid configuration property policy.store.user: must be set (");
    }

    @Test
    public void testCluster() {
        assertValid("policy.store.cluster", "Finance-2.eu_1");
        for (String cluster : ImmutableList.of("", "finance cluster", "a/b", "x".repeat(101))) {
            assertInvalid("policy.store.cluster", cluster, "must be at most 100 letters, digits, dots, dashes and underscores");
        }
    }

    @Test
    public void testSchema() {
        for (String schema : ImmutableList.of("policy", "_p", "p1_" + "x".repeat(47))) {
            assertValid("policy.store.schema", schema);
        }
        for (String schema : ImmutableList.of("Policy", "1p", "pg_policy", "a\"; DROP TABLE x", "a,public", "x".repeat(51))) {
            assertInvalid(
                    "policy.store.schema",
                    schema,
                    "must be a lower-case name of at most 50 letters, digits and underscores, not beginning with pg_");
        }
    }

    @Test
    public void testPasswordIsKeptOutOfLogs()
            throws NoSuchMethodException {
        assertThat(StoreConfig.class.getMethod("setPassword", String.class).isAnnotationPresent(ConfigSecuritySensitive.class)).isTrue();
    }

    private static void assertValid(String property, String value) {
        assertThatCode(() -> build(property, value)).doesNotThrowAnyException();
    }

    private static void assertInvalid(String property, String value, String message) {
        assertThatThrownBy(() -> build(property, value))
                .hasMessageContaining("Invalid configuration property %s: %s (".formatted(property, message));
    }

    private static StoreConfig build(String property, String value) {
        Map<String, String> properties = new HashMap<>();
        properties.put("policy.store.url", "jdbc:postgresql://localhost/policy");
        properties.put("policy.store.user", "trino");
        properties.put(property, value);
        return new ConfigurationFactory(properties).build(StoreConfig.class);
    }
}
