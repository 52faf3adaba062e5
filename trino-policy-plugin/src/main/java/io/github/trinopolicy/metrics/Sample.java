package io.github.trinopolicy.metrics;

import static java.util.Objects.requireNonNull;

import java.util.function.LongSupplier;

/// One number of a node. Reading it neither waits nor fails.
record Sample(String name, Metric.Kind kind, String description, LongSupplier value) {
    Sample {
        requireNonNull(name, "name is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(description, "description is null");
        requireNonNull(value, "value is null");
    }
}
