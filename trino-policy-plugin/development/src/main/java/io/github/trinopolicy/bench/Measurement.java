package io.github.trinopolicy.bench;

/// What one operation takes.
///
/// @param bytes that it allocates
record Measurement(double nanoseconds, double bytes) {}
