package io.github.trinopolicy.keyring;

import static java.util.concurrent.TimeUnit.DAYS;

import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.units.Duration;
import io.airlift.units.MinDuration;
import jakarta.validation.constraints.NotNull;

/// How long a key masks.
public class KeyRolloverConfig {
    private Duration interval = new Duration(365, DAYS);

    @NotNull
    @MinDuration("1d")
    public Duration getInterval() {
        return interval;
    }

    @Config("policy.key-rollover-interval")
    @ConfigDescription("Age at which a key for reversible masks gives way to a new one; old tokens can be unmasked as before. Other keys are rotated by policy.admin.rotate_keys alone")
    public KeyRolloverConfig setInterval(Duration interval) {
        this.interval = interval;
        return this;
    }
}
