package io.github.trinopolicy.model;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/// That an attribute source was read.
///
/// @param source name of the attribute source
/// @param pin of the source as it was then, see [AttributeSource#pin()]
/// @param validUntil from then on the values do not count, unless they were read again
public record AttributeReading(String source, String pin, Instant validUntil) {
    public AttributeReading {
        requireNonNull(source, "source is null");
        requireNonNull(pin, "pin is null");
        requireNonNull(validUntil, "validUntil is null");
    }
}
