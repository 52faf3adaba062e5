package io.github.trinopolicy.model;

import java.time.Duration;
import java.util.Optional;

/// Whether and how often the statistics of a data source are taken; what is absent is inherited.
public record FingerprintSettings(Optional<Boolean> enabled, Optional<Duration> interval) {}
