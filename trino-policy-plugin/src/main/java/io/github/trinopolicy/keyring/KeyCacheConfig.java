package io.github.trinopolicy.keyring;

import static java.util.concurrent.TimeUnit.HOURS;

import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.units.Duration;
import io.airlift.units.MinDuration;
import jakarta.validation.constraints.NotNull;

/// How long unwrapped keys stay in memory.
public class KeyCacheConfig {
    private Duration maxAge = new Duration(1, HOURS);

    @NotNull
    @MinDuration("1s")
    public Duration getMaxAge() {
        return maxAge;
    }

    @Config("policy.key-cache-max-age")
    @ConfigDescription("How long a node keeps an unwrapped data key; a destroyed key is unreadable after this time at the latest")
    public KeyCacheConfig setMaxAge(Duration maxAge) {
        this.maxAge = maxAge;
        return this;
    }
}
