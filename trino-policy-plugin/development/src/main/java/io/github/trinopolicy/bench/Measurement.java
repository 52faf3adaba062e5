package io.github.trinopolicy.bench;

/// What one operation takes.
///
/// @param bytes that it allocates; not a number where nobody counts them
record Measurement(double nanoseconds, double bytes) {}
