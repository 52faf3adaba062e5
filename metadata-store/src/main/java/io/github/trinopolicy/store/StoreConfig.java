package io.github.trinopolicy.store;

import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.configuration.ConfigSecuritySensitive;
import io.airlift.units.Duration;
import io.airlift.units.MaxDuration;
import io.airlift.units.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

// null until set, and refused by validation when it stays so
@SuppressWarnings("MultipleNullnessAnnotations")
public class StoreConfig {
    private @Nullable String url;
    private @Nullable String user;
    private @Nullable String password;
    private String schema = "policy";
    private Optional<String> cluster = Optional.empty();
    private int maxConnections = 10;
    private Duration connectTimeout = new Duration(10, TimeUnit.SECONDS);
    private Duration requestTimeout = new Duration(1, TimeUnit.MINUTES);
    private Duration migrationTimeout = new Duration(2, TimeUnit.MINUTES);

    @NotNull(message = "must be set")
    @Pattern(regexp = "jdbc:postgresql:.*", message = "must begin with jdbc:postgresql:")
    @Pattern(regexp = "(?i)(?!.*([?&](user|password|sslpassword)=|//[^/?]*@)).*", message = "must not carry credentials; set policy.store.user and policy.store.password")
    public @Nullable String getUrl() {
        return url;
    }

    @Config("policy.store.url")
    @ConfigDescription("JDBC URL of the PostgreSQL database (14 or newer) that holds the policy store, without credentials")
    public StoreConfig setUrl(@Nullable String url) {
        this.url = url;
        return this;
    }

    @NotNull(message = "must be set")
    public @Nullable String getUser() {
        return user;
    }

    @Config("policy.store.user")
    @ConfigDescription("Database user; on coordinators it owns the schema")
    public StoreConfig setUser(@Nullable String user) {
        this.user = user;
        return this;
    }

    public Optional<String> getPassword() {
        return Optional.ofNullable(password);
    }

    @Config("policy.store.password")
    @ConfigDescription("Password of the database user; not needed where the database identifies the user by other means")
    @ConfigSecuritySensitive
    public StoreConfig setPassword(@Nullable String password) {
        this.password = password;
        return this;
    }

    @NotNull
    @Pattern(regexp = "(?!pg_)[a-z_][a-z0-9_]{0,49}", message = "must be a lower-case name of at most 50 letters, digits and underscores, not beginning with pg_")
    public String getSchema() {
        return schema;
    }

    @Config("policy.store.schema")
    @ConfigDescription("Database schema that holds the policy store and nothing else")
    public StoreConfig setSchema(String schema) {
        this.schema = schema;
        return this;
    }

    public Optional<@Pattern(regexp = "[A-Za-z0-9_.-]{1,100}", message = "must be at most 100 letters, digits, dots, dashes and underscores") String> getCluster() {
        return cluster;
    }

    @Config("policy.store.cluster")
    @ConfigDescription("Name of this cluster where several share a store, the same on all its nodes; shown by policy.metadata.nodes")
    public StoreConfig setCluster(@Nullable String cluster) {
        this.cluster = Optional.ofNullable(cluster);
        return this;
    }

    @Min(2)
    @Max(100)
    public int getMaxConnections() {
        return maxConnections;
    }

    @Config("policy.store.max-connections")
    @ConfigDescription("Most database connections of this node, not counting the one that listens for changes")
    public StoreConfig setMaxConnections(int maxConnections) {
        this.maxConnections = maxConnections;
        return this;
    }

    @NotNull
    @MinDuration("1s")
    @MaxDuration("5m")
    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    @Config("policy.store.connect-timeout")
    @ConfigDescription("How long to wait for a database connection")
    public StoreConfig setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
        return this;
    }

    @NotNull
    @MinDuration("1s")
    @MaxDuration("1h")
    public Duration getRequestTimeout() {
        return requestTimeout;
    }

    @Config("policy.store.request-timeout")
    @ConfigDescription("How long to wait for an answer of the database, and for another change of the store to end")
    public StoreConfig setRequestTimeout(Duration requestTimeout) {
        this.requestTimeout = requestTimeout;
        return this;
    }

    @NotNull
    @MinDuration("1s")
    @MaxDuration("1h")
    public Duration getMigrationTimeout() {
        return migrationTimeout;
    }

    @Config("policy.store.migration-timeout")
    @ConfigDescription("How long a starting node waits for a coordinator to create or migrate the store")
    public StoreConfig setMigrationTimeout(Duration migrationTimeout) {
        this.migrationTimeout = migrationTimeout;
        return this;
    }
}
