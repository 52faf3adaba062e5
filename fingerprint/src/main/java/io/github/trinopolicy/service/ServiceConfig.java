package io.github.trinopolicy.service;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.configuration.ConfigSecuritySensitive;
import io.airlift.units.Duration;
import io.airlift.units.MinDuration;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.io.File;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a coordinator reaches itself, to read tables for policies.
public class ServiceConfig {
    private Optional<URI> trinoUrl = Optional.empty();
    private Optional<String> user = Optional.empty();
    private Optional<String> password = Optional.empty();
    private Optional<File> truststorePath = Optional.empty();
    private Optional<String> truststorePassword = Optional.empty();
    private Duration statementTimeout = new Duration(10, MINUTES);
    private boolean enabled;
    private int concurrency = 2;

    public Optional<URI> getTrinoUrl() {
        return trinoUrl;
    }

    @Config("policy.fingerprint.trino-url")
    @ConfigDescription("Where this coordinator reaches itself, as http://host:port or https://host:port; without it, its internal address over HTTP")
    public ServiceConfig setTrinoUrl(@Nullable URI trinoUrl) {
        this.trinoUrl = Optional.ofNullable(trinoUrl);
        return this;
    }

    @AssertTrue(message = "policy.fingerprint.trino-url must be http://host:port or https://host:port")
    public boolean isTrinoUrlValid() {
        return trinoUrl.isEmpty()
                || (trinoUrl.get().getHost() != null && trinoUrl.get().getPort() > 0 && trinoUrl.get().getUserInfo() == null
                        && ("http".equals(trinoUrl.get().getScheme()) || "https".equals(trinoUrl.get().getScheme())));
    }

    public Optional<String> getUser() {
        return user;
    }

    @Config("policy.fingerprint.user")
    @ConfigDescription("User that logs in where Trino asks for a password; the service user is put on after the login")
    public ServiceConfig setUser(@Nullable String user) {
        this.user = Optional.ofNullable(user);
        return this;
    }

    public Optional<String> getPassword() {
        return password;
    }

    @Config("policy.fingerprint.password")
    @ConfigDescription("Password of policy.fingerprint.user; needs an https URL")
    @ConfigSecuritySensitive
    public ServiceConfig setPassword(@Nullable String password) {
        this.password = Optional.ofNullable(password);
        return this;
    }

    @AssertTrue(message = "policy.fingerprint.password needs policy.fingerprint.user, and a policy.fingerprint.trino-url that begins with https")
    public boolean isPasswordProtected() {
        return password.isEmpty() || (user.isPresent() && trinoUrl.filter(url -> "https".equals(url.getScheme())).isPresent());
    }

    public Optional<File> getTruststorePath() {
        return truststorePath;
    }

    @Config("policy.fingerprint.truststore-path")
    @ConfigDescription("File with the certificates by which this coordinator is known, where Java does not trust them anyway")
    public ServiceConfig setTruststorePath(@Nullable File truststorePath) {
        this.truststorePath = Optional.ofNullable(truststorePath);
        return this;
    }

    public Optional<String> getTruststorePassword() {
        return truststorePassword;
    }

    @Config("policy.fingerprint.truststore-password")
    @ConfigDescription("Password of policy.fingerprint.truststore-path")
    @ConfigSecuritySensitive
    public ServiceConfig setTruststorePassword(@Nullable String truststorePassword) {
        this.truststorePassword = Optional.ofNullable(truststorePassword);
        return this;
    }

    @NotNull
    @MinDuration("1s")
    public Duration getStatementTimeout() {
        return statementTimeout;
    }

    @Config("policy.fingerprint.statement-timeout")
    @ConfigDescription("How long a statement of the service user may run")
    public ServiceConfig setStatementTimeout(Duration statementTimeout) {
        this.statementTimeout = statementTimeout;
        return this;
    }

    public boolean isEnabled() {
        return enabled;
    }

    @Config("policy.fingerprint.enabled")
    @ConfigDescription("Whether schemas are monitored and statistics of governed tables are taken; attribute sources are read in any case")
    public ServiceConfig setEnabled(boolean enabled) {
        this.enabled = enabled;
        return this;
    }

    @Min(1)
    public int getConcurrency() {
        return concurrency;
    }

    @Config("policy.fingerprint.concurrency")
    @ConfigDescription("How many tables or data sources are looked at, or measured, at once; attribute sources do not wait for them")
    public ServiceConfig setConcurrency(int concurrency) {
        this.concurrency = concurrency;
        return this;
    }
}
